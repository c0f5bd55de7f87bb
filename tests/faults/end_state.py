"""What two runs of one workload must agree on, whatever happened during them; read from the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from ingest.models import Entry, Signal, Source, SourceState, Version
from search.embedded import Embedded

#: The hourly proof runs beside the workload, and is no part of it.
_CANARY = Source.Kind.CANARY


def read(data: Path) -> dict[str, Any]:
    """The end state of the installation in `data`, whose store is the default database now.

    Who came first differs between runs, so articles count by URL: the set of sources that reported it;
    and, where one source alone has it, its contents in order and what it
    repeats or updates. Health is its word: the sentence has times.
    """
    reporters: dict[str, set[str]] = {}
    for url, slug in Entry.objects.exclude(source__kind=_CANARY).values_list("url", "source__slug"):
        reporters.setdefault(url, set()).add(slug)
    versions: dict[str, list[tuple[str, str]]] = {}
    contents = Version.objects.exclude(signal__source__kind=_CANARY).order_by("as_of", "pk")
    for url, title, excerpt in contents.values_list("signal__url", "title", "excerpt"):
        if len(reporters[url]) == 1:
            versions.setdefault(url, []).append((title, excerpt))
    current = {
        signal.url: (signal.title, signal.excerpt, signal.as_of)
        for signal in _signals()
        if len(reporters[signal.url]) == 1
    }
    alone = {url for url, slugs in reporters.items() if len(slugs) == 1}
    links = {
        url: (root, head)
        for url, root, head in _signals().values_list("url", "duplicate_of__url", "update_of__url")
        if {url, root or url, head or url} <= alone
    }
    known = SourceState.objects.exclude(source__kind=_CANARY)
    states = known.values_list("source__slug", "position", "health")
    return {
        "reporters": reporters,
        "versions": versions,
        "current": current,
        "links": links,
        "positions": {slug: position for slug, position, _ in states},
        "health": {slug: health for slug, _, health in states},
    }


def _signals() -> QuerySet[Signal]:
    return Signal.objects.exclude(source__kind=_CANARY)


def index_differences(data: Path) -> int:
    """Signals that the index lacks, has in another revision, or has although the store does not."""
    stored = dict(_signals().values_list("pk", "revision"))
    engine = Embedded(data / "index")
    try:
        indexed = dict(engine.versions())
    finally:
        engine.close()
    return len(set(stored.items()) ^ set(indexed.items()))
