"""`python -m benchmarks.flow`: the queues beside the foreground, idle memory, and from a feed to a hit.

Prints three tables: entries a second of one made workload through `up` (crawler, broker, ingest,
sequence) and through `ingest` in the foreground; the memory of every process of an idle `up` (PSS);
and the time from a changed feed on a local server to a hit in `search`, polled every second.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SOURCES, SNAPSHOTS, ENTRIES = 40, 6, 40
_TICK = 0.02


def _environment(data: Path) -> dict[str, str]:
    data.mkdir(parents=True, exist_ok=True)
    (data / "catalogue.yaml").write_text("sources: []\n")
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith("HORIZONSCAN_") and k not in ("DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL")
    }
    return {
        **kept,
        "HORIZONSCAN_DATA_DIR": str(data),
        "HORIZONSCAN_SOURCES": str(data / "catalogue.yaml"),
    }


def _command(environ: dict[str, str], *words: str) -> dict[str, Any]:
    line = [sys.executable, "-P", "-m", "horizonscan", *words, "--json"]
    done = subprocess.run(line, env=environ, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"benchmarks.flow: `horizonscan {words[0]}` failed:\n{done.stderr[-1500:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def _up(environ: dict[str, str], *words: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    log = Path(environ["HORIZONSCAN_DATA_DIR"]) / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "horizonscan", "up", *words],
            env=environ,
            stdout=output,
            stderr=output,
        )
    try:
        yield process, log
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _until(done: Callable[[], bool], log: Path, seconds: float = 300) -> None:
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            sys.exit(
                f"benchmarks.flow: not done in {seconds:.0f} s; the log ends:\n{log.read_text()[-3000:]}"
            )
        time.sleep(_TICK)


def _workload(folder: Path) -> int:
    """Feeds whose every snapshot is new altogether; returns the number of entries."""
    folder.mkdir()
    for source in range(SOURCES):
        for step in range(SNAPSHOTS):
            at = datetime(2024, 3, 1, tzinfo=UTC) + timedelta(days=step)
            items = [_item(f"s{source}-{step}-{n}", at) for n in range(ENTRIES)]
            (folder / f"s{source:03}_{at:%Y-%m-%d}.xml").write_text(_feed(items))
    return SOURCES * SNAPSHOTS * ENTRIES


def _item(key: str, at: datetime, word: str = "") -> str:
    text = (
        f"Ransomware bij ziekenhuis {key} {word}: systemen liggen stil, de politie onderzoekt de aanval en "
        "patiënten worden naar andere ziekenhuizen gebracht terwijl het herstel dagen kan duren."
    )
    url = f"https://{key.split('-')[0]}.example/{key}"
    return (
        f"<item><title>{text[:70]}</title><link>{url}</link><guid>{url}</guid>"
        f"<description>&lt;p&gt;{text}&lt;/p&gt;</description><pubDate>{format_datetime(at)}</pubDate></item>"
    )


def throughput(folder: Path) -> None:
    """Entries a second, foreground and through the queues."""
    entries = _workload(folder / "recorded")
    print(f"{entries} entries in {SOURCES * SNAPSHOTS} documents of {SOURCES} sources")
    environ = _environment(folder / "foreground")
    started = time.perf_counter()
    figures = _command(environ, "ingest", str(folder / "recorded"))
    whole = time.perf_counter() - started
    print(
        f"  foreground `ingest`          {entries / figures['seconds']:8.0f} entries/s ({whole:.1f} s in all)"
    )
    environ = _environment(folder / "queues")
    with _up(environ, "--replay", str(folder / "recorded"), "--no-live") as (_, log):
        first, last = _span(environ, log, entries)
    print(f"  through the queues (`up`)    {entries / (last - first):8.0f} entries/s ({last - first:.1f} s)")
    print(f"  of these {SNAPSHOTS} s at least pass because a source is polled once a second")


def _span(environ: dict[str, str], log: Path, entries: int) -> tuple[float, float]:
    """When the first document had arrived, and when everything was indexed."""
    _until(lambda: "outcome=changed" in log.read_text() or "ingested" in log.read_text(), log)
    first = time.monotonic()
    store = Path(environ["HORIZONSCAN_DATA_DIR"]) / "horizonscan.sqlite3"
    _until(lambda: _indexed(store) >= entries, log)
    return first, time.monotonic()


def _indexed(store: Path) -> int:
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=5) as connection:
        query = "SELECT count(*) FROM ingest_signal WHERE indexed_at IS NOT NULL"
        return int(connection.execute(query).fetchone()[0])


def memory(folder: Path) -> None:
    """PSS of every process of an `up` that has nothing to do, after it has worked."""
    import psutil

    environ = _environment(folder / "idle")
    (folder / "small").mkdir()
    (folder / "small" / "one_2024-03-01.xml").write_text(
        _feed([_item("one-1", datetime(2024, 3, 1, tzinfo=UTC))])
    )
    with _up(environ, "--replay", str(folder / "small"), "--no-live") as (process, log):
        _until(lambda: "replay complete" in log.read_text(), log)
        time.sleep(10)
        children = json.loads((log.parent / "up.json").read_text())["processes"]
        pids = {"up": process.pid, **{name: each["pid"] for name, each in children.items()}}
        sizes = {name: psutil.Process(pid).memory_full_info().pss / 1e6 for name, pid in pids.items()}
    print("memory of an idle `up` after some work (PSS, MB; target 650 in all)")
    for name, size in sizes.items():
        print(f"  {name:<12} {size:7.1f}")
    print(f"  {'total':<12} {sum(sizes.values()):7.1f}, of which the replay server is no part of a live `up`")


def _feed(items: list[str]) -> str:
    return f"<rss version='2.0'><channel><title>flow</title>{''.join(items)}</channel></rss>"


def latency(folder: Path, rounds: int) -> None:
    """From the poll that brings a changed feed to a hit in `search`: what the application itself takes."""
    environ = _environment(folder / "latency")
    os.environ.update(environ)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from search.finding import find

    with _served() as (url, publish):
        (folder / "latency" / "catalogue.yaml").write_text(
            f"sources:\n  - {{slug: flow, name: Flow, url: '{url}', interval: 60}}\n"
        )
        environ["HORIZONSCAN_ALLOW_PRIVATE"] = "127.0.0.1/32"
        publish([_item("first", datetime.now(UTC))])
        with _up(environ) as (_, log):
            _until(lambda: "replay" in log.read_text() or "indexed" in log.read_text(), log)
            _every_second(environ)
            beyond, whole = [], []
            for number in range(rounds):
                word = f"kenwoord{number}x{os.getpid()}"
                time.sleep(0.37)
                changed = time.time()
                asked = publish([_item(f"round-{number}", datetime.now(UTC), word)])
                _until(lambda word=word: find(word).total > 0, log)  # type: ignore[misc]
                hit = time.time()
                whole.append(hit - changed)
                beyond.append(hit - asked())
    print(f"from a changed feed to a hit, {rounds} rounds, the source polled every second (seconds)")
    for name, values in (("whole way", whole), ("beyond the poll (target 2)", beyond)):
        p50, p95 = statistics.median(values), sorted(values)[max(0, round(len(values) * 0.95) - 1)]
        print(f"  {name:<28} p50 {p50:5.2f}  p95 {p95:5.2f}")


def _every_second(environ: dict[str, str]) -> None:
    """The store's interval may be shorter than what the catalogue allows: this is a server of our own."""
    from django.utils import timezone

    from ingest.models import Source, SourceState

    Source.objects.update(interval=1)
    SourceState.objects.update(next_due=timezone.now())


@contextmanager
def _served() -> Iterator[tuple[str, Callable[[list[str]], Callable[[], float]]]]:
    """A feed on a local server: its URL, and how to change it, which returns when the change was fetched."""
    state: dict[str, Any] = {"body": b"", "fetched": 0.0, "new": False}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/feed":
                self.send_error(404)
                return
            if state["new"]:
                state["fetched"], state["new"] = time.time(), False
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(state["body"])))
            self.end_headers()
            self.wfile.write(state["body"])

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    def publish(items: list[str]) -> Callable[[], float]:
        state.update(body=_feed(items).encode(), new=True)
        return lambda: float(state["fetched"])

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/feed", publish
    finally:
        server.shutdown()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="changes whose way to a hit is timed")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hs-flow-") as name:
        folder = Path(name)
        throughput(folder)
        memory(folder)
        latency(folder, args.rounds)


if __name__ == "__main__":
    main()
