"""Places: what is found of those that a reader found in recorded headlines, and how fast.

    HORIZONSCAN_TEST_DATA=… python -m benchmarks.places

The readings are `tests/quality/places.tsv`. `chosen`: the rules were improved after its first run; `fresh`:
drawn and judged after that, before its own first run (which gave .944 and .931). The floor of the speed
is the automaton alone, which every answer needs.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ingest.entries import FormatError, SourceRules
from ingest.formats import parse
from ingest.judge import gazetteer
from ingest.judge.places import find
from ingest.judge.spellings import spellings
from ingest.judge.text import Text
from ingest.text.cleaning import Unusable, clean

READINGS = Path(__file__).parent.parent / "tests" / "quality" / "places.tsv"


class Reading(NamedTuple):
    """One headline as it was read: place ids with the span of the first mention; `either`: no matter."""

    sample: str
    language: str
    text: Text
    places: dict[str, tuple[int, int]]
    either: frozenset[str]


class Figures(NamedTuple):
    """How many places were rightly found, wrongly found, and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed)


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    """(title, excerpt) of everything in a recorded file."""
    if path.suffix == ".jsonl":
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            yield record.get("title") or record["text"], record.get("lead") or ""
        return
    try:
        document = parse(path.read_bytes())
    except FormatError:
        return
    for entry in document.entries:
        try:
            cleaned = clean(entry, SourceRules(language=document.language))
        except Unusable:
            continue
        yield cleaned.title, cleaned.excerpt


def readings(folder: Path) -> list[Reading]:
    """The readings whose texts are in the folder of recorded data."""
    lines = [line for line in READINGS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    table = list(csv.DictReader(lines, delimiter="\t"))
    texts: dict[str, tuple[str, str]] = {}
    for name in sorted({row["file"] for row in table}):
        for title, excerpt in _texts(folder / name):
            key = hashlib.sha256(f"{title}\n{excerpt}".encode()).hexdigest()[:16]
            texts[key] = (title, excerpt)
    found = []
    for row in table:
        if row["item"] not in texts:
            continue
        places: dict[str, tuple[int, int]] = {}
        either = set()
        for cell in row["places"].split():
            id, _, span = cell.partition("@")
            start, _, end = span.partition("-")
            places[id.rstrip("?")] = (int(start), int(end))
            if id.endswith("?"):
                either.add(id.rstrip("?"))
        found.append(
            Reading(row["sample"], row["language"], Text(*texts[row["item"]]), places, frozenset(either))
        )
    return found


def figures(read: Sequence[Reading]) -> Figures:
    """What the finder makes of them; a place counts as found only where the words that name it were."""
    right = wrong = missed = 0
    for reading in read:
        said = {place.id: place for place in find(reading.text, reading.language)}
        for id, (start, end) in reading.places.items():
            there = id in said and any(e.start < end and start < e.end for e in said[id].evidence)
            if id not in reading.either:
                right += there
                missed += not there
        wrong += len(said.keys() - reading.places.keys())
    return Figures(right, wrong, missed)


def speed(read: Sequence[Reading], rounds: int = 20) -> tuple[float, float]:
    """CPU µs a text of the finder and of the automaton alone, warm."""
    for reading in read:
        find(reading.text, reading.language)
    started = time.process_time()
    for _ in range(rounds):
        for reading in read:
            find(reading.text, reading.language)
    whole = time.process_time() - started
    started = time.process_time()
    for _ in range(rounds):
        for reading in read:
            spellings().find(reading.text)
    floor = time.process_time() - started
    return whole / rounds / len(read) * 1e6, floor / rounds / len(read) * 1e6


def main() -> int:
    folder = Path(os.environ.get("HORIZONSCAN_TEST_DATA", ""))
    if not (folder / "labels").is_dir():
        print(
            "recorded data missing: set HORIZONSCAN_TEST_DATA to a folder that holds labels", file=sys.stderr
        )
        return 1
    started = time.process_time()
    gazetteer.load()
    loaded = time.process_time()
    spellings()
    print(f"{len(gazetteer.load().entries)} places; read in {loaded - started:.2f} s, ", end="")
    print(f"made ready in {time.process_time() - loaded:.2f} s")
    read = readings(folder)
    print(
        f"{'sample':<10}{'lang':<6}{'texts':>6}{'right':>7}{'wrong':>7}{'missed':>8}{'precision':>11}{'recall':>8}"
    )
    for sample in ("chosen", "fresh"):
        for language in ("nl", "en", ""):
            own = [r for r in read if r.sample == sample and language in ("", r.language)]
            if own:
                found = figures(own)
                print(
                    f"{sample:<10}{language or 'both':<6}{len(own):>6}{found.right:>7}{found.wrong:>7}",
                    end="",
                )
                print(f"{found.missed:>8}{found.precision:>11.3f}{found.recall:>8.3f}")
    whole, floor = speed(read)
    print(f"{whole:.1f} CPU µs a text, of which the automaton {floor:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
