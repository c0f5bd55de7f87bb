"""The supervisor, with small real processes as children."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from horizonscan.supervisor import cause, delay

# A supervisor with two sleeping children and one that ends on order; `say` writes lines we can read.
_PROGRAM = """
import os, sys
from pathlib import Path
from horizonscan.supervisor import Child, Supervisor

folder = Path(sys.argv[1])
TELL = '''
import signal, sys, time
def end(*_):
    open(sys.argv[1], "a").write(sys.argv[2] + " ")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
time.sleep(600)
'''
DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"

def say(line, **more):
    print(line, *(f"{k}={v}" for k, v in more.items()), flush=True)

def child(name, code):
    return Child(name, [sys.executable, "-c", code, str(folder / "stops"), name.split("-")[0]], os.environ)

children = [child(name, TELL) for name in ("broker", "ingest-1", "beat")]
if "stubborn" in sys.argv:
    children.append(child("stubborn", DEAF))
Supervisor(children, ("beat", "ingest", "broker"), say, folder / "up.json").run()
"""


@contextmanager
def _supervisor(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(folder), *words], stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _until(done: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "did not happen in time"
        time.sleep(0.05)


def _pids(folder: Path, count: int) -> dict[str, int]:
    def read() -> dict[str, int]:
        try:
            processes = json.loads((folder / "up.json").read_text())["processes"]
        except FileNotFoundError:
            return {}
        return {name: each["pid"] for name, each in processes.items()}

    _until(lambda: len(read()) == count)
    time.sleep(0.3)  # the children's interpreters set their handlers
    return read()


def _gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_dead_child_is_named_with_its_signal_and_started_again(tmp_path: Path) -> None:
    with _supervisor(tmp_path) as process:
        before = _pids(tmp_path, 3)
        os.kill(before["ingest-1"], signal.SIGKILL)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "ingest-1 ended, starts again now" in line
        assert "signal SIGKILL" in line
        _until(lambda: _pids(tmp_path, 3)["ingest-1"] != before["ingest-1"])
        after = _pids(tmp_path, 3)
        assert {**after, "ingest-1": 0} == {**before, "ingest-1": 0}


def test_term_stops_the_children_in_order(tmp_path: Path) -> None:
    with _supervisor(tmp_path) as process:
        pids = _pids(tmp_path, 3)
        process.terminate()
        assert process.wait(30) == 0
        assert (tmp_path / "stops").read_text() == "beat ingest broker "
        assert all(_gone(pid) for pid in pids.values())
        assert not (tmp_path / "up.json").exists()


def test_a_second_interrupt_kills_a_child_that_does_not_stop(tmp_path: Path) -> None:
    with _supervisor(tmp_path, "stubborn") as process:
        pids = _pids(tmp_path, 4)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 0
        assert all(_gone(pid) for pid in pids.values())


def test_nothing_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    with _supervisor(tmp_path, "stubborn") as process:
        pids = _pids(tmp_path, 4)
        process.kill()
        process.wait()
        _until(lambda: all(_gone(pid) for pid in pids.values()))


def test_waits_grow_with_deaths_in_a_row_up_to_half_a_minute() -> None:
    assert [delay(n) for n in range(1, 10)] == [0, 1, 2, 4, 8, 16, 30, 30, 30]


def test_how_a_process_ended_is_told_in_words() -> None:
    assert cause(3) == "exit 3"
    assert cause(-9) == "signal SIGKILL"
