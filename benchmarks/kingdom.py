"""Kingdom relevance: how its strongest class agrees with the hand labels, and how fast it is.

    HORIZONSCAN_TEST_DATA=… python -m benchmarks.kingdom

Over `labels/dev.jsonl`, with the labelled domains and with those the lexicon judge asserts (what a user
gets). Rules were chosen by the rows of half 0; half 1 is the figure to believe. F1 of four classes: direct,
near, indirect, none. The floor of the speed is the search for the table's words alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ingest.judge import domains, kingdom, places
from ingest.judge.reach import reach
from ingest.judge.text import Text

CLASSES = ("direct", "near", "indirect", "")
Record = dict[str, Any]


def half(record: Record) -> int:
    """0 or 1, by the record's id."""
    return int(hashlib.sha256(record["id"].encode()).hexdigest(), 16) % 2


def read(path: Path) -> list[Record]:
    """The labelled records of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def said(record: Record, given: bool) -> str:
    """The strongest class of one record; `given`: with the labelled domains, else with the judged ones."""
    text = Text(record["title"], record["text"])
    language = record["lang"]
    if given:
        known = record["domains"]
    else:
        known = [d.id for d in domains.judge(record["title"], record["text"], language).asserted]
    return kingdom.judge(text, language, places.find(text, language), known).strongest


def f1(records: Sequence[Record], given: bool) -> dict[str, float]:
    """F1 of every class, and their mean under `macro`."""
    counts: Counter[tuple[str, str]] = Counter((r["kingdom"] or "", said(r, given)) for r in records)
    found = {}
    for each in CLASSES:
        right = counts[each, each]
        all_ = sum(n for (gold, answer), n in counts.items() for one in (gold, answer) if one == each)
        found[each] = 2 * right / all_ if all_ else 0.0
    found["macro"] = sum(found[each] for each in CLASSES) / len(CLASSES)
    return found


def speed(records: Sequence[Record], rounds: int = 5) -> tuple[float, float]:
    """CPU µs a text of the judge and of the search for its words alone, warm."""
    cases = []
    for record in records:
        text = Text(record["title"], record["text"])
        cases.append((text, record["lang"], places.find(text, record["lang"]), record["domains"]))
    for text, language, named, known in cases:
        kingdom.judge(text, language, named, known)
    started = time.process_time()
    for _ in range(rounds):
        for text, language, named, known in cases:
            kingdom.judge(text, language, named, known)
    whole = time.process_time() - started
    table = reach()
    started = time.process_time()
    for _ in range(rounds):
        for text, _language, _named, _known in cases:
            table.find(text)
    floor = time.process_time() - started
    return whole / rounds / len(cases) * 1e6, floor / rounds / len(cases) * 1e6


def main() -> int:
    path = Path(os.environ.get("HORIZONSCAN_TEST_DATA", "")) / "labels" / "dev.jsonl"
    if not path.is_file():
        print(
            "recorded data missing: set HORIZONSCAN_TEST_DATA to a folder that holds labels", file=sys.stderr
        )
        return 1
    records = read(path)
    print(
        f"{'domains':<10}{'rows':<10}{'n':>5}{'direct':>9}{'near':>9}{'indirect':>10}{'none':>9}{'macro-F1':>10}"
    )
    for given in (True, False):
        for name, own in (
            ("half 0", [r for r in records if half(r) == 0]),
            ("half 1", [r for r in records if half(r) == 1]),
            ("all", records),
        ):
            found = f1(own, given)
            print(
                f"{'labelled' if given else 'judged':<10}{name:<10}{len(own):>5}{found['direct']:>9.3f}",
                end="",
            )
            print(f"{found['near']:>9.3f}{found['indirect']:>10.3f}{found['']:>9.3f}{found['macro']:>10.3f}")
    whole, floor = speed(records)
    print(f"{whole:.1f} CPU µs a text, of which the search for words {floor:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
