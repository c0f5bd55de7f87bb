"""Outcomes of polls on their way into SQL: gathered on the reactor, stored in batches in the ORM's thread."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from crawlers import recording
from crawlers.database import Database
from crawlers.polls import Poll

log = structlog.get_logger()

BATCH = 1.0  # seconds that outcomes without a new body are gathered


class Recorder:
    """Gathers outcomes and stores them in batches: new bodies at once, the others about once a second."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: list[tuple[Poll, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self._told: asyncio.Task[None] | None = None
        self._untold: dict[int, None] = {}

    async def put(self, result: Poll) -> None:
        """Returns when the outcome is stored."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((result, stored))
        if result.outcome == "changed":
            self._wake.set()
        await stored

    async def run(self) -> None:
        """Stores batches until cancelled. A store that does not answer is asked again, nothing is dropped."""
        while True:
            # Not asyncio.wait_for: before Python 3.12 it loses a cancellation that comes with the event.
            with suppress(TimeoutError):
                async with asyncio.timeout(BATCH):
                    await self._wake.wait()
            self._wake.clear()
            await self.flush()

    async def flush(self) -> None:
        """Stores what waits now."""
        batch, self._waiting = self._waiting, []
        if not batch:
            return
        try:
            changed = await self._db(recording.record_each, [result for result, _ in batch], timezone.now())
        except (OperationalError, InterfaceError) as error:
            log.warning("the store does not answer; outcomes wait", error=str(error)[:200])
            self._waiting = batch + self._waiting
            return
        for _, stored in batch:
            if not stored.done():
                stored.set_result(None)
        self._untold |= dict.fromkeys(changed)
        if self._untold and (self._told is None or self._told.done()):
            self._told = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        """Names sources with new bodies to the broker, in a thread: one that hangs delays no recording."""
        while self._untold:
            source_ids, self._untold = list(self._untold), {}
            await asyncio.to_thread(recording.announce, source_ids)

    async def told(self) -> None:
        """Waits a moment for what is being told; the sweep finds what was not."""
        if self._told is not None:
            await asyncio.wait([self._told], timeout=1)
