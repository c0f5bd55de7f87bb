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

from ingest.models import Fetch, Source, SourceState, Work
from tests.conftest import Store, use
from tests.faults import end_state, workload
from tests.faults.running import Up, until_true, up

CHILDREN = ("ingest-1", "crawler", "sequence", "deliver", "web", "broker", "beat", "replay")


class Seen:
    """What waits in the store, seen by looking often; and how long after a deed the rows of then waited."""

    def __init__(self) -> None:
        self.fetches = 0
        self.longest = 0.0
        self.pickups: dict[str, float] = {}
        self._waiting: set[tuple[str, int]] = set()
        self._then: dict[str, tuple[float, set[tuple[str, int]]]] = {}

    def look(self) -> bool:
        """Looks once; True when nothing waits."""
        try:
            # The hourly proof runs beside the workload, and is no part of it.
            fetched = Fetch.objects.exclude(source__kind=Source.Kind.CANARY)
            fetches = list(fetched.values_list("pk", "state", "received"))
            waits = Work.objects.filter(quarantined=None).exclude(signal__source__kind=Source.Kind.CANARY)
            works = list(waits.values_list("signal", "stage", "since"))
        except OperationalError:
            return False  # SQLite after a kill: its log is being recovered
        now = timezone.now()
        waiting = {("fetch", pk): at for pk, state, at in fetches if state == Fetch.State.WAITING}
        waiting |= {(stage, pk): at for pk, stage, at in works}
        self.fetches, self._waiting = len(fetches), set(waiting)
        self.longest = max([self.longest, *((now - at).total_seconds() for at in waiting.values())])
        for deed, (at, rows) in list(self._then.items()):
            if not rows & self._waiting:
                self.pickups[deed] = time.monotonic() - at
                del self._then[deed]
        return not waiting

    def done(self, deed: str) -> None:
        """A deed was done now: the rows that wait are to be picked up soon."""
        self._then[deed] = (time.monotonic(), set(self._waiting))

    @property
    def recovering(self) -> bool:
        return bool(self._then)


Disturb = Callable[[Up, Seen], None]


def _run(
    data: Path, recorded: Path, files: int, disturb: Disturb, database: str = ""
) -> tuple[dict[str, Any], Seen]:
    """One run to its end; `disturb` is called again and again meanwhile."""
    seen = Seen()
    with up(data, recorded, database) as installation:
        use(database or f"sqlite:///{data / 'horizonscan.sqlite3'}")
        until_true(lambda: "up, Ctrl-C stops" in installation.text(), "up")

        def over() -> bool:
            nothing_waits = seen.look()
            disturb(installation, seen)
            return nothing_waits and seen.fetches >= files

        until_true(over, "the whole workload is ingested and indexed", seconds=400)
        until_true(lambda: _assessed() and not end_state.index_differences(data), "index equals the store")
        return end_state.read(data), seen


def _assessed() -> bool:
    unknown = SourceState.objects.filter(health="new").exclude(source__kind=Source.Kind.CANARY)
    return not unknown.exists()


def _deeds(plan: list[tuple[int, str]], left: list[tuple[int, str]], one_by_one: bool) -> Disturb:
    """Does each deed of the plan once so many files have been fetched (`left`: those still to come).

    `one_by_one`: the next deed waits until what the last one left behind was picked up.
    """
    left.extend(sorted(plan))

    def disturb(installation: Up, seen: Seen) -> None:
        while left and seen.fetches >= left[0][0] and not (one_by_one and seen.recovering):
            deed = left.pop(0)[1]
            if deed == "flush":
                installation.flush()
            elif deed == "index":
                shutil.rmtree(installation.data / "index", ignore_errors=True)
                installation.note("index folder deleted")
            else:
                installation.kill(deed)
            seen.done(deed)
            if deed == "up":
                assert installation.process is not None
                installation.process.wait()
                installation.start()

    return disturb


def _undisturbed(installation: Up, seen: Seen) -> None:
    """Nothing happens."""


def _compare(expected: dict[str, Any], found: dict[str, Any]) -> None:
    for part, value in expected.items():
        assert found[part] == value, f"{part} differ"


def test_each_process_is_killed_once_and_nothing_is_lost(tmp_path: Path) -> None:
    (recorded := tmp_path / "recorded").mkdir()
    files = workload.make(recorded, sources=12, snapshots=24, seed=3)
    assert files >= 200
    expected, usual = _run(tmp_path / "undisturbed", recorded, files, _undisturbed)
    deeds = [*CHILDREN, "flush", "index", "up"]
    plan = [(round(files * (n + 1) / (len(deeds) + 2)), deed) for n, deed in enumerate(deeds)]
    left: list[tuple[int, str]] = []
    found, seen = _run(tmp_path / "disturbed", recorded, files, _deeds(plan, left, one_by_one=True))
    assert not left
    _compare(expected, found)
    print(f"longest wait of a row: {usual.longest:.1f} s undisturbed, {seen.longest:.1f} s disturbed")
    print("picked up after", ", ".join(f"{deed} {wait:.1f} s" for deed, wait in seen.pickups.items()))
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
    left: list[tuple[int, str]] = []
    disturb = _deeds(plan, left, one_by_one=False)
    found, seen = _run(tmp_path / "disturbed", recorded, files, disturb, database)
    assert not left
    _compare(expected, found)
    print(f"longest wait of a row: {usual.longest:.1f} s undisturbed, {seen.longest:.1f} s disturbed")
