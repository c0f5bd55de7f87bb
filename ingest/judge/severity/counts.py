"""How many: the number that belongs to a word such as "dead", by looking at the words around it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.judge.severity.numbers import Token, listed

#: How far a number may stand from its word, in tokens.
_BACK, _FORTH = 20, 7
#: The same for things, whose number stands beside them, and for people that no word names.
_BESIDE = 4
_STOPS = frozenset(".;!?:\n")
#: Words that may stand between a verb and its number: "kills at least twelve".
_FILL = frozenset(
    listed(
        "at least more than nearly almost about around some as many up to over approximately an estimated "
        "the roughly another all in a total of rises rise rose climbs climbed increases increased passes "
        "passed surpasses surpassed exceeds reaches reached stands has have is was from people lives "
        "aan het zeker ruim bijna meer dan ongeveer zo'n zo n circa minstens minimaal ten minste naar "
        "schatting tot op nu al is van opgelopen loopt stijgt gestegen stijgen staat met leven nog"
    )
)
_ARTICLES = frozenset(("a", "an", "een", "one", "het", "the", "de"))
_AND = frozenset(("and", "en", "or", "of"))


@dataclass(frozen=True, slots=True)
class Words:
    """The words around counts in one language."""

    people: frozenset[str]
    none: frozenset[str]
    part: frozenset[str]
    things: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """A number and where the whole expression stands.

    `said` is False where the text gives no number, `about` True where it gives a vague one ("dozens").
    """

    number: float
    start: int
    end: int
    said: bool = True
    about: bool = False


def _fits(token: Token, following: str, words: Words) -> bool:
    """Whether the number can be how many there are."""
    if token.value is None or token.money:
        return False
    if following in words.things:
        return False
    # "2019 people" is no year.
    return not token.other or (token.text.isdigit() and following in words.people)


def _partial(tokens: Sequence[Token], at: int, words: Words) -> bool:
    """Whether the number at `at` counts only some of them: "including five attackers"."""
    for place in range(at - 1, max(-1, at - 8), -1):
        text = tokens[place].text
        if text in words.part or f"{tokens[place - 1].text} {text}" in words.part:
            return True
        if text in _STOPS or text == ",":
            return False
    return False


def _back(
    tokens: Sequence[Token], at: int, taken: set[int], people: bool, words: Words
) -> tuple[float, int] | None:
    """(number, its token) before the word at token `at`; number 0 for "no"."""
    article: tuple[float, int] | None = None
    for place in range(at - 1, max(-1, at - 1 - (_BACK if people else _BESIDE)), -1):
        token = tokens[place]
        if token.text in _STOPS or place in taken:
            break
        if token.text in words.none and at - place <= 5:
            return 0.0, place
        following = tokens[place + 1].text if place + 1 < len(tokens) else ""
        if token.text in _ARTICLES:
            # "a man is killed": one, unless a number stands before ("ten men and a woman").
            near = [t.text for t in tokens[place + 1 : place + 8]]
            if people and token.text != "the" and article is None and any(t in words.people for t in near):
                article = 1.0, place
            continue
        if token.value is None or not _fits(token, following, words):
            continue
        if _partial(tokens, place, words):
            continue
        if people and at - place > _BESIDE and not _named(tokens, place, at, words):
            continue
        number = token.value
        # "ten soldiers, two volunteers and a civilian are killed", "twelve children and two teachers".
        earlier = _joined(tokens, place, taken, words) if people else 0
        return number + earlier, place
    return article


def _named(tokens: Sequence[Token], start: int, end: int, words: Words) -> bool:
    """Whether a word for people stands among the tokens."""
    return any(token.text in words.people for token in tokens[start + 1 : end])


def _joined(tokens: Sequence[Token], at: int, taken: set[int], words: Words) -> float:
    """What stands beside the number at `at` in the same enumeration: "twelve children and" two teachers."""
    if at < 2 or tokens[at - 1].text not in _AND:
        return 0
    for place in range(at - 2, max(-1, at - 10), -1):
        token = tokens[place]
        if token.text in _STOPS or token.text == "," or place in taken:
            return 0
        if token.value is not None and not token.other and not token.money:
            named = any(t.text in words.people for t in tokens[place + 1 : at - 1])
            return token.value if named else 0
    return 0


def _forth(
    tokens: Sequence[Token], at: int, taken: set[int], words: Words, further: bool = False
) -> tuple[float, int] | None:
    """(number, its token) after the word that ends before token `at`."""
    article: tuple[float, int] | None = None
    for place in range(at, min(len(tokens), at + (_BACK if further else _FORTH))):
        token = tokens[place]
        if token.text in _STOPS or (not further and (token.text == "," or place in taken)):
            break
        if token.text in words.none:
            return 0.0, place
        if article is not None and token.text in _AND:
            break
        following = tokens[place + 1].text if place + 1 < len(tokens) else ""
        if not further and (token.text in _ARTICLES or (token.text in words.people and article is None)):
            article = article or (1.0, place)
            continue
        if token.text == "many" and following == "as":
            continue
        if token.value is not None and _fits(token, following, words):
            return token.value, place
        if not further and token.text not in _FILL and article is None:
            break
    return article


def count(
    tokens: Sequence[Token],
    starts: Sequence[int],
    span: tuple[int, int],
    side: str,
    taken: set[int],
    words: Words,
    *,
    people: bool = True,
    named: bool = False,
) -> Found:
    """The number that belongs to the word at `span` of the text that `tokens` (from `starts`) came from.

    `side`: where it stands, before, after or both. `taken` are the tokens of other counted words, which a
    number is not looked for beyond.
    """
    first = bisect_left(starts, span[0])
    last = bisect_left(starts, span[1])
    found: tuple[float, int] | None = None
    if side in ("after", "both", "further"):
        found = _forth(tokens, last, taken, words, side == "further")
        if side == "both" and found is not None and tokens[found[1]].value is None and found[0] != 0:
            # "killed the two men": an article alone says less than a number before.
            found = _back(tokens, first, taken, people, words) or found
    if found is None and side in ("before", "both"):
        found = _back(tokens, first, taken, people, words)
    if found is None:
        return Found(0, *span, said=False)
    number, place = found
    if named and place < first - 1 and not _named(tokens, place, first, words):
        return Found(0, *span, said=False)
    start, end = min(span[0], tokens[place].start), max(span[1], tokens[place].end)
    return Found(number, start, end, about=tokens[place].vague)
