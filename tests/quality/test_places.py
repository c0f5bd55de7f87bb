"""Places are found in recorded headlines as well as when they were first judged by reading."""

from __future__ import annotations

import tomllib
from pathlib import Path

from benchmarks.places import figures, readings
from tests.recorded import folder

FLOORS = Path(__file__).with_name("floors.toml")


def test_places_keep_to_their_floors() -> None:
    read = readings(folder("labels").parent)
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    assert len(read) == 260
    for sample in ("chosen", "fresh"):
        found = figures([reading for reading in read if reading.sample == sample])
        assert found.precision >= floors[f"places_precision_{sample}"]["value"]
        assert found.recall >= floors[f"places_recall_{sample}"]["value"]
