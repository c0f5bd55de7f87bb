"""Folding: the same letters without their accents, the first step of every comparison of words.

NFKD without combining marks, and the typographic apostrophe as the plain one. Case is kept: whoever
needs it gone lowers it afterwards.
"""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """`text` without diacritics. May be longer than `text` (`½` becomes three characters)."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("’", "'")


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """The folded text and, for each of its characters plus one past the end, the index in `text` it came from."""
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
