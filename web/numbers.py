"""Numbers of rows as forms and addresses write them: whatever else stands there names no row."""

from __future__ import annotations

#: As far as both stores count (64 bits), and far from where Python refuses to read digits (4300).
_MOST_DIGITS = 18


def number(text: str) -> int | None:
    """The number that `text` writes; None where it writes none that a row can have."""
    fits = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if fits else None
