"""The relate stage with many recent signals held: `python -m benchmarks.relate [--held N] [--database URL]`.

Invented texts from a Zipf vocabulary with standing phrases, as long as those of recorded feeds (33 words on
average); of the signals 10 % repeat another's text or lead elsewhere, 3 % rewrite their own, 5 % have one of
200 standing texts, 1 % are advisories. All that are held were published within seven days, so that a signal's
window is as full as it can be. Then rounds of 1,000 new signals, an hour each, out of order within it, are
related, as the sequence does it.

The floor: reading and writing the same rows (signal, anchors, outbox) without comparing anything.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

NOW = datetime(2026, 11, 24, tzinfo=UTC)
HELD = 200_000
ROUND = 1000
SOURCES = 500
DAYS = 7
_LETTERS = "bcdfghklmnprstvz"
_VOWELS = "aeiou"


class Writer:
    """Writes invented articles, one after the other; the same ones at every run."""

    def __init__(self) -> None:
        from ingest.relate.words import COMMON

        self.chance = random.Random(7)
        common = sorted(COMMON)[:150]
        words = [self._word() for _ in range(60_000)]
        self.vocabulary = common + words
        self.weights = list(accumulate(1 / (rank + 2) for rank in range(len(self.vocabulary))))
        phrases = [" ".join(self._words(self.chance.randrange(3, 7))) for _ in range(3_000)]
        self.phrases = phrases
        self.phrase_weights = list(accumulate(1 / (rank + 20) for rank in range(len(phrases))))
        self.standing = [self.sentences(1) for _ in range(200)]
        self.recent: list[tuple[int, str, str, datetime]] = []

    def _word(self) -> str:
        size = self.chance.randrange(2, 5)
        return "".join(self.chance.choice(_LETTERS) + self.chance.choice(_VOWELS) for _ in range(size))

    def _words(self, count: int) -> list[str]:
        return self.chance.choices(self.vocabulary, cum_weights=self.weights, k=count)

    def sentences(self, count: int) -> str:
        made = []
        for _ in range(count):
            words = self._words(self.chance.randrange(8, 14))
            if self.chance.random() < 0.5:
                words[3:3] = self.chance.choices(self.phrases, cum_weights=self.phrase_weights)
            made.append(" ".join(words).capitalize() + ".")
        return " ".join(made)

    def article(self, at: datetime) -> tuple[int, str, str, datetime, str]:
        """(source, title, text, published, entry id) of one more article."""
        source = self.chance.randrange(SOURCES)
        title = " ".join(self._words(8)).capitalize()
        kind = self.chance.random()
        if kind < 0.1 and self.recent:
            _, title, text, _ = self.chance.choice(self.recent)
            if self.chance.random() < 0.5:
                text = text.split(". ")[0] + "."
        elif kind < 0.13 and self.recent:
            source, _, text, _ = self.chance.choice(self.recent)
            text = ". ".join([*text.split(". ")[:-1], self.sentences(1)])
        elif kind < 0.18:
            text = self.chance.choice(self.standing)
        elif kind < 0.19:
            number = f"NCSC-2026-{self.chance.randrange(10_000):04}"
            return SOURCES, f"{number} [1.0{kind * 1000 % 9:.0f}] {title}", title, at, number
        else:
            text = self.sentences(*self.chance.choices((1, 2, 3, 4, 6), (2, 4, 4, 3, 2)))
        if kind >= 0.1:
            title = " ".join(self.chance.choice(text.split(". ")).split()[:8])
        self.recent = [*self.recent[-200:], (source, title, text, at)]
        return source, title, text, at, ""


def _signals(writer: Writer, first: int, times: list[datetime]) -> Iterator[dict[str, Any]]:
    for number, at in enumerate(times, start=first):
        source, title, text, published, entry = writer.article(at)
        yield {
            "id": number, "source_id": source + 1, "identity": f"i{number}", "entry_id": entry,
            "title": title, "excerpt": text[:500], "url": f"https://s{source}.example/artikel/a-b-c-{number}",
            "url_key": f"u{number}", "official": {}, "content_hash": f"c{number}", "as_of": published,
            "language": "nl", "published": published, "published_flag": "", "seen": published,
            "domains": ["cyber"], "threats": [], "severity": "", "countries": [], "places": [], "parts": {},
            "relevance": "", "entities": [], "quiet": "", "revision": 1,
        }  # fmt: skip


def _work(first: int, count: int) -> list[dict[str, Any]]:
    return [
        {
            "signal_id": number, "stage": stage, "revision": 1, "since": NOW, "attempts": 0, "error": "",
            "quarantined": None,
        }
        for stage in ("relate", "index") for number in range(first, first + count)
    ]  # fmt: skip


def hold(writer: Writer, count: int) -> None:
    """Stores `count` signals with their anchors, as if they had been related and repeated nothing."""
    from django.db import transaction

    from ingest.models import Signal, Source
    from ingest.relate import drawers
    from ingest.relate.anchors import kept
    from ingest.relate.text import Given, Text
    from ingest.rows import insert

    Source.objects.bulk_create(
        Source(pk=number + 1, slug=f"s{number}", name=f"s{number}") for number in range(SOURCES + 1)
    )
    step = timedelta(days=DAYS) / count
    for start in range(0, count, 20_000):
        times = [NOW - timedelta(days=DAYS) + step * n for n in range(start, min(start + 20_000, count))]
        rows = list(_signals(writer, start + 1, times))
        with transaction.atomic():
            insert(Signal, rows)
            drawers.put(
                [
                    (key, row["id"], False)
                    for row in rows
                    for key in kept(
                        Text(
                            Given(
                                row["id"], row["title"], row["excerpt"], row["url"], "", "",
                                row["published"], row["entry_id"],
                            )
                        )
                    )
                ]
            )  # fmt: skip


def floor(ids: list[int]) -> float:
    """µs a signal for reading and writing the same rows without comparing anything."""
    from django.db import transaction

    from ingest.models import Signal, Work
    from ingest.outbox import queue
    from ingest.relate import drawers

    started = time.perf_counter()
    with transaction.atomic():
        list(Signal.objects.filter(pk__in=ids).values_list("pk", "title", "excerpt", "source__slug"))
        held = drawers.held(ids)
        rows = [(key, signal) for signal, keys in held.items() for key in keys]
        drawers.take_out(rows)
        drawers.put([(key, signal, False) for key, signal in rows])
        queue(list(Signal.objects.filter(pk__in=ids[:100]).only("pk", "revision")), (Work.Stage.INDEX,))
        Work.objects.filter(signal__in=ids, stage="relate").delete()
    return (time.perf_counter() - started) / len(ids) * 1e6


def measure(count: int, rounds: int) -> dict[str, str]:
    """One line of the table."""
    from django.db import connection

    from ingest.models import Anchor, Signal, Work
    from ingest.relate import relate_waiting
    from ingest.rows import insert

    writer = Writer()
    started = time.perf_counter()
    hold(writer, count)
    built = time.perf_counter() - started
    times: list[float] = []
    busy: list[float] = []
    ids: list[int] = []
    for number in range(rounds):
        first = count + 1 + number * ROUND
        hour = NOW + timedelta(hours=number)
        published = [hour + timedelta(seconds=writer.chance.randrange(3600)) for _ in range(ROUND)]
        insert(Signal, list(_signals(writer, first, published)))
        insert(Work, _work(first, ROUND))
        started, spent = time.perf_counter(), time.process_time()
        relate_waiting(ROUND)
        times.append((time.perf_counter() - started) / ROUND * 1e6)
        busy.append((time.process_time() - spent) / ROUND * 1e6)
        ids = list(range(first, first + ROUND))
    started = time.perf_counter()
    for number in range(50):
        first = count + 1 + rounds * ROUND + number
        insert(Signal, list(_signals(writer, first, [NOW])))
        insert(Work, _work(first, 1))
    alone = time.perf_counter()
    while relate_waiting(1):
        pass
    alone = (time.perf_counter() - alone) / 50 * 1e6
    new = Signal.objects.filter(pk__gt=count)
    anchors = Anchor.objects.filter(signal__in=ids).count() / ROUND
    size = ""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%ingest_anchor%'")
            size = f"{(cursor.fetchone()[0] or 0) / 2**20:.0f} MB"
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_total_relation_size('ingest_anchor')")
            size = f"{cursor.fetchone()[0] / 2**20:.0f} MB"
    return {
        "held": f"{count:,}",
        "µs/signal": f"{statistics.median(times):.0f}",
        "of these CPU": f"{statistics.median(busy):.0f}",
        "worst round": f"{max(times):.0f}",
        "floor": f"{floor(ids):.0f}",
        "one by one": f"{alone:.0f}",
        "repeats": f"{new.exclude(duplicate_of=None).count()}",
        "updates": f"{new.exclude(update_of=None).count()}",
        "anchors each": f"{anchors:.1f}",
        "table": size,
        "memory": f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB",
        "built in": f"{built:.0f} s",
    }


def _ready(database: str, folder: Path) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["HORIZONSCAN_DATA_DIR"] = str(folder)
    os.environ.pop("DATABASE_URL", None)
    if database:
        os.environ["DATABASE_URL"] = database
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--held", type=int, default=HELD, help=f"signals held (default {HELD:,})")
    parser.add_argument("--rounds", type=int, default=10, help="rounds of 1,000 new signals")
    parser.add_argument("--database", default="", help="an empty PostgreSQL database; default: SQLite")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _ready(args.database, Path(folder))
        found = measure(args.held, args.rounds)
    widths = [max(len(name), len(value)) + 2 for name, value in found.items()]
    print("".join(name.rjust(width) for name, width in zip(found, widths, strict=True)))
    print("".join(value.rjust(width) for value, width in zip(found.values(), widths, strict=True)))


if __name__ == "__main__":
    main()
