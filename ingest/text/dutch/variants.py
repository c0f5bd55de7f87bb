"""Spelling variants: how an unknown word would be written today. Only a known word counts as one."""

from __future__ import annotations

from collections.abc import Iterator

_REPLACED = (
    ("kt", "ct"),
    ("k", "c"),
    ("c", "k"),
    ("cc", "kk"),
    ("kk", "cc"),
    ("ph", "f"),
    ("th", "t"),
    ("qu", "kw"),
    ("kw", "qu"),
    ("ks", "x"),
    ("x", "ks"),
    ("ij", "y"),
    ("y", "ij"),
    ("y", "i"),
    ("ae", "aa"),
    ("sch", "s"),
)
"""What older, progressive or careless spelling has, and what the word list has."""
_ENDINGS = (("ies", "isch"), ("iese", "ische"), ("sie", "tie"), ("tie", "sie"))
_SHORTEST = 4


def variants(word: str) -> Iterator[str]:
    """Other spellings of `word`: all places of a replacement at once, then one at a time."""
    if len(word) < _SHORTEST:
        return
    for old, new in _ENDINGS:
        if word.endswith(old):
            yield word[: -len(old)] + new
    for old, new in _REPLACED:
        if old not in word:
            continue
        yield word.replace(old, new)
        start = word.find(old)
        while start >= 0 and word.count(old) > 1:
            yield word[:start] + new + word[start + len(old) :]
            start = word.find(old, start + 1)
