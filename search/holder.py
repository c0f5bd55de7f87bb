"""Who sequences: one process an installation, by a file lock; and how others ask it for a rebuild.

The lock is flock(2) on the data folder's `sequence.lock`: the kernel lets it go when its holder ends,
however it ends. A request is a small file that the holder removes once it has done what it asks.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


class Held(RuntimeError):
    """Another process holds the sequence; the message names it."""


def _path(name: str) -> Path:
    return Path(settings.DATA_DIR) / name


@contextmanager
def holding(wait: float = 0.0) -> Iterator[None]:
    """Holds the sequence lock. Waits up to `wait` seconds for it, then raises Held."""
    until = time.monotonic() + wait
    with _path("sequence.lock").open("a+") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    file.seek(0)
                    who = file.read().strip() or "?"
                    raise Held(f"process {who} is indexing") from None
                time.sleep(0.05)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)
            fcntl.flock(file, fcntl.LOCK_UN)


def held() -> bool:
    """True while some process (this one, too) holds the sequence."""
    with _path("sequence.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        fcntl.flock(file, fcntl.LOCK_UN)
        return False


def _read(name: str) -> str:
    try:
        return _path(name).read_text().strip()
    except FileNotFoundError:
        return ""


def _write(name: str, text: str) -> None:
    temporary = _path(f"{name}.{secrets.token_hex(4)}")
    temporary.write_text(text)
    temporary.replace(_path(name))


def request_rebuild() -> str:
    """Asks the holder for a new index; returns the request's number."""
    number = secrets.token_hex(8)
    _write("reindex.request", number)
    return number


def rebuild_requested() -> str | None:
    """The number of the request that waits, None without one."""
    return _read("reindex.request") or None


def rebuild_done(number: str) -> None:
    """Answers a request. One that came later stays and asks for another rebuild."""
    if _read("reindex.request") == number:
        _path("reindex.request").unlink(missing_ok=True)
    _path("reindex.progress").unlink(missing_ok=True)


def report(done: int, total: int) -> None:
    """What a rebuild has done, for whoever waits for it."""
    _write("reindex.progress", f"{done} {total}")


def reported() -> tuple[int, int] | None:
    """(done, total) of the rebuild that runs, None where none has said anything."""
    words = _read("reindex.progress").split()
    return (int(words[0]), int(words[1])) if len(words) == 2 else None
