"""The relate stage, first form: the same words under another URL join one group.

A group's root is its oldest signal; the others point to it (`duplicate_of`). Only texts of at least
six words that were published within three days of each other count: short and recurring texts
("Code geel voor gladheid") are news each time. Runs serially: one relater per installation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import F

from ingest.models import Signal, Work
from ingest.quarantine import failed
from ingest.storing import one_writer, queue

WINDOW = timedelta(days=3)
WORDS = 6


@dataclass(frozen=True, slots=True)
class Alike:
    """A signal as its group sees it: id and when it was published."""

    id: int
    published: datetime


def root_of(signal: Signal, alike: Sequence[Alike]) -> int | None:
    """The id of the signal that `signal` repeats, among those of its fingerprint; None if it repeats none."""
    if len(f"{signal.title} {signal.excerpt}".split()) < WORDS:
        return None
    older = [o.id for o in alike if o.id < signal.pk and abs(o.published - signal.published) <= WINDOW]
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
    columns = ("title", "excerpt", "fingerprint", "published", "duplicate_of")
    found = Signal.objects.filter(pk__in=[row.signal_id for row in rows]).only(*columns)
    signals = {signal.pk: signal for signal in found}
    groups: dict[str, list[Alike]] = {}
    prints = {s.fingerprint for s in signals.values()}
    others = Signal.objects.filter(fingerprint__in=prints)
    for fingerprint, pk, published in others.values_list("fingerprint", "pk", "published"):
        groups.setdefault(fingerprint, []).append(Alike(pk, published))
    changed: list[int] = []
    for signal in signals.values():
        target = root_of(signal, groups[signal.fingerprint])
        if signal.duplicate_of_id != target:
            Signal.objects.filter(pk=signal.pk).update(duplicate_of=target, revision=F("revision") + 1)
            changed.append(signal.pk)
    _requeue_leavers(signals)
    if changed:
        queue(list(Signal.objects.filter(pk__in=changed).only("pk", "revision")), (Work.Stage.INDEX,))
    # Rows whose signal changed meanwhile have another revision and stay.
    for revision, same in groupby(sorted(rows, key=lambda r: r.revision), key=lambda r: r.revision):
        Work.objects.filter(pk__in=[row.pk for row in same], revision=revision).delete()


def _requeue_leavers(signals: dict[int, Signal]) -> None:
    """Signals that point to one of these but no longer share its words are related afresh."""
    pointing = Signal.objects.filter(duplicate_of__in=signals).only(
        "pk", "fingerprint", "duplicate_of", "revision"
    )
    leavers = [s for s in pointing if s.fingerprint != signals[s.duplicate_of_id or 0].fingerprint]
    if leavers:
        queue(leavers, (Work.Stage.RELATE,))
