"""Cutting text at words."""

from __future__ import annotations

#: Longest stored excerpt, code points.
EXCERPT = 500
#: Longest stored title.
TITLE = 500
#: Longest title made of an entry's first words.
FIRST_WORDS = 100
_ELLIPSIS = "…"


def cut(text: str, limit: int) -> str:
    """`text` in at most `limit` code points, cut at a word and marked with `…` where something is missing."""
    if len(text) <= limit:
        return text
    kept = text[:limit]
    space = kept.rfind(" ")
    # A "word" longer than half the room (a URL, a script without spaces) is cut inside.
    kept = kept[: space if space >= limit // 2 else limit - 1]
    return kept.rstrip(" ,;:.-–—…") + _ELLIPSIS
