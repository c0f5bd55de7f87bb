"""Repeats and updates are told as well as when it was measured, on pairs judged by reading."""

from __future__ import annotations

import tomllib
from pathlib import Path

from benchmarks.duplicates import chosen_on, figures, read
from tests.recorded import folder

FLOORS = Path(__file__).with_name("floors.toml")


def test_repeats_and_updates_keep_to_their_floors() -> None:
    pairs = [pair for pair in read(folder("stories") / "duplicates.jsonl") if not chosen_on(pair)]
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    found = figures(pairs)
    assert found["precision"] >= floors["duplicates_precision"]["value"]
    assert found["recall"] >= floors["duplicates_recall"]["value"]
    assert found["updates told"] >= floors["duplicates_updates_told"]["value"]
