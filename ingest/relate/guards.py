"""Look-alikes: the same frame round another name or number, and a standing text under a new title."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from ingest.relate.text import Text
from ingest.relate.words import COMMON, DAYS, ORDINAL

#: Share of the changed words that are names or numbers exchanged for others.
EXCHANGED = 0.5
#: Share of the words that only one title has which a standing text may name.
TOLD = 0.34


def framed(one: Text, other: Text) -> bool:
    """Whether two texts are one frame with other names or numbers in it."""
    return _exchanged(one, other, one.body, other.body) >= EXCHANGED


def retold(one: Text, other: Text) -> bool:
    """Whether two titles are one frame with other names or numbers in it."""
    return _exchanged(one, other, one.title, other.title) >= EXCHANGED


def numbered(one: Text, other: Text) -> bool:
    """Whether two titles are one frame with other numbers in it."""
    numbers = [{w for w in text.title if w[0].isdigit()} for text in (one, other)]
    if not all(numbers) or numbers[0] & numbers[1]:
        return False
    rest = [set(text.title) - numbers[n] for n, text in enumerate((one, other))]
    return len(rest[0] & rest[1]) >= 0.5 * max(1, min(map(len, rest)))


def generic(one: Text, other: Text) -> bool:
    """Whether what two texts share says hardly anything of what their titles tell apart.

    So it is with a standing text ("Free daily horoscope for each star sign …") alone or behind another.
    """
    titles = set(one.title), set(other.title)
    news = [(titles[n] - titles[1 - n]) - COMMON for n in (0, 1)]
    shared = one.told & other.told
    return all(news) and all(len(words & shared) <= TOLD * len(words) for words in news)


def filled(one: Text, other: Text) -> bool:
    """Whether titles and texts are one form, filled in with the same words in either."""
    titles = set(one.title) - COMMON, set(other.title) - COMMON
    if 2 * len(titles[0] & titles[1]) < min(map(len, titles)):
        return False
    news = [titles[n] - titles[1 - n] for n in (0, 1)]
    changed = one.told - other.told, other.told - one.told
    return all(changed[n] and 2 * len(changed[n] & news[n]) >= len(changed[n]) for n in (0, 1))


def _exchanged(one: Text, other: Text, ours: list[str], theirs: list[str]) -> float:
    """Of the words that differ inside two texts, the share that are names or numbers exchanged for others."""
    changed = exchanged = 0
    for start, end, from_, to in _changes(ours, theirs):
        size = max(end - start, to - from_)
        changed += size
        sides = ours[start:end], theirs[from_:to]
        if not _telling(sides[0], one.names) or not _telling(sides[1], other.names):
            continue
        if _about_the_same(*sides) or _elsewhere(sides[0], theirs) or _elsewhere(sides[1], ours):
            continue
        exchanged += size
    return exchanged / changed if changed else 0.0


def _changes(one: list[str], other: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """The places where two lists differ, what only one has before or after the other left out."""
    found = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    for number, (kind, start, end, from_, to) in enumerate(found):
        at_the_edge = number in (0, len(found) - 1) and (start == end or from_ == to)
        tail = number == len(found) - 1 and abs((end - start) - (to - from_)) > 8
        if kind != "equal" and not at_the_edge and not tail:
            yield start, end, from_, to


def _telling(words: Sequence[str], names: frozenset[str]) -> bool:
    """Whether a number, a name, a day or an ordinal is among them."""
    return any(word[0].isdigit() or word in names or _ordinal(word) for word in words)


def _ordinal(word: str) -> bool:
    return word in ORDINAL or word.startswith(DAYS)


def _about_the_same(one: Sequence[str], other: Sequence[str]) -> bool:
    """Spelling variants, and an abbreviation against its words."""
    ours, theirs = "".join(one), "".join(other)
    if any(map(str.isdigit, ours + theirs)) or any(map(_ordinal, (*one, *other))):
        return False
    if _shortens(one, theirs) or _shortens(other, ours):
        return True
    return SequenceMatcher(None, ours, theirs, autojunk=False).ratio() >= 0.7


def _shortens(short: Sequence[str], long: str) -> bool:
    """Whether one word has only letters of a longer name, in its order, from its first letter on."""
    if len(short) != 1 or not 2 <= len(short[0]) <= 6 or len(long) < 2 * len(short[0]):
        return False
    letters = iter(long)
    return short[0][0] == long[0] and all(letter in letters for letter in short[0])


def _elsewhere(words: Sequence[str], text: Sequence[str]) -> bool:
    """Whether all that `words` tell stands somewhere in the other text."""
    telling = [w for w in words if w not in COMMON]
    return bool(telling) and all(w in text for w in telling)
