"""Percolation: batches of new documents against standing queries: `python -m benchmarks.percolate`.

Documents are those of `benchmarks.search` (title and excerpt of 60 words, a Zipf vocabulary of 60,000).
Queries are a third single words, a fifth phrases, a third (a OR b …) with a domain, the rest with NOT, times
and severities; "common" takes their words from ranks 50 to 2,000, "selective" from 50 to 20,000. The floor
is what the same batch takes without any query: making the small index and one query for everything.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.analysis import Query
    from search.document import SearchDocument

BATCH = 200
ROUNDS = 15
_COMMONEST = 50
"""Rank of the commonest word that a query asks for: the ones before it are like `the`."""
SIZES = ((1_000, 50.0), (10_000, 250.0))
"""Standing queries, and the most ms that a batch may take."""


def _query(chance: random.Random, vocabulary: int) -> str:
    def word() -> str:
        return f"word{int(_COMMONEST * (vocabulary / _COMMONEST) ** chance.random())}"

    domain = f"domain:domain{chance.randrange(12)}"
    kind = chance.random()
    if kind < 0.33:
        return word()
    if kind < 0.53:
        return f'"{word()} {word()}"'
    if kind < 0.85:
        return f"({' OR '.join(word() for _ in range(chance.randint(2, 5)))}) {domain}"
    more = chance.choice(("severity:>=B", "published:>=now-24h", f"-{word()}", f"title:{word()[:6]}*"))
    return f"{word()} {domain} {more}"


def _median(run: Callable[[], object], rounds: int) -> float:
    taken = []
    for _ in range(rounds + 1):
        started = time.perf_counter()
        run()
        taken.append((time.perf_counter() - started) * 1_000)
    return statistics.median(taken[1:])


def _row(name: str, queries: list[Query], documents: list[SearchDocument], most: float) -> str:
    from benchmarks.search import NOW
    from search.percolate import Percolator

    percolator: Percolator[int] = Percolator()
    started = time.perf_counter()
    for number, query in enumerate(queries):
        percolator.put(number, query)
    compiling = (time.perf_counter() - started) * 1e6 / max(1, len(queries))
    matched = percolator.match(documents, NOW)
    each = sum(map(len, matched.values())) / len(documents)
    median = _median(lambda: percolator.match(documents, NOW), ROUNDS)
    limit = f"{most:>5.0f} {'met' if median <= most else 'MISSED'}" if most else ""
    return f"| {name:<28} | {each:>12.1f} | {compiling:>10.1f} | {median:>12.1f} | {limit:<10} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=BATCH, help="documents a batch (default 200)")
    args = parser.parse_args()

    from tests import environment

    assert environment.SERVERS is not None
    from benchmarks.search import _documents
    from search.analysis import query

    documents = list(_documents(args.batch))
    print(f"batches of {args.batch} documents, median of {ROUNDS}, one thread")
    print(f"| {'':<28} | matches/doc. | µs compile | ms a batch   | limit      |")
    print(f"|{'-' * 30}|{'-' * 14}|{'-' * 12}|{'-' * 14}|{'-' * 12}|")
    print(_row("floor: no query but one", [query("*")], documents, 0))
    for size, most in SIZES:
        for name, vocabulary in (("common", 2_000), ("selective", 20_000)):
            chance = random.Random(size)
            queries = [query(_query(chance, vocabulary)) for _ in range(size)]
            print(_row(f"{size:,} queries, {name}", queries, documents, most if args.batch == BATCH else 0))


if __name__ == "__main__":
    main()
