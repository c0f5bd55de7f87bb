"""Processes are killed, the broker forgets, the index goes: the end state is that of an undisturbed run."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from ingest.models import Fetch, SourceState, Work
from tests.conftest import Store, use
from tests.faults import end_state, workload
from tests.faults.running import Up, until_true, up

CHILDREN = ("ingest-1", "crawler", "sequence", "broker", "beat", "replay")


class Longest:
    """The longest that a row waited, seen by looking often."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.fetches = 0

    def look(self) -> bool:
        """Looks once; True when everything the replay holds has arrived and nothing waits."""
        try:
            fetches = list(Fetch.objects.values_list("state", "received"))
            works = list(Work.objects.filter(quarantined=None).values_list("since", flat=True))
        except OperationalError:
            return False  # SQLite: a checkpoint after a kill
        now = timezone.now()
        waits = [at for state, at in fetches if state == Fetch.State.WAITING] + works
        self.fetches = len(fetches)
        self.seconds = max([self.seconds, *((now - at).total_seconds() for at in waits)])
        return not waits


def _run(
    data: Path, recorded: Path, files: int, disturb: Callable[[Up, int], None], database: str = ""
) -> tuple[dict[str, Any], float]:
    """One run to its end; `disturb` is called with the number of fetched files, again and again."""
    with up(data, recorded, database) as installation:
        use(database or f"sqlite:///{data / 'horizonscan.sqlite3'}")
        until_true(lambda: "up, Ctrl-C stops" in installation.text(), "up")
        longest = Longest()

        def over() -> bool:
            nothing_waits = longest.look()
            disturb(installation, longest.fetches)
            return nothing_waits and longest.fetches >= files

        until_true(over, "the whole workload is ingested and indexed", seconds=400)
        until_true(lambda: _assessed() and not end_state.index_differences(data), "index equals the store")
        return end_state.read(data), longest.seconds


def _assessed() -> bool:
    return not SourceState.objects.filter(health="new").exists()


def _deeds(plan: list[tuple[int, str]]) -> Callable[[Up, int], None]:
    """Does each deed of the plan once so many files have been fetched."""
    left = sorted(plan)

    def disturb(installation: Up, fetched: int) -> None:
        while left and fetched >= left[0][0]:
            deed = left.pop(0)[1]
            if deed == "flush":
                installation.flush()
            elif deed == "index":
                shutil.rmtree(installation.data / "index", ignore_errors=True)
                installation.note("index folder deleted")
            elif deed == "up":
                installation.kill("up")
                assert installation.process is not None
                installation.process.wait()
                installation.start()
            else:
                installation.kill(deed)
            time.sleep(0.3)

    disturb.left = left  # type: ignore[attr-defined]
    return disturb


def _undisturbed(installation: Up, fetched: int) -> None:
    """Nothing happens."""


def _compare(expected: dict[str, Any], found: dict[str, Any]) -> None:
    for part, value in expected.items():
        assert found[part] == value, f"{part} differ"


def test_each_process_is_killed_once_and_nothing_is_lost(tmp_path: Path) -> None:
    (recorded := tmp_path / "recorded").mkdir()
    files = workload.make(recorded, sources=25, snapshots=8, seed=3)
    assert files >= 200
    expected, usual = _run(tmp_path / "undisturbed", recorded, files, _undisturbed)
    deeds = [*CHILDREN, "flush", "index", "up"]
    plan = [(round(files * (n + 1) / (len(deeds) + 2)), deed) for n, deed in enumerate(deeds)]
    disturb = _deeds(plan)
    found, longest = _run(tmp_path / "disturbed", recorded, files, disturb)
    assert not disturb.left  # type: ignore[attr-defined]
    _compare(expected, found)
    print(f"longest wait of a row: {usual:.1f} s undisturbed, {longest:.1f} s disturbed")
    log = (tmp_path / "disturbed" / "up.log").read_text()
    for name in CHILDREN:
        assert f"{name} ended, starts again" in log


@pytest.mark.full
def test_each_process_is_killed_twice_at_random_moments(store: Store, tmp_path: Path) -> None:
    seed = int(os.environ.get("FAULT_SEED") or random.randrange(10**6))
    print(f"FAULT_SEED={seed}")
    chance = random.Random(seed)
    (recorded := tmp_path / "recorded").mkdir()
    files = workload.make(recorded, sources=25, snapshots=12, seed=seed)
    database = store.url if store.kind == "postgresql" else ""
    expected, usual = _run(tmp_path / "undisturbed", recorded, files, _undisturbed)
    deeds = [*CHILDREN, *CHILDREN, "up", "up", "flush", "index"]
    plan = [(chance.randrange(5, files - 5), deed) for deed in deeds]
    disturb = _deeds(plan)
    found, longest = _run(tmp_path / "disturbed", recorded, files, disturb, database)
    assert not disturb.left  # type: ignore[attr-defined]
    _compare(expected, found)
    print(f"longest wait of a row: {usual:.1f} s undisturbed, {longest:.1f} s disturbed")
