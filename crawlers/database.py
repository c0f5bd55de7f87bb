"""The ORM beside Twisted: in one thread of its own, never on the reactor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, connection
from twisted.internet import threads
from twisted.python.threadpool import ThreadPool


class Database:
    """Runs functions of the ORM in one thread of their own: one connection, and never on the reactor."""

    def __init__(self) -> None:
        self._pool = ThreadPool(1, 1, name="orm")
        self._pool.start()

    async def __call__(self, work: Callable[..., Any], *args: Any) -> Any:
        # Imported here: importing it installs a reactor, and which one is for Scrapy's process to say.
        from twisted.internet import reactor

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
