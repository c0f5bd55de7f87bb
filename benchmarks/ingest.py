"""Entries a second through the whole pipeline, on one core, with what each stage costs.

    HORIZONSCAN_TEST_DATA=… python -m benchmarks.ingest

Over the recorded RSS and Atom files only. In the same run: feedparser's bare parse at its defaults
(the floor), and `reader` storing the same documents in the same order and indexing them for search.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(os.environ.get("HORIZONSCAN_TEST_DATA", "")) / "feeds"


def recorded() -> list[Path]:
    """The recorded files whose manifest kind is RSS or Atom."""
    rows = (json.loads(line) for line in (ROOT / "manifest.jsonl").read_text().splitlines())
    return [
        ROOT / r["path"] for r in rows if r["kind"].startswith(("rss", "atom")) and "json" not in r["kind"]
    ]


def bare(paths: list[Path]) -> tuple[int, float]:
    """Entries and seconds of feedparser at its defaults, nothing else done."""
    import feedparser

    bodies = [path.read_bytes() for path in paths]
    started = time.perf_counter()
    entries = sum(len(feedparser.parse(body).entries) for body in bodies)
    return entries, time.perf_counter() - started


def reader_run(groups: list[list[Path]], folder: Path) -> tuple[int, int, float]:
    """Distinct entries kept, documents and seconds of `reader`: all stored in order, then indexed."""
    from reader import make_reader

    reader = make_reader(str(folder / "reader.sqlite"), feed_root=str(folder))
    documents = 0
    seconds = 0.0
    for number, group in enumerate(groups):
        target = folder / f"source-{number}.xml"
        reader.add_feed(target.name)
        for path in group:
            shutil.copy(path, target)
            started = time.perf_counter()
            try:
                reader.update_feed(target.name)
            except Exception as error:  # noqa: BLE001 - a file that it cannot read costs it nothing here
                print(f"  reader refuses {path.name}: {type(error).__name__}", file=sys.stderr)
            seconds += time.perf_counter() - started
            documents += 1
    started = time.perf_counter()
    reader.enable_search()
    reader.update_search()
    seconds += time.perf_counter() - started
    return reader.get_entry_counts().total or 0, documents, seconds


class Stages:
    """Seconds spent inside named functions, taken by wrapping them where they are looked up."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def timed(self, places: list[tuple[Any, str, str]]) -> Iterator[None]:
        originals = [(module, name, getattr(module, name)) for module, name, _ in places]
        for module, name, label in places:
            setattr(module, name, self._wrap(getattr(module, name), label))
        try:
            yield
        finally:
            for module, name, original in originals:
                setattr(module, name, original)

    def _wrap(self, call: Callable[..., Any], label: str) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            started = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                self.seconds[label] = self.seconds.get(label, 0.0) + time.perf_counter() - started

        return wrapped


def ours(groups: list[list[Any]], stages: Stages | None) -> tuple[int, int, float, float]:
    """Entries read, identities kept, seconds from body to searchable signal, seconds of loading before.

    A process loads the language model and what the judges know once in its life, so that is told apart.
    """
    from django.db import connection

    from ingest import formats, pipeline, reading, relate
    from ingest.fetches import waiting
    from ingest.judge import whole
    from ingest.models import Entry
    from ingest.recorded import source_of
    from ingest.text.analyzer import search_stems
    from ingest.text.language import detect
    from search import indexing
    from tasks.sequence import run_sequence

    places = [
        (formats, "parse", "parse"),
        (reading, "clean", "clean"),
        (reading, "identify", "identify"),
        (whole, "judge", "judge"),
        (pipeline, "store", "store (and judge)"),
        (relate, "relate_waiting", "relate"),
        (indexing, "index_waiting", "index"),
    ]
    loading = time.perf_counter()
    for language in ("nl", "en"):
        whole.judge("Waarschuwing", "Het regent hard.", detect("Het regent hard in het land.", language))
        search_stems("Het regent hard.", language)
    whole.model()
    loading = time.perf_counter() - loading
    entries = 0
    with stages.timed(places) if stages else contextmanager(lambda: iter([None]))():
        started = time.perf_counter()
        for group in groups:
            source = source_of(group[0])
            for file in group:
                waiting(source.pk, file.path.read_bytes(), file.as_of).save()
            entries += pipeline.drain(source.pk, "benchmark").entries
        run_sequence()
        seconds = time.perf_counter() - started
    kept = Entry.objects.count()
    connection.close()
    return entries, kept, seconds, loading


