"""A real `horizonscan up` under a test's hands: its processes, its broker, what is in flight."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from redis.exceptions import RedisError

from horizonscan.broker import answers, client

EMPTY_CATALOGUE = "sources: []\n"


@dataclass
class Up:
    """One installation in `data`, replaying `recorded`. `database` is its DATABASE_URL, empty for SQLite."""

    data: Path
    recorded: Path
    database: str = ""
    process: subprocess.Popen[bytes] | None = None
    notes: list[str] = field(default_factory=list)
    abandoned: set[bytes] = field(default_factory=set)

    def start(self) -> None:
        catalogue = self.data / "catalogue.yaml"
        catalogue.write_text(EMPTY_CATALOGUE)
        environ = {k: v for k, v in os.environ.items() if not k.startswith("HORIZONSCAN_")}
        environ |= {"HORIZONSCAN_DATA_DIR": str(self.data), "HORIZONSCAN_SOURCES": str(catalogue)}
        if self.database:
            environ["DATABASE_URL"] = self.database
        words = [sys.executable, "-P", "-m", "horizonscan", "up", "--replay", str(self.recorded), "--no-live"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(words, env=environ, stdout=log, stderr=log)

    @property
    def log(self) -> Path:
        return self.data / "up.log"

    def text(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def state(self) -> dict[str, Any]:
        try:
            return dict(json.loads((self.data / "up.json").read_text()))
        except FileNotFoundError:
            return {}

    def pid(self, name: str) -> int:
        """The pid of a child, once it is up (it may be between two lives)."""
        until_true(lambda: self._alive(name) != 0, f"{name} is up")
        return self._alive(name)

    def _alive(self, name: str) -> int:
        state = self.state()
        assert self.process is not None
        if state.get("pid") != self.process.pid:
            return 0  # left by one that was killed
        pid = int(state["processes"].get(name, {}).get("pid", 0))
        return pid if pid and psutil.pid_exists(pid) else 0

    def broker(self) -> str:
        return f"redis+socket://{self.state()['sockets']}/broker"

    def in_flight(self) -> list[str]:
        """Tasks that a living worker has and has not acknowledged, with their arguments."""
        return [text for tag, text in self._held().items() if tag not in self.abandoned]

    def _held(self) -> dict[bytes, str]:
        try:
            with client(self.broker(), seconds=1) as connection:
                held = connection.hgetall("unacked")
        except (RedisError, KeyError):
            return {}
        messages = {tag: json.loads(each)[0]["headers"] for tag, each in held.items()}
        return {tag: f"{headers['task']}{headers['argsrepr']}" for tag, headers in messages.items()}

    def kill(self, name: str, seconds: float = 5.0) -> None:
        """kill -9 to a child (or `up` itself); for a worker, while it has a task if it gets one in time."""
        task = {"ingest-1": "tasks.ingest", "sequence": "tasks.sequence"}.get(name)
        until = time.monotonic() + seconds
        held = self.in_flight()
        while task and not any(each.startswith(task) for each in held) and time.monotonic() < until:
            held = self.in_flight()
        if name == "up":
            assert self.process is not None
            os.kill(self.process.pid, signal.SIGKILL)
        else:
            os.kill(self.pid(name), signal.SIGKILL)
        # What a dead worker held comes back after the visibility time-out; until then it is nobody's.
        dead = task or ("tasks." if name in ("up", "broker") else "-")
        self.abandoned |= {tag for tag, text in self._held().items() if text.startswith(dead)}
        self.note(f"kill -9 {name}; in flight: {', '.join(held) or 'nothing'}")

    def flush(self) -> None:
        until_true(lambda: answers(self.broker(), 0), "the broker answers")
        with client(self.broker()) as connection:
            connection.flushall()
        self.note("broker flushed")

    def note(self, line: str) -> None:
        self.notes.append(line)
        print(f"{time.strftime('%H:%M:%S')} {line[:300]}", flush=True)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@contextmanager
def up(data: Path, recorded: Path, database: str = "") -> Iterator[Up]:
    """Runs an installation; its log is shown when the test fails."""
    data.mkdir(exist_ok=True)
    installation = Up(data, recorded, database)
    installation.start()
    try:
        yield installation
    except BaseException:
        print(installation.text()[-20_000:])
        raise
    finally:
        installation.stop()


def until_true(done: Callable[[], bool], what: str, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, f"did not happen in time: {what}"
        time.sleep(0.05)
