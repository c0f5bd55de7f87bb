"""Requests that wait for somebody else's server: few at a time, so that pages always have a free thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_AT_ONCE = 2
_turns = threading.BoundedSemaphore(_AT_ONCE)


@contextmanager
def turn() -> Iterator[bool]:
    """True inside where there was a turn; False, at once, where others have all of them."""
    free = _turns.acquire(blocking=False)
    try:
        yield free
    finally:
        if free:
            _turns.release()
