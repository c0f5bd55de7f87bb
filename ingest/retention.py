"""Retention: what is no longer kept, counted from first seen, removed in short transactions and audited.

A removed signal leaves its ledger rows behind as tombstones (`Entry.removed`): a feed that still holds
the entry does not bring it back. The search index follows by its own sweep against SQL.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from accounts.audit import record
from ingest import intake
from ingest.models import Correction, Entry, Fetch, Signal, Work
from ingest.outbox import one_writer, queue

#: Rows in one write transaction, so that ingest never waits long.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Keep:
    """How long each kind is kept."""

    bodies: timedelta
    quarantine: timedelta
    unsorted: timedelta
    signals: timedelta


@dataclass(slots=True)
class Removed:
    """How many rows of each kind were removed."""

    bodies: int = 0
    quarantined: int = 0
    unsorted: int = 0
    signals: int = 0

    @property
    def anything(self) -> bool:
        return bool(self.bodies or self.quarantined or self.unsorted or self.signals)

    def counts(self) -> dict[str, Any]:
        return asdict(self)


def kept() -> Keep:
    """The periods in force."""
    return Keep(
        bodies=timedelta(hours=settings.HORIZONSCAN_KEEP_BODY_HOURS),
        quarantine=timedelta(days=settings.HORIZONSCAN_KEEP_QUARANTINE_DAYS),
        unsorted=timedelta(days=settings.HORIZONSCAN_KEEP_UNSORTED_DAYS),
        signals=timedelta(days=settings.HORIZONSCAN_KEEP_DAYS),
    )


def retain(now: datetime, keep: Keep | None = None) -> Removed:
    """Removes what is older than `keep` allows (default: the settings). May be interrupted and run again."""
    keep = keep or kept()
    ended = Q(state__in=(Fetch.State.DONE, Fetch.State.REFUSED), ended__lt=now - keep.bodies)
    removed = Removed(
        bodies=_fetches(ended),
        quarantined=_fetches(Q(state=Fetch.State.QUARANTINED, ended__lt=now - keep.quarantine)),
        unsorted=_signals(Q(domains=[], seen__lt=now - keep.unsorted), now),
        signals=_signals(Q(seen__lt=now - keep.signals), now),
    )
    intake.forget(now)
    if removed.anything:
        record("retention", "retention.remove", "store", origin="schedule", **removed.counts())
    return removed


def _fetches(old: Q) -> int:
    count = 0
    while chunk := list(Fetch.objects.filter(old).order_by("pk").values_list("pk", flat=True)[:_CHUNK]):
        with transaction.atomic():
            count += Fetch.objects.filter(old, pk__in=chunk).delete()[0]
    return count


def _signals(old: Q, now: datetime) -> int:
    count = 0
    while chunk := list(Signal.objects.filter(old).order_by("pk").values_list("pk", flat=True)[:_CHUNK]):
        with transaction.atomic():
            one_writer()
            Entry.objects.filter(signal__in=chunk).update(removed=now, signal=None)
            # Those that repeated or updated a removed signal, or were joined to it by hand, stand alone
            # again, and the index must show it.
            said = Correction.objects.filter(kind=Correction.Kind.DUPLICATE, undone=None, value__in=chunk)
            joined = list(said.values_list("signal", flat=True))
            pointing = Q(duplicate_of__in=chunk) | Q(update_of__in=chunk) | Q(pk__in=joined)
            ids = list(Signal.objects.filter(pointing).exclude(pk__in=chunk).values_list("pk", flat=True))
            orphans = Signal.objects.filter(pk__in=ids)
            orphans.update(duplicate_of=None, update_of=None, revision=F("revision") + 1)
            queue(
                list(Signal.objects.filter(pk__in=ids).only("pk", "revision")),
                (Work.Stage.RELATE, Work.Stage.INDEX),
            )
            Signal.objects.filter(pk__in=chunk).delete()
        count += len(chunk)
    return count
