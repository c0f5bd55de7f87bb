"""Invented signals that the search page's tests look for, and an engine of each test's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.test import override_settings
from django.utils import timezone

from ingest.judge.plain import as_json
from ingest.judging import judged_now
from ingest.models import Entry, Judgement, Signal, Source, Version
from search import engines
from search.embedded import Embedded
from search.indexing import index_waiting
from tests.search import signals


@contextmanager
def indexed(folder: Path) -> Iterator[Embedded]:
    """The embedded engine in force, in a folder of its own."""
    with override_settings(DATA_DIR=folder):
        engine = engines.writer()
        assert isinstance(engine, Embedded)
        yield engine
        engine.close()


def source(slug: str, **more: Any) -> Source:
    return signals.source(slug, **{"reliability": "B", **more})


def store(
    title: str, excerpt: str = "", *, hours: float = 1, by: str = "invented-desk", **more: Any
) -> Signal:
    """A signal of `hours` ago with its entry, its version and what the judges really say of it."""
    at = timezone.now() - timedelta(hours=hours)
    signal = signals.store(title, excerpt, source=source(by), published=at, seen=at, **more)
    report(signal, by)
    Version.objects.create(
        signal=signal, content_hash=signal.content_hash, as_of=at, title=title, excerpt=excerpt
    )
    return signal


def report(signal: Signal, by: str) -> None:
    """Another entry that told it."""
    count = Entry.objects.count()
    Entry.objects.create(
        source=source(by),
        identity=f"{count:032x}",
        content_hash=signal.content_hash,
        signal=signal,
        first_seen=signal.seen,
        last_seen=signal.seen,
    )


def judge(signal: Signal) -> Judgement:
    """Stores the judges' own answer and the columns that follow from it."""
    judged = judged_now(signal)
    signal.domains = [each.id for each in judged.domains.asserted]
    signal.severity = judged.severity.level
    signal.save()
    return Judgement.objects.create(
        signal=signal, content_hash=signal.content_hash, model="test", result=as_json(judged)
    )


def index(engine: Embedded) -> None:
    index_waiting(engine)
