"""What Dutch search costs: index size, index rate and query times with Snowball's stems alone, and with all.

    HORIZONSCAN_TEST_DATA=… python -m benchmarks.dutch --cost [--embedded] [--texts 20000]

The documents are recorded Dutch texts, over and over until there are enough. "before" indexes one stem of
Snowball's a token and asks for it, as version 1 of the analysis did; "after" is what the program does. Each
engine is measured twice in one run. Elasticsearch is the one in ELASTICSEARCH_URL, else one from Maven.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

if TYPE_CHECKING:
    from search.document import SearchDocument
    from search.engine import Engine

NOW = datetime(2026, 11, 24, tzinfo=UTC)
QUERIES = """
    aanval water brand politie cyberaanval drinkwater overstroming explosie dijk lek verkiezingen
    ziekenhuis stroomstoring gestolen aanvallen beveiligingslek vliegtuig drugs hacken evacueren
    minister regering school haven trein vuurwerk onderzoek klimaat energie crisis kabinet rechter
    raket dreiging vaccin bank ongeluk akkoord staking bommen
"""


def recorded() -> list[tuple[str, str]]:
    """(title, lead) of the recorded Dutch texts. Raises SystemExit where there are none."""
    folder = Path(os.environ.get("HORIZONSCAN_TEST_DATA", "")) / "labels"
    if not folder.is_dir():
        raise SystemExit("recorded data missing: set HORIZONSCAN_TEST_DATA to a folder that holds labels")
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row.get("lang") == "nl":
                found.append((row.get("title") or "", row.get("lead") or row.get("text") or ""))
    return found


@contextmanager
def snowball() -> Iterator[None]:
    """Within it documents and queries have one stem of Snowball's a Dutch word."""
    import tantivy

    from ingest.text import analyzer

    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    stemmer = builder.filter(tantivy.Filter.stemmer("dutch")).build()
    search_stems, query_stems = analyzer.search_stems, analyzer.query_stems

    def document(text: str, language: str) -> list[str]:
        if language != "nl":
            return search_stems(text, language)
        return list(stemmer.analyze(" ".join(analyzer.words(text))))

    def asked(token: str, language: str) -> tuple[str, ...]:
        return query_stems(token, language) if language != "nl" else (str(stemmer.analyze(token)[0]),)

    with (
        patch("search.document.search_stems", document),
        patch("search.analysis.query_stems", asked),
        patch("search.analysis.parts", lambda token: ()),
    ):
        yield


def made(texts: list[tuple[str, str]], size: int) -> tuple[list[SearchDocument], float]:
    """The documents, and how many are made in a second (one core, words seen before remembered)."""
    from search.document import Facts, build

    def one(number: int, title: str, excerpt: str) -> SearchDocument:
        moment = NOW - timedelta(seconds=97 * number)
        return build(Facts(number, 1, title, excerpt, moment, moment, language="nl"))

    for title, excerpt in texts:
        one(1, title, excerpt)
    started = time.perf_counter()
    found = [one(n, *pair) for n, pair in enumerate(islice(cycle(texts), size), 1)]
    return found, size / (time.perf_counter() - started)


def asked(engine: Engine, by: str) -> tuple[float, int]:
    """Median milliseconds of a query, analysis included, and the hits of all together; five run first."""
    from search.analysis import query
    from search.core import resolved
    from search.engine import Request, Sort

    sort: Sort = "relevance" if by == "relevance" else "published"
    texts = QUERIES.split()
    taken, hits = [], 0
    for text in (*texts[:5], *texts):
        started = time.perf_counter()
        answer = engine.search(Request(resolved(query(text).core, NOW), sort, 20))
        taken.append((time.perf_counter() - started) * 1_000)
        hits += answer.total if len(taken) > 5 else 0
    return statistics.median(taken[5:]), hits


def written(engine: Engine, documents: list[SearchDocument]) -> float:
    """Documents a second into a new index."""
    target = engine.rebuilding()
    started = time.perf_counter()
    for start in range(0, len(documents), 500):
        target.write(documents[start : start + 500])
    engine.swap()
    return len(documents) / (time.perf_counter() - started)


def measured(engine: Engine, documents: list[SearchDocument]) -> dict[str, str]:
    from search.elastic import Elastic
    from search.embedded import Embedded

    found = {"documents/s into the index": f"{written(engine, documents):,.0f}"}
    if isinstance(engine, Embedded):
        folder = engine.generations.current()
        assert folder is not None
        size = sum(path.stat().st_size for path in folder.iterdir())
        found["index size, MB"] = f"{size / 1e6:,.1f}"
    elif isinstance(engine, Elastic):
        engine.client.indices.forcemerge(index=engine.read, max_num_segments=1)
        stats = engine.client.indices.stats(index=engine.read, metric="store")
        found["index size, MB"] = f"{stats['_all']['primaries']['store']['size_in_bytes'] / 1e6:,.1f}"
    for by in ("time", "relevance"):
        median, hits = asked(engine, by)
        found[f"query by {by}, median ms"] = f"{median:.2f}"
        found["hits of all queries"] = f"{hits:,}"
    return found


def main(size: int, embedded_only: bool) -> int:
    from tests import environment
    from tests.servers import Missing, elasticsearch

    assert environment.SERVERS is not None
    from search.elastic import Elastic
    from search.embedded import Embedded

    texts = recorded()
    columns: dict[str, dict[str, str]] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hs-bench-")))
        url = ""
        if not embedded_only:
            try:
                url = stack.enter_context(elasticsearch.running())
            except Missing as reason:
                print(f"without Elasticsearch: {reason}", file=sys.stderr)
        for name in ("before", "after"):
            with ExitStack() as plain:
                if name == "before":
                    plain.enter_context(snowball())
                documents, rate = made(texts, size)
                own = Embedded(folder / name)
                columns[f"tantivy {name}"] = {"documents/s made": f"{rate:,.0f}"} | measured(own, documents)
                own.close()
                if url:
                    server = Elastic(url, f"bench-{uuid.uuid4().hex[:8]}")
                    columns[f"elastic {name}"] = measured(server, documents)
                    for index in server.client.indices.get(index=f"{server.read}*"):
                        server.client.indices.delete(index=index)
    columns = {name: columns[name] for name in sorted(columns, key=lambda name: name.split()[0] != "tantivy")}
    print(f"{size:,} documents of {len(texts):,} recorded Dutch texts")
    print(f"{'':<30}" + "".join(f"{name:>17}" for name in columns))
    for row in dict.fromkeys(row for column in columns.values() for row in column):
        print(f"{row:<30}" + "".join(f"{column.get(row, ''):>17}" for column in columns.values()))
    return 0


if __name__ == "__main__":
    sys.exit(main(20_000, "--embedded" in sys.argv))
