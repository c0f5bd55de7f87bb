"""The relate stage, first form: the same words under another URL join one group.

A group's root is its oldest signal; the others point to it (`duplicate_of`). Only texts of at least
six words that were published within three days of each other count: short and recurring texts
("Code geel voor gladheid") are news each time. Runs serially: one relater per installation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import F

from ingest.corrections import links
from ingest.models import Signal, Work
from ingest.outbox import one_writer, queue
from ingest.quarantine import failed

WINDOW = timedelta(days=3)
WORDS = 6


@dataclass(frozen=True, slots=True)
class Member:
    """A signal as its group, the signals with the same words, sees it."""

    id: int
    fingerprint: str
    published: datetime
    duplicate_of: int | None


def root_of(signal: Member, group: Sequence[Member]) -> int | None:
    """The id of the signal that `signal` repeats, among those of its fingerprint; None if it repeats none."""
    older = [o.id for o in group if o.id < signal.id and abs(o.published - signal.published) <= WINDOW]
    return min(older, default=None)


def relate_waiting(limit: int = 200) -> int:
    """Relates up to `limit` waiting signals; returns how many. One that fails three times is quarantined."""
    waiting = Work.objects.filter(stage=Work.Stage.RELATE, quarantined=None)
    rows = list(waiting.order_by("id")[:limit])
    if not rows:
        return 0
    try:
        with transaction.atomic():
            one_writer()
            _relate(rows)
    except (KeyError, ValueError, TypeError):
        # One of them is bad: one by one, so that it alone pays for it.
        for row in rows:
            _relate_alone(row)
    return len(rows)


def _relate_alone(row: Work) -> None:
    try:
        with transaction.atomic():
            one_writer()
            _relate([row])
    except (KeyError, ValueError, TypeError) as error:
        failed(row, f"{type(error).__name__}: {error}")


def _relate(rows: Sequence[Work]) -> None:
    waiting = {m.id: m for m in _members(pk__in=[row.signal_id for row in rows])}
    groups: dict[str, list[Member]] = {}
    for member in _members(fingerprint__in={m.fingerprint for m in waiting.values()}):
        groups.setdefault(member.fingerprint, []).append(member)
    said = links([m.id for group in groups.values() for m in group])
    changed: list[int] = []
    for member in waiting.values():
        # What a person says repeats another is no root.
        group = [m for m in groups[member.fingerprint] if said.get(m.id) is None]
        if member.id in said:
            target = _said_root(member.id, said[member.id])
        else:
            target = root_of(member, group) if len(group) > 1 and _long_enough(member) else None
        if member.duplicate_of != target:
            Signal.objects.filter(pk=member.id).update(duplicate_of=target, revision=F("revision") + 1)
            changed.append(member.id)
    _requeue_leavers(waiting)
    if changed:
        queue(list(Signal.objects.filter(pk__in=changed).only("pk", "revision")), (Work.Stage.INDEX,))
    # Rows whose signal changed meanwhile have another revision and stay.
    for revision, same in groupby(sorted(rows, key=lambda r: r.revision), key=lambda r: r.revision):
        Work.objects.filter(pk__in=[row.pk for row in same], revision=revision).delete()


def _said_root(signal_id: int, repeats: int | None) -> int | None:
    """The root of the signal that a person says this one repeats; None where that would be itself."""
    if repeats is None:
        return None
    root = Signal.objects.values_list("duplicate_of", flat=True).get(pk=repeats) or repeats
    return root if root != signal_id else None


def _members(**which: Any) -> list[Member]:
    columns = ("pk", "fingerprint", "published", "duplicate_of")
    return [Member(*values) for values in Signal.objects.filter(**which).values_list(*columns)]


def _long_enough(member: Member) -> bool:
    title, excerpt = Signal.objects.values_list("title", "excerpt").get(pk=member.id)
    return len(f"{title} {excerpt}".split()) >= WORDS


def _requeue_leavers(related: Mapping[int, Member]) -> None:
    """Signals that point to one of these but no longer share its words are related afresh."""
    pointing = Signal.objects.filter(duplicate_of__in=related).only(
        "pk", "fingerprint", "duplicate_of", "revision"
    )
    leavers = [s for s in pointing if s.fingerprint != related[s.duplicate_of_id or 0].fingerprint]
    if leavers:
        queue(leavers, (Work.Stage.RELATE,))
