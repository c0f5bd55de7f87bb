"""How much came in, by source and hour: written in the transaction that stores a document."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from django.db.models import F

from ingest.models import Intake, Source

#: How long the hours are kept: four weeks to compare with, and the days that are compared.
KEPT = timedelta(days=45)


class Counts(Protocol):
    """Entries of one document by what became of them."""

    new: int
    updated: int
    seen: int
    sightings: int
    rejected: int


def hour_of(moment: datetime) -> datetime:
    """The hour a moment lies in."""
    return moment.replace(minute=0, second=0, microsecond=0)


def add(source: Source, counts: Counts, now: datetime) -> None:
    """Adds one document to the hour of `now`, under `outbox.one_writer`: no two make the row."""
    names = ("new", "updated", "seen", "sightings", "rejected")
    told = {name: getattr(counts, name) for name in names}
    rows = Intake.objects.filter(source=source, hour=hour_of(now))
    if not rows.update(documents=F("documents") + 1, **{name: F(name) + told[name] for name in names}):
        Intake.objects.create(source=source, hour=hour_of(now), documents=1, **told)


def forget(now: datetime) -> int:
    """Removes hours nobody compares with any more. Returns how many."""
    return Intake.objects.filter(hour__lt=now - KEPT).delete()[0]
