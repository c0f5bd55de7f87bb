"""Folding: the same letters without their accents, the first step of every comparison of words.

NFKD without combining marks, and the typographic apostrophe as the plain one. Case is kept: whoever
needs it gone lowers it afterwards.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache


def _combining(first: int, last: int) -> re.Pattern[str]:
    """One character class of the combining marks among these code points."""
    return re.compile(
        "[" + "".join(c for c in map(chr, range(first, last)) if unicodedata.combining(c)) + "]+"
    )


# Within 16 bits a class is one table, whatever its size; the few marks beyond would make it a long list.
_COMBINING = _combining(0x300, 0x10000)
_COMBINING_RARE = _combining(0x10000, sys.maxunicode + 1)


def fold(text: str) -> str:
    """`text` without diacritics. May be longer than `text` (`½` becomes three characters)."""
    if text.isascii():
        return text
    folded = _COMBINING.sub("", unicodedata.normalize("NFKD", text)).replace("’", "'")
    if folded.isascii() or max(folded) <= "\uffff":
        return folded
    return _COMBINING_RARE.sub("", folded)


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """The folded text and, for each of its characters and one past the end, its index in `text`."""
    if text.isascii():
        return text, list(range(len(text) + 1))
    pieces: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(text):
        piece = fold(character)
        pieces.append(piece)
        offsets.extend([index] * len(piece))
    offsets.append(len(text))
    return "".join(pieces), offsets


@lru_cache(maxsize=4096)
def _single(character: str) -> bool:
    return len(fold(character)) == 1


def folds_in_place(text: str) -> bool:
    """Whether every character of `text` folds to one, so that offsets in both are the same."""
    return text.isascii() or all(map(_single, set(text)))
