"""Severity against labels: rank agreement, null kept null, how many graded ones get a grade, and the time.

    HORIZONSCAN_TEST_DATA=… python -m benchmarks.severity [LABELS.jsonl]

Over the hand-labelled `dev` rows, or any file of JSON lines with `id, title, text, lang, severity` (A-E or
null) and maybe `domains`. Figures for both halves (by the SHA-256 of the id: rules were chosen by reading
half 0; half 1 is the one to believe, though its texts, without labels, also stand in the unlabelled sets
of which samples were read), for each language, with the labels' own domains and with what the
domain judge says, as `horizonscan classify` has them. The floor of each figure is the same rows judged by
nothing but the domain: what is given where every threat has B.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ingest.judge import domains
from ingest.judge.severity import judge
from ingest.judge.text import Text

LABELS = Path(os.environ.get("HORIZONSCAN_TEST_DATA", "")) / "labels" / "dev.jsonl"
LEVELS = "ABCDE"
_LANGUAGES = ("nl", "en")


class Row(NamedTuple):
    """What a reader said of a text and what the judge says, empty for no severity."""

    language: str
    gold: str
    said: str
    plain: str


class Figures(NamedTuple):
    """Spearman where both give a level, the share of null kept null, and of graded ones that get a level."""

    rows: int
    spearman: float
    null_kept: float
    recall: float


def half(record: dict[str, Any]) -> int:
    """0 or 1, by the SHA-256 of the record's id."""
    return hashlib.sha256(str(record["id"]).encode()).digest()[-1] % 2


def _ranks(values: Sequence[int]) -> list[float]:
    """The rank of each value; equal ones share the mean of theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    at = 0
    while at < len(order):
        end = at
        while end + 1 < len(order) and values[order[end + 1]] == values[order[at]]:
            end += 1
        for place in order[at : end + 1]:
            ranks[place] = (at + end) / 2
        at = end + 1
    return ranks


def spearman(pairs: Sequence[tuple[int, int]]) -> float:
    """Rank correlation of the pairs; 0 where one side is constant."""
    left, right = (_ranks([pair[side] for pair in pairs]) for side in (0, 1))
    middle = (len(pairs) - 1) / 2
    both = sum((x - middle) * (y - middle) for x, y in zip(left, right, strict=True))
    spread = sum((x - middle) ** 2 for x in left) * sum((y - middle) ** 2 for y in right)
    return float(both / spread**0.5) if spread else 0.0


def judged(records: Iterable[dict[str, Any]], given: bool) -> list[Row]:
    """The rows of `records`, with their own domains if `given`, else with what the domain judge says."""
    rows = []
    for record in records:
        title, text, language = record.get("title") or "", record.get("text") or "", record["lang"]
        found = (
            record["domains"]
            if given
            else [each.id for each in domains.judge(title, text, language).asserted]
        )
        said = judge(Text(title, text), language, found).level
        rows.append(Row(language, record.get("severity") or "", said, "B" if found else ""))
    return rows


def figures(rows: Sequence[Row], plain: bool = False) -> Figures:
    """The figures of `rows`; `plain`: of the floor."""
    said = [(row.gold, row.plain if plain else row.said) for row in rows]
    both = [(LEVELS.index(gold), LEVELS.index(level)) for gold, level in said if gold and level]
    nulls = [level for gold, level in said if not gold]
    graded = [level for gold, level in said if gold]
    return Figures(
        len(said),
        spearman(both),
        nulls.count("") / len(nulls) if nulls else 1.0,
        1 - graded.count("") / len(graded) if graded else 1.0,
    )


def read(path: Path) -> list[dict[str, Any]]:
    """The records of a file of JSON lines."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def _table(name: str, rows: Sequence[Row]) -> None:
    for language in (*_LANGUAGES, ""):
        own = [row for row in rows if language in ("", row.language)]
        if not own:
            continue
        for plain in (False, True) if not language else (False,):
            found = figures(own, plain)
            label = "floor" if plain else language or "all"
            print(
                f"{name:<22}{label:<8}{found.rows:>6}{found.spearman:>10.3f}{found.null_kept:>11.3f}{found.recall:>9.3f}"
            )


def _confusion(rows: Sequence[Row]) -> None:
    counted = Counter((row.gold or "-", row.said or "-") for row in rows)
    print(f"\n{'reader | judge':<16}" + "".join(f"{level:>6}" for level in ("-", *LEVELS)))
    for gold in ("-", *LEVELS):
        print(f"{gold:<16}" + "".join(f"{counted[gold, said]:>6}" for said in ("-", *LEVELS)))


def _speed(records: Sequence[dict[str, Any]]) -> None:
    texts = [
        (Text(record.get("title") or "", record.get("text") or ""), record["lang"]) for record in records
    ]
    for _ in range(2):
        started = time.perf_counter()
        for text, language in texts:
            judge(text, language, ("climate", "accidents"))
        taken = time.perf_counter() - started
    print(f"\n{taken / len(texts) * 1e6:.1f} µs a text, warm ({len(texts)} texts)")


def main() -> int:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else LABELS
    if not path.is_file():
        print(f"{path} missing: set HORIZONSCAN_TEST_DATA, or name a file of JSON lines", file=sys.stderr)
        return 1
    records = read(path)
    print(f"{'':<30}{'rows':>6}{'Spearman':>10}{'null kept':>11}{'graded':>9}")
    for which in (0, 1):
        part = [record for record in records if half(record) == which]
        if all("domains" in record for record in part):
            _table(f"half {which}, own domains", judged(part, True))
        rows = judged(part, False)
        _table(f"half {which}, judged", rows)
    _confusion(judged(records, False))
    _speed(records)
    return 0


if __name__ == "__main__":
    sys.exit(main())
