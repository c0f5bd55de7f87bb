"""What changed about something since a reader was told of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ingest.judge.parts import PARTS, RELEVANCES

#: Owners are told of again when there are half as many more: 1 → 2, 2 → 3, 3 → 5, 7 → 11.
GREW = 1.5


@dataclass(frozen=True, slots=True)
class State:
    """How a group stood or stands: letter, independent owners, part of the Kingdom → relevance."""

    severity: str
    owners: int
    parts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """`severity` and `owners` as (was, now), None where the same; `parts` that are new or touched more
    closely; `update`: a later report in the same story."""

    severity: tuple[str, str] | None = None
    owners: tuple[int, int] | None = None
    parts: tuple[str, ...] = ()
    update: bool = False

    def __bool__(self) -> bool:
        return bool(self.severity or self.owners or self.parts or self.update)


def changed(was: State, now: State) -> Change:
    """What of it a reader would want to know. Owners that fall (a source removed) are no news."""
    severity = (was.severity, now.severity) if was.severity != now.severity else None
    owners = (was.owners, now.owners) if now.owners >= max(was.owners, 1) * GREW else None
    closer = [part for part in now.parts if _distance(now.parts.get(part)) < _distance(was.parts.get(part))]
    return Change(severity, owners, tuple(sorted(closer, key=_place)))


def _distance(relevance: str | None) -> int:
    return RELEVANCES.index(relevance) if relevance in RELEVANCES else len(RELEVANCES)


def _place(part: str) -> int:
    return PARTS.index(part) if part in PARTS else len(PARTS)
