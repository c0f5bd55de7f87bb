"""A floor may rise; the history refuses a lower one."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

FLOORS = Path(__file__).with_name("floors.toml")
ROOT = FLOORS.parents[2]


def read(text: str) -> dict[str, float]:
    return {name: float(table["value"]) for name, table in tomllib.loads(text).items()}


def history() -> list[str]:
    """Every committed state of the floors, newest first; none outside of a repository."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        return []
    path = FLOORS.relative_to(ROOT).as_posix()

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    commits = git("log", "--format=%H", "--", path).split()
    return [git("show", f"{commit}:{path}") for commit in commits]


def lowered(now: dict[str, float], before: dict[str, float]) -> list[str]:
    """What is lower than it was, or gone."""
    return [name for name, value in before.items() if now.get(name, -1.0) < value]


def test_a_lowered_or_missing_floor_is_noticed() -> None:
    assert lowered({"a": 0.5, "b": 0.9}, {"a": 0.5, "b": 0.8}) == []
    assert lowered({"a": 0.4}, {"a": 0.5, "b": 0.8}) == ["a", "b"]


def test_no_floor_is_lower_than_it_ever_was() -> None:
    states = history()
    if not states:
        pytest.skip("no git history here to compare the floors with")
    now = read(FLOORS.read_text(encoding="utf-8"))
    assert now, "floors.toml names no floor"
    for text in states:
        assert lowered(now, read(text)) == []
