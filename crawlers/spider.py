"""The long-lived spider: every second it asks SQL what is due, visits those hosts, records the outcomes."""

from __future__ import annotations

import asyncio
import os
import socket
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from scrapy import Spider, signals
from twisted.internet import reactor, threads
from twisted.python.threadpool import ThreadPool

from crawlers import leases, recording
from crawlers.client import Client
from crawlers.guard import Gate
from crawlers.network import MOST_CONNECTIONS
from crawlers.pace import Pace, pause
from crawlers.polling import poll
from crawlers.polls import Poll
from crawlers.sites import Sites

log = structlog.get_logger()

LOOK = 1.0  # seconds between two looks for due sources
BATCH = 1.0  # seconds that outcomes without a new body are gathered


class Database:
    """Runs functions of the ORM in one thread of their own: one connection, and never on the reactor."""

    def __init__(self) -> None:
        self._pool = ThreadPool(1, 1, name="orm")
        self._pool.start()

    async def __call__(self, work: Callable[..., Any], *args: Any) -> Any:
        def run() -> Any:
            try:
                return work(*args)
            except DatabaseError:
                # The next use makes a new connection: the server may have gone away.
                connection.close()
                raise

        done = threads.deferToThreadPool(reactor, self._pool, run)
        return await done.asFuture(asyncio.get_running_loop())

    def close(self) -> None:
        """Closes the connection and ends the thread, after what is queued."""
        self._pool.callInThread(lambda: connection.close())
        self._pool.stop()


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
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), BATCH)
            self._wake.clear()
            await self.flush()

    async def flush(self) -> None:
        """Stores what waits now."""
        batch, self._waiting = self._waiting, []
        if not batch:
            return
        try:
            changed = await self._db(recording.record, [result for result, _ in batch], timezone.now())
        except DatabaseError as error:
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


class SourcesSpider(Spider):
    """Scrapy's spider here has no list of addresses: it works until it is stopped."""

    name = "sources"

    def __init__(self, gate: Gate, **named: Any) -> None:
        super().__init__(**named)
        self.gate = gate
        self.holder = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._visits: dict[str, asyncio.Task[None]] = {}
        self._returned: dict[str, datetime] = {}

    async def start(self) -> AsyncIterator[Any]:
        """Scrapy's entry: an iterator that never yields and ends when the engine stops."""
        await self._work()
        for nothing in ():
            yield nothing

    async def _work(self) -> None:
        self.db = Database()
        self.pace = Pace(settings.HORIZONSCAN_HOST_DELAY)
        self.client = Client(self.crawler.engine, self.gate, self.pace)
        self.sites = Sites(self.client, self.db)
        self.recorder = Recorder(self.db)
        self._flushing = asyncio.create_task(self.recorder.run())
        self.crawler.signals.connect(self.finish, signals.spider_closed)
        log.info("crawler ready", holder=self.holder)
        try:
            while True:
                await self._look()
        finally:
            # Scrapy closes the spider when no request is under way; `finish` then waits for the rest.
            for task in self._tasks():
                task.cancel()

    def _tasks(self) -> list[asyncio.Task[None]]:
        return [self._flushing, *self._visits.values()]

    async def finish(self) -> None:
        """At Scrapy's `spider_closed`: stores what has been gathered and gives the hosts back."""
        await asyncio.gather(*self._tasks(), return_exceptions=True)
        try:
            await self.recorder.flush()
            await self.recorder.told()
            await self.db(leases.release_all, self.holder)
        except DatabaseError as error:
            log.warning("the store does not answer; leases end by themselves", error=str(error)[:200])
        self.db.close()
        log.info("crawler stopped", holder=self.holder)

    async def _look(self) -> None:
        """Starts visits for what is due, then sleeps until more may be."""
        now = timezone.now()
        wait = LOOK
        try:
            if self._returned:
                returned, self._returned = self._returned, {}
                await self.db(leases.release, self.holder, returned)
            await self.db(leases.renew, self.holder, now, list(self._visits))
            room = MOST_CONNECTIONS - len(self._visits)
            for visit in await self.db(leases.claim, self.holder, now, set(self._visits), room):
                task = asyncio.create_task(self._visit(visit))
                self._visits[visit.host] = task
            upcoming = await self.db(leases.next_due, now)
            if upcoming is not None:
                wait = min(LOOK, max(0.2, (upcoming - timezone.now()).total_seconds()))
        except DatabaseError as error:
            log.warning("the store does not answer; looking again", error=str(error)[:200])
            wait = 5 * LOOK
        self.pace.forget()
        await asyncio.sleep(wait)

    async def _visit(self, visit: leases.Visit) -> None:
        """Polls the due sources of one host, one after the other, and gives the host back."""
        later = timezone.now()
        try:
            for job in visit.jobs:
                result = await poll(job, self.client, self.sites)
                say(result)
                await self.recorder.put(result)
                if result.retry_after is not None:
                    later = max(later, min(result.retry_after, result.at + timedelta(hours=24)))
                    break
        except Exception:
            log.exception("a visit failed", host=visit.host)
        finally:
            wait = pause(visit.host.partition(":")[0], settings.HORIZONSCAN_HOST_DELAY, 0)
            later = max(later, timezone.now() + timedelta(seconds=wait))
            self._visits.pop(visit.host, None)
            self._returned[visit.host] = later


def say(result: Poll) -> None:
    """One readable line per poll."""
    line = log.info if result.answered else log.warning
    detail = {"note": result.note} if result.note else {}
    line(
        "polled",
        source=result.job.slug,
        outcome=result.outcome,
        status=result.status,
        bytes=result.size,
        ms=result.ms,
        **detail,
    )
