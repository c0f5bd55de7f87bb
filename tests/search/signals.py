"""Invented signals, stored as the pipeline stores them: the row and its Work row together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from ingest.models import Signal, Source, Work

START = datetime(2026, 11, 20, 12, tzinfo=UTC)


def source(slug: str = "invented-desk", **more: Any) -> Source:
    return Source.objects.get_or_create(slug=slug, defaults={"name": slug, "country": "NL", **more})[0]


def queue(signal: Signal) -> None:
    Work.objects.update_or_create(
        signal=signal,
        stage=Work.Stage.INDEX,
        defaults={"revision": signal.revision, "attempts": 0, "quarantined": None},
    )


def store(title: str, excerpt: str = "", **more: Any) -> Signal:
    """A new signal, an hour later than the one before it, waiting to be indexed."""
    count = Signal.objects.count()
    values: dict[str, Any] = {
        "source": more.pop("source", None) or source(),
        "identity": f"{count:032x}",
        "title": title,
        "excerpt": excerpt,
        "url": f"https://www.example.org/artikel/{count}",
        "content_hash": f"{count:032x}",
        "as_of": START,
        "language": "nl",
        "published": START + timedelta(hours=count),
        "seen": START + timedelta(hours=count),
        **more,
    }
    with transaction.atomic():
        signal = Signal.objects.create(**values)
        queue(signal)
    return signal


def change(signal: Signal, **values: Any) -> None:
    """A new version: the row, its revision and its Work row in one transaction."""
    with transaction.atomic():
        for name, value in values.items():
            setattr(signal, name, value)
        signal.revision += 1
        signal.save()
        queue(signal)
