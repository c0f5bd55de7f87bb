"""Texts as names are compared in them: one kind of hyphen, no punctuation, offsets unchanged."""

from __future__ import annotations

_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_BLANKS = bytes(c if chr(c).isalnum() or c == ord("_") else ord(" ") for c in range(128)) + b" " * 128


def hyphened(text: str) -> str:
    """`text` with every hyphen and dash as `-`; same length."""
    return text if text.isascii() else text.translate(_HYPHENS)


def normal(text: str) -> str:
    """`text` with hyphens and dashes as blanks; same length."""
    return hyphened(text).replace("-", " ")


def plain(low: str) -> str:
    """Folded lower-case text, a blank for all but ASCII letters, digits and `_`, and one at either end.

    So a blank in it is a boundary of words or a letter that is not ASCII; whoever finds something looks
    at the text itself to tell.
    """
    return f" {low.encode('ascii', 'replace').translate(_BLANKS).decode('ascii')} "
