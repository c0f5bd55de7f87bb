"""The long-lived spider: every second it asks SQL what is due, visits those hosts, records the outcomes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from scrapy import Request, Spider, signals

from crawlers import canary, leases
from crawlers.client import Client
from crawlers.database import Database
from crawlers.guard import Gate
from crawlers.network import MOST_CONNECTIONS
from crawlers.pace import Pace, pause
from crawlers.polling import poll
from crawlers.polls import Job, Poll
from crawlers.recorder import Recorder
from crawlers.sites import Sites

log = structlog.get_logger()

LOOK = 1.0  # seconds between two looks for due sources
#: Visits at once to hosts that failed last time: however many hang, half of the room stays for the others.
MOST_FAILING = MOST_CONNECTIONS // 2
STOP = 3.0  # seconds that a stop waits for visits to end


class StoreAway(Exception):
    """The store did not answer during a poll."""


class SourcesSpider(Spider):
    """Scrapy's spider here has no list of addresses: it works until it is stopped."""

    name = "sources"

    def __init__(self, gate: Gate, **named: Any) -> None:
        super().__init__(**named)
        self.gate = gate
        self.holder = leases.holder_name()
        self._visits: dict[str, asyncio.Task[None]] = {}
        self._failing: set[str] = set()
        self._returned: dict[str, datetime] = {}

    async def start(self) -> AsyncIterator[Request]:
        """Scrapy's entry: an iterator that never yields and ends when the engine stops."""
        await self._work()
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request

    async def _work(self) -> None:
        self.db = Database()
        self.pace = Pace(settings.HORIZONSCAN_HOST_DELAY)
        self.client = Client(self.crawler.engine, self.gate, self.pace)
        self.sites = Sites(self.client, self.db)
        self.recorder = Recorder(self.db)
        self.canary = canary.Listener()
        await self.canary.listen(self.gate)
        self._flushing = asyncio.create_task(self.recorder.run())
        self.crawler.signals.connect(self.finish, signals.spider_closed)
        try:
            await self.db(leases.bury)
            await self.db(canary.forget, timezone.now())
        except DatabaseError as error:
            log.warning("the store does not answer; looking again", error=str(error)[:200])
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
        _, late = await asyncio.wait(self._tasks(), timeout=STOP)
        if late:
            log.warning("visits did not end in time", hosts=list(self._visits)[:5])
        try:
            await self.recorder.flush()
            await self.recorder.told()
            await self.db(leases.release, self.holder, self._returned)
            await self.db(leases.release_all, self.holder)
        except DatabaseError as error:
            log.warning("the store does not answer; leases end by themselves", error=str(error)[:200])
        self.canary.close()
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
            room, failing = MOST_CONNECTIONS - len(self._visits), MOST_FAILING - len(self._failing)
            for visit in await self.db(leases.claim, self.holder, now, set(self._visits), room, failing):
                task = asyncio.create_task(self._visit(visit))
                self._visits[visit.host] = task
                if visit.failing:
                    self._failing.add(visit.host)
            upcoming = await self.db(leases.next_due, now)
            if upcoming is not None:
                wait = min(LOOK, max(0.2, (upcoming - timezone.now()).total_seconds()))
        except DatabaseError as error:
            log.warning("the store does not answer; looking again", error=str(error)[:200])
            wait = 5 * LOOK
        self.pace.forget()
        await asyncio.sleep(wait)

    async def _poll(self, job: Job) -> Poll:
        """One poll; a fault of our own counts as a failure of it, so that the source backs off."""
        try:
            if job.kind == "canary":
                job = self.canary.own(job)
            return await poll(job, self.client, self.sites)
        except DatabaseError as error:
            # The store is away: no outcome can be recorded, and the source stays due.
            raise StoreAway(str(error)) from error
        except Exception as error:
            log.exception("a poll failed", source=job.slug)
            note = f"the crawler failed ({type(error).__name__}); see its log"
            return Poll(job=job, at=timezone.now(), outcome="failed", note=note, url=job.url)

    async def _visit(self, visit: leases.Visit) -> None:
        """Polls the due sources of one host, one after the other, and gives the host back."""
        later = timezone.now()
        try:
            for job in visit.jobs:
                result = await self._poll(job)
                say(result)
                await self.recorder.put(result)
                if result.retry_after is not None:
                    later = max(later, min(result.retry_after, result.at + timedelta(hours=24)))
                    break
        except StoreAway as error:
            log.warning("the store does not answer; the visit ends", host=visit.host, error=str(error)[:200])
        finally:
            wait = pause(visit.host.partition(":")[0], settings.HORIZONSCAN_HOST_DELAY, 0)
            later = max(later, timezone.now() + timedelta(seconds=wait))
            self._visits.pop(visit.host, None)
            self._failing.discard(visit.host)
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
