"""Politeness: one request at a time to a host, with a pause between two."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

from crawlers import guard


def pause(host: str, configured: float, asked: float) -> float:
    """Seconds between two requests to `host`: the operator's, or the longer Crawl-delay of the site.

    A loopback address is never somebody else's site: the replay server and tests are not slowed down.
    """
    return 0.0 if guard.is_loopback(host) else max(configured, asked)


@dataclass
class _Turn:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0


class Pace:
    """Hands out turns per host."""

    def __init__(self, configured: float) -> None:
        self._configured = configured
        self._turns: dict[str, _Turn] = {}

    @asynccontextmanager
    async def turn(self, host: str, asked: float = 0.0) -> AsyncIterator[None]:
        """Waits until `host` may be asked again; the pause counts from the end of the request."""
        turn = self._turns.setdefault(host, _Turn())
        async with turn.lock:
            await asyncio.sleep(max(0.0, turn.free_at - monotonic()))
            try:
                yield
            finally:
                turn.free_at = monotonic() + pause(host, self._configured, asked)

    def forget(self) -> None:
        """Drops hosts whose pause is over, so that the table does not grow for weeks."""
        now = monotonic()
        self._turns = {h: t for h, t in self._turns.items() if t.lock.locked() or t.free_at > now}
