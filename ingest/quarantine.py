"""Quarantine: what failed three times waits here, visible with its reason, until somebody drives it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from ingest.models import Fetch, Work

log = structlog.get_logger()

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One quarantined thing. `key` (`fetch-12`, `index-34`) names it on the command line."""

    key: str
    subject: str
    reason: str
    since: datetime
    attempts: int


def failed(row: Work, reason: str) -> bool:
    """Counts one failure of a signal at a stage; True when that was the third and it is now quarantined."""
    row.attempts += 1
    row.error = reason[:500]
    if row.attempts >= ATTEMPTS:
        row.quarantined = timezone.now()
        log.error("signal quarantined", signal=row.signal_id, stage=row.stage, reason=row.error)
    Work.objects.filter(pk=row.pk, revision=row.revision).update(
        attempts=row.attempts, error=row.error, quarantined=row.quarantined
    )
    return row.quarantined is not None


def listing() -> list[Quarantined]:
    """Everything in quarantine, oldest first."""
    fetches = Fetch.objects.filter(state=Fetch.State.QUARANTINED).select_related("source")
    found = [
        Quarantined(f"fetch-{f.pk}", f.source.slug, f.error, f.ended or f.received, f.attempts)
        for f in fetches
    ]
    for row in Work.objects.exclude(quarantined=None).select_related("signal"):
        since = row.quarantined or row.since
        found.append(
            Quarantined(f"{row.stage}-{row.pk}", row.signal.title[:80], row.error, since, row.attempts)
        )
    return sorted(found, key=lambda q: q.since)


def retry(key: str, actor: str) -> bool:
    """Drives one quarantined thing again, with three fresh attempts. False when `key` names none."""
    kind, _, number = key.partition("-")
    if not number.isdigit():
        return False
    with transaction.atomic():
        if kind == "fetch":
            again = Fetch.objects.filter(pk=number, state=Fetch.State.QUARANTINED, body__isnull=False).update(
                state=Fetch.State.WAITING, attempts=0, error="", ended=None
            )
        else:
            again = (
                Work.objects.filter(pk=number, stage=kind)
                .exclude(quarantined=None)
                .update(quarantined=None, attempts=0, error="")
            )
        if again:
            record(actor, "quarantine.retry", key)
    return bool(again)
