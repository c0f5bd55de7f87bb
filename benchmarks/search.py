"""Indexing rate and query times of both engines on invented documents: `python -m benchmarks.search`.

Documents have a title and excerpt of 60 words from a Zipf vocabulary of 60,000, one year of times, twelve
domains, 500 sources. Elasticsearch is the one in ELASTICSEARCH_URL, else one that is started from Maven.
"""

from __future__ import annotations

import argparse
import gc
import random
import resource
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.document import SearchDocument
    from search.engine import Engine

NOW = datetime(2026, 11, 24, tzinfo=UTC)
BATCH = 200
QUERIES: dict[str, list[str]] = {
    "rare word, by time": [f"word{rank}" for rank in range(20_000, 20_040)],
    "common word, by relevance": [f"word{rank}" for rank in range(20, 60)],
    "common word, by time": [f"word{rank}" for rank in range(20, 60)],
    "phrase": [f'"word{rank} word{rank + 1}"' for rank in range(5, 45)],
    "prefix": [f"word{rank}*" for rank in range(100, 140)],
    "fuzzy~1": [f"wrd{rank}~1" for rank in range(300, 340)],
    "(a OR b) -c": [f"(word{rank} OR word{rank + 7}) -word{rank // 2}" for rank in range(60, 100)],
    "word, domain, 24 h": [f"word{rank} domain:domain3 published:>=now-24h" for rank in range(5, 45)],
    "five facets + days, everything": ["*"] * 20,
    "five facets + days, common word": [f"word{rank}" for rank in range(20, 40)],
}


def _documents(size: int) -> Iterator[SearchDocument]:
    from search.document import Facts, build

    chance = random.Random(9)
    vocabulary = [f"word{rank}" for rank in range(60_000)]
    weights = list(accumulate(1 / (rank + 2) for rank in range(60_000)))
    for number in range(1, size + 1):
        words = chance.choices(vocabulary, cum_weights=weights, k=60)
        published = NOW - timedelta(seconds=chance.randrange(365 * 86_400))
        yield build(
            Facts(
                id=number,
                revision=1,
                title=" ".join(words[:10]),
                excerpt=" ".join(words[10:]),
                published=published,
                seen=published,
                url=f"https://site{number % 300}.example/artikel/{number}",
                language=("nl", "en")[number % 2],
                source=f"source{number % 500}",
                origin=("NL", "BE", "CW")[number % 3],
                domains=chance.sample([f"domain{n}" for n in range(12)], 2),
                severity=chance.choice(["", "A", "B", "C"]),
            )
        )


def _times(run: Callable[[str], object], queries: list[str]) -> tuple[float, float]:
    """p50 and p95 in ms; each query once to warm up, once measured."""
    for text in queries[:5]:
        run(text)
    taken = []
    for text in queries:
        started = time.perf_counter()
        run(text)
        taken.append((time.perf_counter() - started) * 1_000)
    return statistics.median(taken), sorted(taken)[int(len(taken) * 0.95)]


def _measured(engine: Engine, documents: list[SearchDocument]) -> dict[str, str]:
    from search.analysis import query
    from search.core import resolved
    from search.embedded import Embedded
    from search.engine import Request, Sort

    found: dict[str, str] = {}
    target = engine.rebuilding()
    started = time.perf_counter()
    for start in range(0, len(documents), 500):
        target.write(documents[start : start + 500])
    engine.swap()
    found["documents/s, rebuild (500 a write)"] = f"{len(documents) / (time.perf_counter() - started):,.0f}"
    part = documents[: min(len(documents), 10 * BATCH)]
    started = time.perf_counter()
    for start in range(0, len(part), BATCH):
        engine.write(part[start : start + BATCH])
    found[f"documents/s, replaced ({BATCH} a write)"] = f"{len(part) / (time.perf_counter() - started):,.0f}"
    if isinstance(engine, Embedded):
        folder = engine.generations.current()
        assert folder is not None
        size = sum(path.stat().st_size for path in folder.iterdir())
        found["index size, MB"] = f"{size / 1e6:,.1f}"
    for name, texts in QUERIES.items():

        def run(text: str, name: str = name) -> object:
            sort: Sort = "relevance" if "relevance" in name else "published"
            facets = "facets" in name
            core = resolved(query(text).core, NOW)
            return engine.search(Request(core, sort, 20, facets=facets, histogram=facets))

        p50, p95 = _times(run, texts)
        found[f"{name}, p50 / p95 ms"] = f"{p50:.1f} / {p95:.1f}"
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=20_000, help="documents (default 20,000)")
    parser.add_argument("--embedded", action="store_true", help="leave Elasticsearch out")
    args = parser.parse_args()

    from tests import environment
    from tests.servers import Missing, elasticsearch

    assert environment.SERVERS is not None
    from search.elastic import Elastic
    from search.embedded import Embedded

    started = time.perf_counter()
    documents = list(_documents(args.size))
    analysed = args.size / (time.perf_counter() - started)
    gc.collect()
    columns: dict[str, dict[str, str]] = {}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="hs-bench-"))
        embedded = Embedded(Path(folder) / "index")
        columns["embedded"] = _measured(embedded, documents)
        embedded.close()
        if not args.embedded:
            try:
                url = stack.enter_context(elasticsearch.running())
            except Missing as reason:
                print(f"without Elasticsearch: {reason}")
            else:
                server = Elastic(url, f"bench-{uuid.uuid4().hex[:8]}")
                columns["elasticsearch"] = _measured(server, documents)
                for index in server.client.indices.get(index=f"{server.read}*"):
                    server.client.indices.delete(index=index)
    print(f"{args.size:,} documents; made from texts at {analysed:,.0f}/s (one core, generating included)")
    print(f"| {'':<46} | " + " | ".join(f"{name:>15}" for name in columns) + " |")
    print("|" + "-" * 48 + "|" + "|".join("-" * 17 for _ in columns) + "|")
    for row in dict.fromkeys(row for column in columns.values() for row in column):
        print(
            f"| {row:<46} | " + " | ".join(f"{column.get(row, ''):>15}" for column in columns.values()) + " |"
        )
    print(
        f"peak resident of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB"
    )


if __name__ == "__main__":
    main()
