"""What changed between two versions of a signal, word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from ingest.models import Version

_PIECES = re.compile(r"\S+|\s+")
#: Official fields named in one difference; the rest is counted.
FIELDS = 8


class Piece(NamedTuple):
    """Some words: `same`, `gone` (in the earlier version only) or `new`."""

    how: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One version beside the one before it; the pieces are empty where that part did not change.

    `fields` are the official fields that differ: (name, before, after), "" for absent.
    """

    as_of: datetime
    number: int
    current: bool
    first: bool
    title: tuple[Piece, ...] = ()
    excerpt: tuple[Piece, ...] = ()
    url: tuple[str, str] | None = None
    fields: tuple[tuple[str, str, str], ...] = ()
    more: int = 0


def changes(versions: Sequence[Version], current: str) -> list[Change]:
    """The versions, newest first, each with what changed since the one before. `current`: a content hash."""
    ordered = sorted(versions, key=lambda each: (each.as_of, each.pk))
    found = []
    for number, version in enumerate(ordered, start=1):
        here = version.content_hash == current
        if number == 1:
            found.append(Change(version.as_of, number, here, True))
            continue
        before = ordered[number - 2]
        fields = list(_fields(before.official, version.official))
        found.append(
            Change(
                as_of=version.as_of,
                number=number,
                current=here,
                first=False,
                title=_pieces(before.title, version.title),
                excerpt=_pieces(before.excerpt, version.excerpt),
                url=(before.url, version.url) if before.url != version.url else None,
                fields=tuple(fields[:FIELDS]),
                more=max(0, len(fields) - FIELDS),
            )
        )
    return found[::-1]


def _pieces(before: str, after: str) -> tuple[Piece, ...]:
    return tuple(words(before, after)) if before != after else ()


def words(before: str, after: str) -> Iterator[Piece]:
    """Both texts as one: together the pieces that are not new make `before`, those not gone make `after`."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for how, a, b, c, d in matcher.get_opcodes():
        if how == "equal":
            yield Piece("same", "".join(old[a:b]))
            continue
        if gone := "".join(old[a:b]):
            yield Piece("gone", gone)
        if come := "".join(new[c:d]):
            yield Piece("new", come)


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old != new:
            yield name, _shown(old), _shown(new)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str | int | float | bool):
        text = str(value)
    elif isinstance(value, list):
        text = ", ".join(_shown(each) for each in value)
    else:
        text = "; ".join(f"{name}: {_shown(each)}" for name, each in value.items())
    return text if len(text) <= 300 else text[:299] + "…"
