"""The judges on recorded texts, each alone and all together, in batches of 200 on one core.

    HORIZONSCAN_TEST_DATA=… python -m benchmarks.judges

The same texts as `benchmarks.lexicon` (recorded Dutch and English headlines with their leads). Every judge is
warm: what it loads is loaded before the clock starts, and the time of that is printed. Alone, each gets the
text folded, as the whole folds it once for all (domains fold it themselves). The clock is the processor's,
as others use the machine too, and of `ROUNDS` times a batch the fastest counts; shown are the median and the
95th percentile over the batches. "fold" is what all judges share; the floor is fold and one pass of an
automaton over all listed names, without looking at what it finds: no judge of names can be faster.
"""

from __future__ import annotations

import importlib
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import ahocorasick

from benchmarks.lexicon import LABELS, texts
from ingest.entries import Place
from ingest.judge.entities.lists import load as lists
from ingest.judge.text import Text

BATCH = 200
ROUNDS = 3
GOAL = 300

Item = tuple[str, str, str]
#: What a judge needs of the others, made before its clock starts.
Prepared = tuple[Item, Text, tuple[str, ...], Sequence[Place]]
Run = Callable[[Prepared], Any]


def _module(name: str) -> Any:
    """A module of the judges; None where it is not there."""
    try:
        return importlib.import_module(f"ingest.judge.{name}")
    except ModuleNotFoundError:
        return None


def _floor() -> Callable[[Item], None]:
    """One fold and one pass over all listed names."""
    automaton = ahocorasick.Automaton()
    for name in lists().keys:
        automaton.add_word(name, 1)
    automaton.make_automaton()

    def run(item: Item) -> None:
        for _ in automaton.iter(Text(item[0], item[1]).low):
            pass

    return run


def judges() -> Iterator[tuple[str, Run | None]]:
    """(name, what one text costs) of the floor, of every judge, and of all of them."""
    modules = {
        name: _module(name) for name in ("domains", "severity", "places", "kingdom", "entities", "whole")
    }
    floor = _floor()
    runs: dict[str, Run] = {
        "domains": lambda p: modules["domains"].judge(*p[0]),
        "severity": lambda p: modules["severity"].judge(p[1], p[0][2], p[2]),
        "places": lambda p: modules["places"].find(p[1], p[0][2]),
        "kingdom": lambda p: modules["kingdom"].judge(p[1], p[0][2], p[3], p[2]),
        "entities": lambda p: modules["entities"].find(p[1], p[0][2]),
        "whole": lambda p: modules["whole"].judge(*p[0]),
    }
    yield "fold", lambda p: Text(p[0][0], p[0][1])
    yield "floor", lambda p: floor(p[0])
    for name, run in runs.items():
        yield name, run if modules[name] else None


def prepared(items: Sequence[Item]) -> list[Prepared]:
    """The texts with what domains and places say of them."""
    domains, places = _module("domains"), _module("places")
    made: list[Prepared] = []
    for title, excerpt, language in items:
        text = Text(title, excerpt)
        asserted = tuple(each.id for each in domains.judge(title, excerpt, language).asserted)
        found = places.find(text, language) if places else ()
        made.append(((title, excerpt, language), text, asserted, found))
    return made


def _batch(run: Run, batch: Sequence[Prepared]) -> float:
    """Microseconds an item, the fastest of some rounds."""
    fastest = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        for item in batch:
            run(item)
        fastest = min(fastest, time.process_time() - started)
    return fastest / len(batch) * 1e6


def main() -> int:
    if not LABELS.is_dir():
        print(
            "recorded data missing: set HORIZONSCAN_TEST_DATA to a folder that holds labels", file=sys.stderr
        )
        return 1
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    loaded: dict[str, float] = {}
    nothing: Item = ("x", "y", "nl")
    for name, run in judges():
        started = time.process_time()
        if run is not None:
            run((nothing, Text("x", "y"), (), ()))
        loaded[name] = time.process_time() - started
    items = prepared(texts())
    batches = [items[start : start + BATCH] for start in range(0, len(items) - BATCH + 1, BATCH)]
    letters = statistics.mean(len(item[1].whole) for item in items)
    print(f"{len(batches)} batches of {BATCH} texts, {letters:.0f} characters each on average, one core")
    print(f"{'':<10}{'median µs':>12}{'p95 µs':>10}{'× floor':>10}{'loaded in s':>14}")
    floor = 0.0
    for name, run in judges():
        if run is None:
            print(f"{name:<10}{'not there':>12}")
            continue
        took = sorted(_batch(run, batch) for batch in batches)
        median, high = statistics.median(took), took[int(len(took) * 0.95)]
        floor = median if name == "floor" else floor
        ratio = f"{median / floor:.1f}" if floor else ""
        print(f"{name:<10}{median:>12.1f}{high:>10.1f}{ratio:>10}{loaded[name]:>14.2f}")
        if name == "whole":
            print(f"goal for the whole: at most {GOAL} µs; {'kept' if median <= GOAL else 'missed'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
