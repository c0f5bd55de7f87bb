"""The lexicon judge: its speed beside a slow matcher of the same rules, their differences, and its quality.

    HORIZONSCAN_TEST_DATA=… python -m benchmarks.lexicon

Speed and differences over recorded Dutch and English headlines (all of `validate`, 1,000 unlabelled of
each language), both matchers in one run, priors and title weight off. Quality over the hand-labelled
`dev` rows, title weight off and on. The slow matcher is the tests' own (`tests/ingest/judge/naive.py`).
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.judge.domains import judge
from ingest.judge.taxonomy import load
from tests.ingest.judge.naive import scores

LABELS = Path(os.environ.get("HORIZONSCAN_TEST_DATA", "")) / "labels"
UNLABELLED = 1000


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The records of one file of labels."""
    with (LABELS / f"{name}.jsonl").open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def texts() -> list[tuple[str, str, str]]:
    """(title, excerpt, language) of the recorded headlines."""
    found = [(row["text"], row["lang"]) for row in rows("validate") if row["lang"] in ("nl", "en")]
    for language in ("nl", "en"):
        for row, _ in zip(rows(f"unlabelled_{language}"), range(UNLABELLED), strict=False):
            found.append((f"{row['title']}\n{row['lead']}" if row.get("lead") else row["text"], language))
    parted = ((text.partition("\n"), language) for text, language in found)
    return [(title, excerpt, language) for (title, _, excerpt), language in parted]


def speed(items: list[tuple[str, str, str]]) -> None:
    """Prints µs a text of both matchers, and where they differ."""
    threshold = load().weights.domain_threshold
    started = time.perf_counter()
    for language in load().languages:
        judge("", "", language, plain=True)
    built = time.perf_counter() - started
    started = time.perf_counter()
    fast = [judge(title, excerpt, language, plain=True) for title, excerpt, language in items]
    quick = time.perf_counter() - started
    for _, _, language in items[:: len(items) // 2]:
        scores("", language)  # compiles the slow one's expressions before its clock starts
    started = time.perf_counter()
    slow = [scores(f"{title}\n{excerpt}", language) for title, excerpt, language in items]
    long = time.perf_counter() - started
    differing = 0
    for ours, theirs in zip(fast, slow, strict=True):
        mine = {
            each.id: (each.score, {e.term for e in each.evidence})
            for each in (*ours.asserted, *ours.candidates)
            if each.score >= threshold
        }
        differing += mine != theirs
    found = sum(map(len, slow))
    print(f"{len(items)} texts, {found} domains found, {differing} texts judged differently")
    print(f"{'matcher':<12}{'µs/text':>10}{'texts/s':>10}{'ratio':>8}")
    print(f"{'slow':<12}{long / len(items) * 1e6:>10.0f}{len(items) / long:>10.0f}{1:>8}")
    print(f"{'judge':<12}{quick / len(items) * 1e6:>10.1f}{len(items) / quick:>10.0f}{long / quick:>8.0f}")
    print(f"made once per process in {built:.2f} s")


def macro_f1(language: str, plain: bool) -> float:
    """Mean over the twelve domains of F1 of what is asserted, on the `dev` rows of a language."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for row in rows("dev"):
        if row["lang"] != language:
            continue
        said = {each.id for each in judge(row["title"], row["text"], language, plain=plain).asserted}
        gold = set(row["domains"])
        right.update(said & gold)
        wrong.update(said ^ gold)
    ids = load().ids
    return sum(2 * right[i] / (2 * right[i] + wrong[i]) if right[i] else 0.0 for i in ids) / len(ids)


def main() -> int:
    if not LABELS.is_dir():
        print(
            "recorded data missing: set HORIZONSCAN_TEST_DATA to a folder that holds labels", file=sys.stderr
        )
        return 1
    speed(texts())
    print(f"{'macro-F1':<12}{'plain':>10}{'title x2':>10}")
    for language in load().languages:
        print(f"{language:<12}{macro_f1(language, True):>10.3f}{macro_f1(language, False):>10.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
