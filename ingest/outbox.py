"""The outbox: signals waiting for a stage, and the one lock under which they and their rows change."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from ingest.models import Signal, Work
from ingest.rows import insert


def one_writer() -> None:
    """To be called first in a write transaction, so that two sources with one URL cannot both own it.

    SQLite's BEGIN IMMEDIATE lets one writer in already; PostgreSQL is asked for the same here.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('horizonscan.ingest'))")


def queue(signals: Sequence[Signal], stages: Sequence[Work.Stage]) -> None:
    """Puts signals into the outbox of each stage at their present revision; quarantine starts afresh."""
    now = timezone.now()
    rows = [
        {
            "signal_id": signal.pk,
            "stage": stage.value,
            "revision": signal.revision,
            "since": now,
            "attempts": 0,
            "error": "",
            "quarantined": None,
        }
        for stage in stages
        for signal in signals
    ]
    insert(Work, rows, conflict=("signal_id", "stage"))