def distinct_identities() -> int:
    """Distinct (source, identity) pairs in the documents, counted by reading them once more."""
    from ingest.entries import FormatError, SourceRules
    from ingest.reading import read
    from ingest.recorded import survey

    found = set()
    for file in survey(recorded()):
        try:
            document = read(file.path.read_bytes(), "", SourceRules())
        except FormatError:
            continue
        found |= {(file.key, item.identity) for item in document.entries}
    return len(found)


def in_fresh_store(stages: Stages | None) -> tuple[int, int, float, float]:
    """`ours` on a new data folder, in a process of its own so that no run warms the next."""
    from horizonscan import store
    from ingest.recorded import survey

    store.ready()
    groups = [list(g) for _, g in groupby(survey(recorded()), key=lambda f: f.key)]
    return ours(groups, stages)


def child(mode: str) -> None:
    """Runs one mode and prints its result as JSON (the parent collects it)."""
    import django

    django.setup()
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    if mode == "reader":
        from ingest.recorded import survey

        groups = [[f.path for f in g] for _, g in groupby(survey(recorded()), key=lambda f: f.key)]
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(reader_run(groups, Path(folder))))
    elif mode == "bare":
        print(json.dumps(bare(recorded())))
    else:
        stages = Stages() if mode == "stages" else None
        result = in_fresh_store(stages)
        print(json.dumps([*result, distinct_identities(), stages.seconds if stages else {}]))


def spawn(mode: str) -> Any:
    """One mode in a fresh process with a fresh data folder, on the core this process is bound to."""
    import subprocess

    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "HORIZONSCAN_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        command = [sys.executable, "-m", "benchmarks.ingest", mode]
        done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> int:
    if not (ROOT / "manifest.jsonl").exists():
        print("benchmarks.ingest needs recorded feeds: set HORIZONSCAN_TEST_DATA", file=sys.stderr)
        return 1
    if len(sys.argv) > 1:
        child(sys.argv[1])
        return 0
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rounds = 3
    floor = min((spawn("bare") for _ in range(rounds)), key=lambda r: r[1])
    other = min((spawn("reader") for _ in range(rounds)), key=lambda r: r[2])
    mine = min((spawn("ours") for _ in range(rounds)), key=lambda r: r[2])
    entries, kept, seconds, loading, distinct, _ = mine
    rows = [
        ("feedparser, bare, defaults", floor[0], floor[1], ""),
        ("reader, stored and indexed", entries, other[2], other[0]),
        ("horizonscan, stored and indexed", entries, seconds, kept),
    ]
    print(f"{len(recorded())} RSS and Atom files, {entries} entries, best of {rounds}, one core")
    print(f"distinct identities in the documents: {distinct}")
    print(f"{'':<34}{'entries/s':>10}{'seconds':>9}{'kept':>7}{'to bare':>9}")
    for name, number, spent, held in rows:
        share = (number / spent) / (floor[0] / floor[1])
        print(f"{name:<34}{number / spent:>10.0f}{spent:>9.2f}{held:>7}{share:>9.2f}")
    print(f"horizonscan / reader: {other[2] / seconds:.2f}")
    print(f"loading language model, judges and vocabulary, once a process, not counted: {loading:.2f} s")
    staged = spawn("stages")
    print(f"\nstages (instrumented run, {staged[2]:.2f} s)")
    for label, spent in sorted(staged[5].items(), key=lambda item: -item[1]):
        print(f"  {label:<20}{spent:>7.2f} s{1e6 * spent / entries:>8.0f} µs an entry")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
