"""Server time of the search page: `python -m benchmarks.search_page [--size N]`.

The whole answer as a reader gets it (session, query, counts by seven facets, days, a page of 20 highlighted
groups with their reasons, coverage, template), from the request to the last byte, without network; embedded
engine, SQLite. CPU is the median of what this process computed, without what a busy machine adds. Signals
are invented: 60 words from a Zipf vocabulary of 60,000, 45 days, the twelve domains, 500 sources of which 25
are down; each has a judgement with evidence, 10 % repeat another.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

QUERIES: dict[str, list[dict[str, str]]] = {
    "common word": [{"q": f"word{n}"} for n in range(20, 60)],
    "rare word": [{"q": f"word{n}"} for n in range(2_000, 2_040)],
    "by relevance": [{"q": f"word{n} OR word{n + 9}", "sort": "relevance"} for n in range(20, 60)],
    "domain and severity": [{"q": f"domain:cyber severity:>=C word{n}"} for n in range(5, 45)],
    "one day of a word": [{"q": f"word{n} published:yesterday"} for n in range(5, 45)],
    "phrase": [{"q": f'"word{n} word{n + 1}"'} for n in range(3, 43)],
    "everything": [{"q": ""}] * 20,
    "everything, no domain too": [{"q": "", "all": "1"}] * 20,
}


def _fill(size: int, now: datetime) -> None:
    """Sources and signals as ingest and relate leave them."""
    from ingest.judge import taxonomy
    from ingest.models import Entry, Judgement, Signal, Source, SourceState, Version

    chance = random.Random(9)
    domains = list(taxonomy.load().ids)
    sources = Source.objects.bulk_create(
        [
            Source(
                slug=f"source{n}",
                name=f"Source {n}",
                owner=f"owner{n // 3}",
                country=chance.choice(["NL", "NL", "BE", "CW", "US"]),
                reliability=chance.choice("ABCDEF"),
                domain_prior=[chance.choice(domains)],
            )
            for n in range(500)
        ]
    )
    SourceState.objects.bulk_create(
        SourceState(source=each, health="error" if n < 25 else "ok", health_since=now)
        for n, each in enumerate(sources)
    )
    vocabulary = [f"word{rank}" for rank in range(60_000)]
    weights = list(accumulate(1 / (rank + 2) for rank in range(60_000)))
    for start in range(0, size, 5_000):
        made: list[Signal] = []
        for number in range(start, min(size, start + 5_000)):
            words = chance.choices(vocabulary, cum_weights=weights, k=60)
            at = now - timedelta(seconds=chance.randrange(45 * 86_400))
            judged = chance.sample(domains, 2)[: chance.choice([0, 1, 1, 2])]
            made.append(
                Signal(
                    source=chance.choice(sources),
                    identity=f"{number:032x}",
                    title=" ".join(words[:10]),
                    excerpt=" ".join(words[10:])[:500],
                    url=f"https://site{number % 300}.example/artikel/{number}",
                    content_hash=f"{number:032x}",
                    as_of=at,
                    language=("nl", "en")[number % 2],
                    published=at,
                    seen=at,
                    indexed_at=at,
                    domains=judged,
                    severity=chance.choice(["", "A", "B", "C"]),
                    countries=chance.sample(["NL", "US", "UA", "RU", "CN", "CW"], 1),
                    parts={"NL": "direct"} if number % 3 == 0 else {},
                )
            )
        Signal.objects.bulk_create(made, 500)
        for each in made:
            if chance.random() < 0.1:
                each.duplicate_of_id = made[chance.randrange(len(made))].pk if each is not made[0] else None
                each.duplicate_of_id = None if each.duplicate_of_id == each.pk else each.duplicate_of_id
        roots = {each.pk for each in made if each.duplicate_of_id is None}
        for each in made:
            # A group is a star: nobody repeats one that itself repeats another.
            if each.duplicate_of_id not in roots:
                each.duplicate_of_id = None
        Signal.objects.bulk_update(made, ["duplicate_of"], 500)
        Entry.objects.bulk_create(
            [
                Entry(
                    source=each.source,
                    identity=each.identity,
                    content_hash=each.content_hash,
                    signal=each,
                    first_seen=each.seen,
                    last_seen=each.seen,
                )
                for each in made
            ],
            500,
        )
        Version.objects.bulk_create(
            [
                Version(signal=each, content_hash=each.content_hash, as_of=each.as_of, title=each.title)
                for each in made
            ],
            500,
        )
        Judgement.objects.bulk_create([_judgement(Judgement, each) for each in made], 500)


def _judgement(kind: Any, signal: Any) -> Any:
    evidence = [{"term": signal.title[: signal.title.index(" ")], "start": 0, "end": signal.title.index(" ")}]
    return kind(
        signal=signal,
        content_hash=signal.content_hash,
        model="invented",
        result={
            "domains": [
                {"id": each, "score": 5.0, "primary": n == 0, "threats": [], "evidence": evidence}
                for n, each in enumerate(signal.domains)
            ],
            "severity": signal.severity,
            "severity_reasons": [],
        },
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="signals (default 100,000)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hs-bench-") as folder:
        os.environ["HORIZONSCAN_DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext, override_settings

        from accounts.models import User
        from search.indexing import rebuild

        call_command("migrate", verbosity=0)
        plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
        Path(folder, "static").mkdir()
        started = time.perf_counter()
        _fill(args.size, datetime.now(UTC))
        rebuild()
        print(f"{args.size:,} signals stored and indexed in {time.perf_counter() - started:,.0f} s")
        with override_settings(STORAGES=settings.STORAGES | plain, ALLOWED_HOSTS=["testserver"]):
            client = Client()
            client.force_login(User.objects.create_user("analyst@example.org", role="analyst"))
            print(f"| {'search page':<28} | p50 ms | p95 ms | CPU ms | queries | kB |")
            print(f"|{'-' * 30}|-------:|-------:|-------:|--------:|---:|")
            everything: list[float] = []
            computed: list[float] = []
            for name, asked in QUERIES.items():
                client.get("/search", asked[0])
                taken, worked = [], []
                for given in asked:
                    begun, used = time.perf_counter(), time.process_time()
                    answer = client.get("/search", given)
                    taken.append((time.perf_counter() - begun) * 1_000)
                    worked.append((time.process_time() - used) * 1_000)
                    assert answer.status_code == 200, answer.status_code
                    assert name != "common word" or b'class="signal"' in answer.content
                with CaptureQueriesContext(connection) as held:
                    answer = client.get("/search", asked[0])
                everything += taken
                computed += worked
                print(_line(name, taken, worked, len(held), len(answer.content)), flush=True)
            print(_line("all of these", everything, computed, 0, 0))


def _line(name: str, taken: list[float], worked: list[float], queries: int, size: int) -> str:
    p95 = sorted(taken)[int(len(taken) * 0.95)]
    more = f"{queries:>7} | {size // 1_000:>2}" if queries else f"{'':>7} | {'':>2}"
    p50, cpu = statistics.median(taken), statistics.median(worked)
    return f"| {name:<28} | {p50:>6.0f} | {p95:>6.0f} | {cpu:>6.0f} | {more} |"


if __name__ == "__main__":
    main()
