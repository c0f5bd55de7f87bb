"""Severity agrees with a reader as it did when it was measured, on rows that no rule was chosen by."""

from __future__ import annotations

import tomllib
from pathlib import Path

from benchmarks.severity import figures, half, judged, read
from tests.recorded import folder

FLOORS = Path(__file__).with_name("floors.toml")


def test_severity_keeps_to_its_floors() -> None:
    records = [r for r in read(folder("labels") / "dev.jsonl") if half(r) == 1]
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    found = figures(judged(records, given=False))
    assert found.spearman >= floors["severity_spearman"]["value"]
    assert found.null_kept >= floors["severity_null_kept"]["value"]
    assert found.recall >= floors["severity_graded"]["value"]
