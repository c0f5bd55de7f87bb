"""What several Dutch words say together: verbs apart from their particle, hyphens, and names.

`viel de stad aan` is found with aanvallen, `cyber-aanval` with cyberaanval, `Den Bosch` with
's-Hertogenbosch. All of it looks at tokens and at what stands between them (see Gap in the analyzer).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from ingest.text.dutch.vocabulary import HERE, NOUN, lists, load
from ingest.text.dutch.words import Word, separable, word

HYPHEN, BREAK, LEFT_OUT = "-", ".", "~"
"""Between two tokens: nothing but a hyphen; something that ends a clause; a hyphen and a space, where the
rest of a compound is left out (`lucht- en landmacht`). Else nothing of note."""
REACH = 10
"""Tokens between a verb and its particle."""
_LONGEST_NAME = 60
_JOINING = ("en", "of", "als", "noch")
_SHORTENED = ("v", "d")
"""`v.d. Meer`: van de, van den or van der."""


def _particle(index: int, tokens: Sequence[str], gaps: Sequence[str]) -> bool:
    """Whether the token stands as a particle: most are prepositions as well, and what follows tells."""
    if tokens[index] in lists()["free particles"]:
        return True
    return index + 1 == len(tokens) or gaps[index] == BREAK or tokens[index + 1] in lists()["after"]


def apart(
    tokens: Sequence[str], gaps: Sequence[str], found: Sequence[Word]
) -> Iterator[tuple[str, int, int]]:
    """(key, verb, particle) of verbs that stand apart from their particle, by index of the tokens."""
    verbs: list[int] = []
    particles = lists()["free particles"] | lists()["particles"]
    for index, token in enumerate(tokens):
        if index and gaps[index - 1] == BREAK:
            verbs.clear()
        if token in particles:
            # `aan te vallen`
            if tokens[index + 1 : index + 2] == ["te"] and index + 2 < len(tokens):
                for stem in found[index + 2].verbs:
                    if separable(token, stem):
                        yield token + stem, index + 2, index
            elif verbs and _particle(index, tokens, gaps):
                joined = _nearest(token, verbs, index, tokens, found)
                if joined:
                    yield (*joined, index)
        if found[index].verbs:
            verbs.append(index)


def _nearest(
    particle: str, verbs: list[int], index: int, tokens: Sequence[str], found: Sequence[Word]
) -> tuple[str, int] | None:
    """The joined verb and where its verb stands: the nearest, first of those that are no nouns."""
    near = [verb for verb in reversed(verbs) if index - verb <= REACH]
    for verb in sorted(near, key=lambda verb: load().has(tokens[verb], NOUN)):
        for stem in found[verb].verbs:
            if separable(particle, stem):
                return particle + stem, verb
    return None


def hyphened(tokens: Sequence[str], gaps: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """(written as one, first, last) for the words that hyphens join: each pair, and the whole run."""
    start = 0
    while start < len(gaps):
        if gaps[start] != HYPHEN:
            start += 1
            continue
        end = start
        while end < len(gaps) and gaps[end] == HYPHEN:
            end += 1
        run = tokens[start : end + 1]
        if not any(token.isdecimal() for token in run):
            for first in range(start, end):
                yield tokens[first] + tokens[first + 1], first, first + 1
            if end - start > 1 and sum(map(len, run)) <= _LONGEST_NAME:
                yield "".join(run), start, end
        start = end + 1


def across(tokens: Sequence[str], gaps: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """(key, first, last) of the parts of hyphened words that go over a hyphen: antiterreur in
    `anti-terreureenheid`."""
    for whole, first, last in hyphened(tokens, gaps):
        seam = len(tokens[first])
        for key, start, end in word(whole).parts:
            if start < seam < end:
                yield key, first, last


def left_out(
    tokens: Sequence[str], gaps: Sequence[str], found: Sequence[Word]
) -> Iterator[tuple[str, int, int]]:
    """(key, first, last) of compounds whose last part stands only with the next: `gas- en waterleiding`."""
    for index, gap in enumerate(gaps):
        after = index + 2
        if gap != LEFT_OUT or after >= len(tokens) or tokens[index + 1] not in _JOINING:
            continue
        pieces = found[after].pieces
        if pieces:
            start, end = pieces[-1]
            yield from ((key, index, after) for key in word(tokens[index] + tokens[after][start:end]).keys)


@lru_cache(maxsize=1)
def _names() -> dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """By its first token: a name's tokens, and the keys of the other ways to write it."""
    found: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for line in (HERE / "names.txt").read_text(encoding="utf-8").splitlines():
        ways = [way.strip() for way in line.partition("#")[0].split("=") if way.strip()]
        for way in ways:
            tokens = tuple(way.replace("'", "").replace("-", " ").split())
            keys: list[str] = []
            for other in ways:
                if other is way:
                    continue
                pieces = other.replace("'", "").replace("-", " ").split()
                keys += (key for piece in pieces for key in word(piece).keys)
                if "-" in other:
                    keys += word("".join(pieces)).keys
            found.setdefault(tokens[0], []).append((tokens, tuple(keys)))
    return found


def named(tokens: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """(key, first, last) of the other ways to write the names that stand here."""
    names = _names()
    for index, token in enumerate(tokens):
        for way, keys in names.get(token, ()):
            if tuple(tokens[index : index + len(way)]) == way:
                yield from ((key, index, index + len(way) - 1) for key in keys)
        if tuple(tokens[index : index + 2]) == _SHORTENED:
            yield from ((key, index, index + 1) for key in ("van", "de", "der", "den"))
