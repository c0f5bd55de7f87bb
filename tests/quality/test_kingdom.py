"""Relevance agrees with a reader as it did when it was measured, on rows that no rule was chosen by."""

from __future__ import annotations

import tomllib
from pathlib import Path

from benchmarks.kingdom import f1, half, read
from tests.recorded import folder

FLOORS = Path(__file__).with_name("floors.toml")


def test_kingdom_relevance_keeps_to_its_floors() -> None:
    records = [record for record in read(folder("labels") / "dev.jsonl") if half(record) == 1]
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    assert f1(records, given=True)["macro"] >= floors["kingdom_labelled_domains"]["value"]
    assert f1(records, given=False)["macro"] >= floors["kingdom_judged_domains"]["value"]
