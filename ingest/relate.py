"""The relate stage, first form: the same words under another URL join one group.

A group's root is its oldest signal; the others point to it (`duplicate_of`). Only texts of at least
six words that were published within three days of each other count: short and recurring texts
("Code geel voor gladheid") are news each time. Runs serially: one relater per installation.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from ingest.models import Signal, Work
from ingest.quarantine import failed
from ingest.storing import one_writer, queue

WINDOW = timedelta(days=3)
WORDS = 6


def root_of(signal: Signal, alike: Sequence[Signal]) -> Signal | None:
    """The signal that `signal` repeats, among those of the same fingerprint; None if it repeats none."""
    if len(f"{signal.title} {signal.excerpt}".split()) < WORDS:
        return None
    older = [s for s in alike if s.pk < signal.pk and abs(s.published - signal.published) <= WINDOW]
    return min(older, key=lambda s: s.pk, default=None)


def relate_waiting(limit: int = 200) -> int:
    """Relates up to `limit` waiting signals; returns how many. One that fails three times is quarantined."""
    waiting = Work.objects.filter(stage=Work.Stage.RELATE, quarantined=None).select_related("signal")
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
    # Read again inside the transaction: the outbox row may be newer than the signal we joined it with.
    signals = {s.pk: s for s in Signal.objects.filter(pk__in=[row.signal_id for row in rows])}
    prints = {s.fingerprint for s in signals.values()}
    groups: dict[str, list[Signal]] = {}
    for other in Signal.objects.filter(fingerprint__in=prints).only(
        "pk", "fingerprint", "published", "duplicate_of"
    ):
        groups.setdefault(other.fingerprint, []).append(other)
    changed: list[int] = []
    for signal in signals.values():
        root = root_of(signal, groups[signal.fingerprint])
        target = root.pk if root else None
        if signal.duplicate_of_id != target:
            Signal.objects.filter(pk=signal.pk).update(duplicate_of=target, revision=F("revision") + 1)
            changed.append(signal.pk)
    _requeue_leavers(signals)
    if changed:
        queue(list(Signal.objects.filter(pk__in=changed).only("pk", "revision")), (Work.Stage.INDEX,))
    for row in rows:
        Work.objects.filter(pk=row.pk, revision=row.revision).delete()


def _requeue_leavers(signals: dict[int, Signal]) -> None:
    """Signals that point to one of these but no longer share its words are related afresh."""
    pointing = Signal.objects.filter(duplicate_of__in=signals).only(
        "pk", "fingerprint", "duplicate_of", "revision"
    )
    leavers = [s for s in pointing if s.fingerprint != signals[s.duplicate_of_id or 0].fingerprint]
    if leavers:
        queue(leavers, (Work.Stage.RELATE,))
