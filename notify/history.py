"""How stored signals stood in the past: their groups, who told them when. For dry runs, thousands at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F

from ingest.models import Entry, Signal
from ingest.relate import group_of
from notify.circumstances import chunks
from notify.models import Subscription
from notify.rules import muted

_COLUMNS = (
    *("pk", "seen", "quiet", "severity", "title", "source__slug", "source__owner"),
    *("duplicate_of", "update_of"),
)
#: From here on one look through the whole time is quicker than looking each signal up.
_MANY = 5_000


@dataclass(slots=True)
class Group:
    """A duplicate group over time. `told` are (when, owner group, severity) of its reports."""

    root: int
    story: int
    told: list[tuple[datetime, str, str]] = field(default_factory=list)
    _stood: list[tuple[datetime, str, int]] = field(default_factory=list)

    def stood(self, at: datetime) -> tuple[str, int]:
        """(severity, owners) as they were then; severities are those of today."""
        if not self._stood:
            severity, owners = "", set[str]()
            for when, owner, grade in sorted(self.told):
                owners.add(owner)
                severity = max(severity, grade)
                self._stood.append((when, severity, len(owners)))
        found = bisect_right(self._stood, at, key=lambda each: each[0])
        return self._stood[found - 1][1:] if found else ("", 1)


@dataclass(slots=True)
class Past:
    """A signal as a dry run sees it."""

    signal: int
    seen: datetime
    quiet: str
    severity: str
    title: str
    owner: str
    group: Group


def past(subscription: Subscription, ids: Collection[int], begins: datetime) -> dict[int, Past]:
    """Those of `ids` that the subscription does not mute, first seen since `begins`."""
    rows = {row[0]: row for row in _rows(ids, begins)}
    roots = {root or pk for pk, *_, root, _ in rows.values()}
    members = _members(roots, rows)
    sightings = _sightings({*rows, *members})
    groups: dict[int, Group] = {root: Group(root, root) for root in roots}
    for pk, row in {**members, **rows}.items():
        _, seen, _, severity, _, slug, owner, root, head = row
        group = groups.get(root or pk)
        if group is None:
            continue
        if head is not None and group.root == pk:
            # One step: an update points to the first of its line.
            group.story = head
        group.told.append((seen, owner or slug, severity))
        group.told += [(at, by, "") for at, by, _ in sightings.get(pk, ())]
    silent = set(group_of(subscription.muted_groups).values()) if subscription.muted_groups else set()
    found: dict[int, Past] = {}
    for pk, seen, quiet, severity, title, slug, owner, root, _ in rows.values():
        reporters = {slug, *(by for *_, by in sightings.get(pk, ()))}
        if (root or pk) in silent or muted(subscription, (pk, root or pk), reporters):
            continue
        found[pk] = Past(pk, seen, quiet, severity, title, owner or slug, groups[root or pk])
    return found


def _rows(ids: Collection[int], begins: datetime) -> Iterable[tuple[Any, ...]]:
    if len(ids) > _MANY:
        wanted = set(ids)
        every = Signal.objects.filter(seen__gte=begins).values_list(*_COLUMNS)
        return [row for row in every.iterator(_MANY) if row[0] in wanted]
    parts = (Signal.objects.filter(pk__in=part).values_list(*_COLUMNS) for part in chunks(ids))
    return [row for part in parts for row in part]


def _members(roots: set[int], rows: Collection[int]) -> dict[int, tuple[Any, ...]]:
    """The rest of these groups: those that do not meet the rule, or came before."""
    found: dict[int, tuple[Any, ...]] = {}
    for part in chunks(roots):
        for row in Signal.objects.filter(duplicate_of__in=part).values_list(*_COLUMNS):
            found[row[0]] = row
    for part in chunks(root for root in roots if root not in rows):
        for row in Signal.objects.filter(pk__in=part).values_list(*_COLUMNS):
            found[row[0]] = row
    return found


def _sightings(signals: Collection[int]) -> dict[int, list[tuple[datetime, str, str]]]:
    """By signal (when, owner group, slug) of the other sources that reported it."""
    found: dict[int, list[tuple[datetime, str, str]]] = {}
    if len(signals) > _MANY:
        wanted = set(signals)
        parts = [Entry.objects.filter(signal__gte=min(signals), signal__lte=max(signals))]
    else:
        wanted = set(signals)
        parts = [Entry.objects.filter(signal__in=part) for part in chunks(signals)]
    for part in parts:
        others = part.exclude(source=F("signal__source"))
        for signal, at, owner, slug in others.values_list(
            "signal", "first_seen", "source__owner", "source__slug"
        ):
            if signal in wanted:
                found.setdefault(signal, []).append((at, owner or slug, slug))
    return found
