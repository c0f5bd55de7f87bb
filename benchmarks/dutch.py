"""Dutch search: which pairs of query and text are found, and what compounds cost.

    python -m benchmarks.dutch [FILE.tsv …]
    HORIZONSCAN_TEST_DATA=… python -m benchmarks.dutch --cost [--embedded] [--texts 20000]

A file has a pair a line: query, text, `found` or `not`, and a kind, with tabs between (the tests' own list by
default). Every text becomes a document of a small index in memory by `search.document`, every query goes
through `search.analysis`: what is measured is the search that people use.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

NOW = datetime(2026, 11, 24, tzinfo=UTC)
OWN = Path(__file__).parents[1] / "tests" / "quality" / "dutch_search.tsv"
_SAID = {"found": True, "not": False, "yes": True, "no": False, "1": True, "0": False}
_SAID |= {
    "true": True,
    "false": False,
    "match": True,
    "nomatch": False,
    "not found": False,
    "+": True,
    "-": False,
}


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of a file: whether `text` should be found by `query`."""

    query: str
    text: str
    found: bool
    kind: str


def pairs(path: Path) -> list[Pair]:
    """The pairs of a file. Raises SystemExit with the line that is wrong."""
    found: list[Pair] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        columns = [column.strip() for column in line.split("\t")]
        said = [_SAID.get(column.lower()) for column in columns]
        place = next((index for index in range(2, len(columns)) if said[index] is not None), None)
        if place is None:
            if number == 1:
                continue
            raise SystemExit(
                f"{path}:{number}: needs query, text, 'found' or 'not', and a kind, with tabs between"
            )
        rest = [column for index, column in enumerate(columns[2:], 2) if index != place]
        found.append(Pair(columns[0], columns[1], bool(said[place]), rest[0] if rest else ""))
    return found


def answers(given: list[Pair]) -> list[bool]:
    """For each pair, whether its query finds its text in an index of all the texts."""
    from search import tantivy_index
    from search.analysis import query
    from search.core import resolved
    from search.document import Facts, build
    from search.engine import Request

    index = tantivy_index.made()
    writer = index.writer(15_000_000, 1)
    for number, pair in enumerate(given, 1):
        facts = Facts(
            id=number, revision=1, title=pair.text, excerpt="", published=NOW, seen=NOW, language="nl"
        )
        writer.add_document(tantivy_index.document(build(facts)))
    writer.commit()
    index.reload()
    searcher = index.searcher()
    held: dict[str, set[int]] = {}
    for text in {pair.query for pair in given}:
        core = resolved(query(text).core, NOW)
        answer = tantivy_index.answer(searcher, Request(core, "published", len(given)))
        held[text] = {hit.id for hit in answer.hits}
    return [number in held[pair.query] for number, pair in enumerate(given, 1)]


def rates(given: list[Pair], found: list[bool]) -> tuple[float, float]:
    """The share found of what should be, and of what should not be."""
    right = [held for pair, held in zip(given, found, strict=True) if pair.found]
    wrong = [held for pair, held in zip(given, found, strict=True) if not pair.found]
    return sum(right) / max(1, len(right)), sum(wrong) / max(1, len(wrong))


def report(path: Path, errors: bool) -> None:
    given = pairs(path)
    found = answers(given)
    total: Counter[tuple[str, bool]] = Counter((pair.kind, pair.found) for pair in given)
    held = Counter((pair.kind, pair.found) for pair, was in zip(given, found, strict=True) if was)
    print(f"{path.name}: {len(given)} pairs")
    print(f"{'kind':<18}{'found':>12}{'false':>12}")
    for kind in dict.fromkeys(pair.kind for pair in given):
        cells = [f"{held[kind, w]}/{total[kind, w]}" if total[kind, w] else "" for w in (True, False)]
        print(f"{kind:<18}{cells[0]:>12}{cells[1]:>12}")
    right, wrong = rates(given, found)
    print(f"{'all':<18}{right:>12.3f}{wrong:>12.3f}")
    if errors:
        for pair, was in zip(given, found, strict=True):
            if was != pair.found:
                print(f"  {'FALSE ' if was else 'MISSED'}  {pair.kind:<16}{pair.query} | {pair.text}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--errors", action="store_true", help="also list the pairs that are wrong")
    parser.add_argument("--cost", action="store_true", help="index size, rates and query times instead")
    parser.add_argument("--texts", type=int, default=20_000, help="documents of --cost (default 20,000)")
    parser.add_argument("--embedded", action="store_true", help="--cost without Elasticsearch")
    args = parser.parse_args()
    if args.cost:
        from benchmarks import dutch_cost

        return dutch_cost.main(args.texts, args.embedded)
    for path in args.files or [OWN]:
        report(path, args.errors)
    return 0


if __name__ == "__main__":
    sys.exit(main())
