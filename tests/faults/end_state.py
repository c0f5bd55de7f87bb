"""What two runs of one workload must agree on, whatever happened during them; read from the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ingest.models import Entry, Signal, SourceState, Version
from search.embedded import Embedded


def read(data: Path) -> dict[str, Any]:
    """The end state of the installation in `data`, whose store is the default database now.

    Who came first differs between runs, so articles count by URL: the set of sources that reported it;
    and, where one source alone has it, its contents in order and what it
    repeats or updates. Health is its word: the sentence has times.
    """
    reporters: dict[str, set[str]] = {}
    for url, slug in Entry.objects.values_list("url", "source__slug"):
        reporters.setdefault(url, set()).add(slug)
    versions: dict[str, list[tuple[str, str]]] = {}
    for url, title, excerpt in Version.objects.order_by("as_of", "pk").values_list(
        "signal__url", "title", "excerpt"
    ):
        if len(reporters[url]) == 1:
            versions.setdefault(url, []).append((title, excerpt))
    current = {
        signal.url: (signal.title, signal.excerpt, signal.as_of)
        for signal in Signal.objects.all()
        if len(reporters[signal.url]) == 1
    }
    alone = {url for url, slugs in reporters.items() if len(slugs) == 1}
    links = {
        url: (root, head)
        for url, root, head in Signal.objects.values_list("url", "duplicate_of__url", "update_of__url")
        if {url, root or url, head or url} <= alone
    }
    states = SourceState.objects.values_list("source__slug", "position", "health")
    return {
        "reporters": reporters,
        "versions": versions,
        "current": current,
        "links": links,
        "positions": {slug: position for slug, position, _ in states},
        "health": {slug: health for slug, _, health in states},
    }


def index_differences(data: Path) -> int:
    """Signals that the index lacks, has in another revision, or has although the store does not."""
    stored = dict(Signal.objects.values_list("pk", "revision"))
    engine = Embedded(data / "index")
    try:
        indexed = dict(engine.versions())
    finally:
        engine.close()
    return len(set(stored.items()) ^ set(indexed.items()))
