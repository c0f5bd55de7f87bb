"""Dutch words find what a reader expects, and not what merely looks alike."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from benchmarks.dutch import answers, pairs, rates

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", ["dutch_search", "dutch_search_second", "dutch_search_third"])
def test_pairs_keep_to_their_floors(name: str) -> None:
    given = pairs(HERE / f"{name}.tsv")
    floors = tomllib.loads((HERE / "floors.toml").read_text(encoding="utf-8"))
    assert len(given) >= 200
    assert sum(not pair.found for pair in given) * 3 >= len(given)
    found, false = rates(given, answers(given))
    assert found >= floors[f"{name}_found"]["value"]
    assert 1 - false >= floors[f"{name}_kept_apart"]["value"]
