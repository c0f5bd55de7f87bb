"""Compounds: a word that the vocabulary does not hold, taken apart into words that it does.

Every part but the last may carry a linking sound (beveiliging-s-lek, gezondheid-s-zorg, pan-n-e-koek); the
last one may be inflected. The fewest parts win, then those without linking sounds and without short parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.text.dutch.forms import bases
from ingest.text.dutch.vocabulary import ADJECTIVE, FIRST, LAST, NOUN, OTHER, VERB, Vocabulary, load

SHORTEST, LONGEST = 6, 50
"""Letters of a word that may be a compound."""
_PART = 3
_LINK, _SHORT = 0.2, 0.3
_MOST = 5
_STRANGE, _HEAD = 4, 6
"""Letters of an unknown first part and of the known last part after it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its base form, and where it stands in the compound (letters, linking sound included)."""

    base: str
    start: int
    end: int


def _first(piece: str, known: Vocabulary) -> Iterator[tuple[str, float]]:
    """(base, cost) of what `piece` may be as a part that another follows."""
    linked = known.linked.get(piece)
    if linked:
        yield linked, 1.0
    if piece[-1] == "s" and known.has(piece[:-1], FIRST):
        yield piece[:-1], 1.0 + _LINK
        if not known.has(piece, NOUN):
            return
    if known.has(piece, FIRST):
        yield piece, 1.0
    if piece.endswith(("en", "e")):
        plural = piece if piece[-1] == "n" else piece + "n"
        for base in known.forms.get(plural, ()):
            if known.has(base, FIRST) and known.has(base, NOUN):
                yield base, 1.0 + _LINK
        for base, name in bases(plural):
            if name == NOUN and known.has(base, FIRST) and known.has(base, NOUN):
                yield base, 1.0 + _LINK


def _last(piece: str, known: Vocabulary) -> Iterator[tuple[str, float]]:
    """(base, cost) of what `piece` may be as the last part, inflected or not."""
    letters = known.words.get(piece)
    if letters is not None:
        if LAST in letters:
            yield piece, 1.0
        if NOUN in letters or letters == OTHER:
            return
    for base in known.forms.get(piece, ()):
        if known.has(base, LAST) and known.has(base, NOUN) and not known.has(base, VERB):
            yield base, 1.0 + _LINK / 2
    for base, name in bases(piece):
        if name in (NOUN, ADJECTIVE) and known.has(base, name) and known.has(base, LAST):
            yield base, 1.0 + _LINK / 2


def _short(piece: str) -> float:
    return _SHORT if len(piece) <= _PART else 0.0


def head(word: str) -> Part | None:
    """The last part of a compound whose first part nobody knows (fipronil-crisis), if it is a long noun."""
    if not _STRANGE + _HEAD <= len(word) <= LONGEST:
        return None
    known = load()
    for start in range(_STRANGE, len(word) - _HEAD + 1):
        for base, _ in _last(word[start:], known):
            if len(base) >= _HEAD and known.has(base, NOUN):
                return Part(base, start, len(word))
    return None


def split(word: str) -> tuple[Part, ...]:
    """The parts of `word`, at least two; none where it cannot be taken apart into known words."""
    size = len(word)
    if not SHORTEST <= size <= LONGEST:
        return ()
    known = load()
    best: dict[int, tuple[float, tuple[Part, ...]]] = {0: (0.0, ())}
    for start in range(size - _PART):
        if start not in best or len(best[start][1]) >= _MOST:
            continue
        cost, parts = best[start]
        for end in range(start + _PART, size - _PART + 1):
            piece = word[start:end]
            for base, price in _first(piece, known):
                total = cost + price + _short(piece)
                if end not in best or total < best[end][0]:
                    best[end] = total, (*parts, Part(base, start, end))
    whole: tuple[float, tuple[Part, ...]] | None = None
    for start, (cost, parts) in best.items():
        if not parts:
            continue
        piece = word[start:]
        # drugs-lab rather than drug-slab
        before = parts[-1].base
        cost += (
            2
            * _SHORT
            * (piece[0] == "s" and known.has(before + "s", FIRST) and known.has(before + "s", NOUN))
        )
        for base, price in _last(piece, known):
            total = cost + price + _short(piece)
            if whole is None or total < whole[0]:
                whole = total, (*parts, Part(base, start, size))
    return whole[1] if whole else ()
