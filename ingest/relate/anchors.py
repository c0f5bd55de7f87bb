"""Anchors: a few hashes of a signal, so chosen that signals worth comparing share at least one.

Runs of three telling words are hashed and the least of every `STRETCH` neighbouring hashes is kept
(winnowing: Schleimer, Wilkerson, Aiken, 2003), so texts that share `STRETCH + 2` telling words in a row share
an anchor wherever in the texts these stand. Page, article number and record are anchors of their own.

Two signals are near each other if they share a strong anchor, or two of words, or one where one of both has
hardly any: half of what shares a single run of words shares a phrase of the day and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from ingest.relate.text import Text
from ingest.relate.words import COMMON

RUN, STRETCH = 3, 6
#: Days whose texts share one drawer, and days between two texts at most: an anchor is looked up in the one or
#: two drawers that this window touches; what is looked up and written lies together, however much is stored.
DRAWER, WINDOW = 8, 3
#: An anchor that more signals share in one drawer says nothing of them and is not followed.
MOST = 128

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LASTING, _STRONG = 1 << 32, 1 << 33
_BITS = 34
_ANCHOR = (1 << _BITS) - 1
#: A signal with at most so many anchors of words has few.
FEW = 3


def anchors(text: Text, stretch: int = STRETCH) -> frozenset[int]:
    """The anchors of a text, each below 2**34; with a `stretch` of 1 those of all its runs."""
    found = _least(_telling(text), stretch)
    if text.article:
        found.add(_STRONG | _hash(("article", text.article)))
    if text.url and text.paged:
        found.add(_STRONG | _LASTING | _hash(("page", text.url)))
    if text.record:
        found.update(_STRONG | _LASTING | _hash(("record", text.publisher, each)) for each in text.ids)
    return frozenset(found)


def kept(text: Text) -> frozenset[int]:
    """The keys under which a text's anchors are kept: below 2**63, an anchor of words with its drawer."""
    drawer = _drawer(text.published, 0) << _BITS
    return frozenset(a if a & _LASTING else drawer | a for a in anchors(text))


def around(keys: Iterable[int], published: datetime | None) -> list[tuple[int, list[int]]]:
    """Per key of a signal, those under which others in its window keep the same anchor, the key included."""
    drawers = [_drawer(published, days) << _BITS for days in (-WINDOW, WINDOW)]
    if drawers[0] == drawers[1]:
        del drawers[1]
    return [(key, [drawer | key & _ANCHOR for drawer in drawers] if key >> _BITS else [key]) for key in keys]


def beside(key: int) -> tuple[int, ...]:
    """The keys under which others in any window of the drawer keep the same anchor, `key` itself included."""
    if not key >> _BITS:
        return (key,)
    return (key - (1 << _BITS), key, key + (1 << _BITS))


def _drawer(published: datetime | None, days: int) -> int:
    return 1 if published is None else max(0, (published - _EPOCH).days + days) // DRAWER + 1


def strong(key: int) -> bool:
    """Whether one shared key is enough, as that of a page is."""
    return bool(key & _STRONG)


def few(keys: Iterable[int]) -> bool:
    """Whether a signal with these keys has so few of words that one shared is enough."""
    return sum(not strong(key) for key in keys) <= FEW


def near(shared: Iterable[tuple[int, Iterable[tuple[Any, bool]]]], scarce: bool) -> set[Any]:
    """Who is near a signal: `shared` gives, per key, who shares it and whether they have few themselves.

    `scarce`: the signal itself has few.
    """
    once: set[Any] = set()
    enough: set[Any] = set()
    for key, others in shared:
        if scarce or strong(key):
            enough.update(other for other, _ in others)
            continue
        for other, short in others:
            if short or other in once:
                enough.add(other)
            else:
                once.add(other)
    return enough


def _hash(words: Sequence[str]) -> int:
    return crc32("\0".join(words).encode("utf-8", "replace"))


def _telling(text: Text) -> list[str]:
    words = [*text.title, *text.body] if text.bare else text.body
    return [word for word in words if word not in COMMON]


def _least(words: Sequence[str], stretch: int) -> set[int]:
    """The hashes of runs that are the least of some `stretch` neighbours; of a short text, its own hash."""
    if len(words) <= RUN:
        return {_hash(words)} if words else set()
    hashed = [crc32(word.encode("utf-8", "replace")) for word in words]
    # Odd factors, so that no bit of a word's hash is lost and the order of the words counts.
    runs = [
        (one * 0x9E3779B1 + two * 0x85EBCA6B + three * 0xC2B2AE35) >> 7 & 0xFFFFFFFF
        for one, two, three in zip(hashed, hashed[1:], hashed[2:], strict=False)
    ]
    return {min(runs[at : at + stretch]) for at in range(max(1, len(runs) - stretch + 1))}
