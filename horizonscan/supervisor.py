"""The supervisor of an embedded installation: starts its children, restarts the dead, stops them in order."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from horizonscan.children import die_with_parent

#: Seconds a child may take to stop before it is killed: it loses nothing, others do its work again.
PATIENCE = 10
#: A child that lived this long starts again at once and with a clean record.
SETTLED = 30
LONGEST = 30


def delay(failures: int) -> float:
    """Seconds until a child that died `failures` times in a row starts again."""
    return 0.0 if failures <= 1 else float(min(0.5 * 2 ** (failures - 1), LONGEST))


def cause(code: int) -> str:
    """How a process ended, for a person: `signal SIGKILL` or `exit 1`."""
    if code >= 0:
        return f"exit {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


@dataclass
class Child:
    """One child: how it starts, whether it is ready (asked once a start), and its present process."""

    name: str
    words: Sequence[str]
    env: Mapping[str, str]
    ready: Callable[[], bool] = lambda: True
    #: Called when it ended by itself for the third time in a row; returns a line for the log, or nothing.
    repair: Callable[[], str] = str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    restarts: int = 0
    due: float = 0.0


@dataclass
class Supervisor:
    """Owns `children`, started in their order and stopped in `stop_order`. `say` gets one line an event."""

    children: Sequence[Child]
    stop_order: Sequence[str]
    say: Callable[..., Any]
    state_file: Path
    extra: Mapping[str, Any] = field(default_factory=dict)
    on_tick: Callable[[], None] = lambda: None
    _wake: threading.Event = field(default_factory=threading.Event)
    _stops: int = 0

    def run(self) -> int:
        """Until SIGINT or SIGTERM; a second one kills. Returns the exit status."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, self.stop)
        signal.signal(signal.SIGCHLD, lambda *_: self._wake.set())
        try:
            for child in self.children:
                if not self._stops:
                    self._start(child)
            while not self._stops:
                self._wake.wait(0.5)
                self._wake.clear()
                self._look(time.monotonic())
                self.on_tick()
        finally:
            self._end()
        return 0

    def stop(self, *_: Any) -> None:
        """Ends `run` in order; called a second time, at once."""
        self._stops += 1
        self._wake.set()

    def _start(self, child: Child) -> None:
        # A session of its own: Ctrl-C on the terminal reaches the supervisor alone, which stops in order.
        child.process = subprocess.Popen(  # noqa: S603 - our own words
            child.words,
            env=dict(child.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # ours log to stderr, others keep a file or have nothing to say
            start_new_session=True,
            preexec_fn=die_with_parent(),
        )
        child.started, child.due = time.monotonic(), 0.0
        if not child.ready():
            self.say("not ready yet", child=child.name)
        self._write()

    def _look(self, now: float) -> None:
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                child.failures = child.failures + 1 if now - child.started < SETTLED else 1
                child.restarts += 1
                child.due = now + delay(child.failures)
                again = f"in {child.due - now:.1f} s" if child.due > now else "now"
                self.say(f"{child.name} ended, starts again {again}", how=cause(child.process.returncode))
                by_itself = child.process.returncode > 0
                child.process = None
                if by_itself and child.failures >= 3 and (line := child.repair()):
                    self.say(line)
            if child.process is None and child.due <= now and not self._stops:
                self._start(child)

    def _end(self) -> None:
        rank = {name: number for number, name in enumerate(self.stop_order)}
        for child in sorted(self.children, key=lambda c: rank.get(c.name.split("-")[0], -1)):
            if child.process is None:
                continue
            child.process.terminate()
            until = time.monotonic() + PATIENCE
            while child.process.poll() is None:
                if self._stops > 1 or time.monotonic() > until:
                    child.process.kill()
                    child.process.wait()
                time.sleep(0.05)
        self.state_file.unlink(missing_ok=True)

    def _write(self) -> None:
        processes = {
            c.name: {"pid": c.process.pid, "restarts": c.restarts}
            for c in self.children
            if c.process is not None
        }
        state = {"pid": os.getpid(), "processes": processes, **self.extra}
        draft = self.state_file.with_suffix(".new")
        draft.write_text(json.dumps(state))
        draft.replace(self.state_file)
