"""Polls given sources once, through the same Scrapy machinery, rules and guard; nothing of it is recorded."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from django.conf import settings
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess

from crawlers import guard, network
from crawlers.client import Client
from crawlers.decide import hosts
from crawlers.pace import Pace
from crawlers.polling import poll
from crawlers.polls import Job, Poll
from crawlers.sites import Sites

AT_ONCE = 16


class CheckSpider(Spider):
    """Polls its jobs, hosts beside each other and the sources of one host in turn, then ends."""

    name = "check"

    def __init__(
        self, jobs: Sequence[Job], gate: guard.Gate, done: Callable[[Poll], None], **named: Any
    ) -> None:
        super().__init__(**named)
        self._jobs, self._gate, self._done = jobs, gate, done

    async def start(self) -> AsyncIterator[Request]:
        from crawlers.database import Database

        database = Database()
        client = Client(self.crawler.engine, self._gate, Pace(settings.HORIZONSCAN_HOST_DELAY))
        sites = Sites(client, database)
        room = asyncio.Semaphore(AT_ONCE)
        by_host: dict[str, list[Job]] = defaultdict(list)
        for job in self._jobs:
            by_host[hosts.authority(job.url)].append(job)

        async def visit(jobs: list[Job]) -> None:
            async with room:
                for job in jobs:
                    self._done(await poll(job, client, sites))

        try:
            await asyncio.gather(*(visit(jobs) for jobs in by_host.values()))
        finally:
            database.close()
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request


def fetch(jobs: Sequence[Job], done: Callable[[Poll], None]) -> None:
    """Polls every job once and hands each end to `done`. Once a process: Twisted's reactor does not restart.

    Raises ConfigError for a setting that cannot be used.
    """
    if not jobs:
        return
    gate = network.gate()
    network.VerifyingPolicy(network.ca_bundle())
    with network.quiet():
        process = AsyncCrawlerProcess(network.scrapy_settings())
    from twisted.internet import reactor

    guard.install(reactor, gate)
    logging.getLogger("scrapy").setLevel(logging.ERROR)
    process.crawl(CheckSpider, jobs=jobs, gate=gate, done=done)
    process.start()
