"""A worker that takes no messages although some wait ends itself, so that it is started again.

Celery's worker loses its consumer for good when the broker ends while a task runs: the acknowledgement
fails, is logged ("Couldn't ack"), and nothing connects again. Seen here with a broker killed in mid-task.
That case ends the worker at once; for any other, this looks for the sign they have in common.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from celery.signals import task_postrun, task_prerun
from kombu.transport import redis as redis_transport
from kombu.transport import virtual
from redis.exceptions import RedisError

from horizonscan.broker import client

log = structlog.get_logger()

EVERY, PATIENCE = 1.0, 3
#: sysexits.h EX_TEMPFAIL: try again.
EXIT = 75


@dataclass
class Idleness:
    """Counts looks in a row at which messages waited and the worker neither worked nor had worked since."""

    looks: int = 0
    tasks: int = -1

    def stuck(self, waiting: int, busy: bool, tasks: int) -> bool:
        """Takes one look; `tasks` counts those begun so far. True at the third in a row."""
        idle = waiting > 0 and not busy and tasks == self.tasks
        self.looks = self.looks + 1 if idle else 0
        self.tasks = tasks
        return self.looks >= PATIENCE


class _Message(virtual.Message):
    """A message whose acknowledgement fails ends the worker: it would not connect again (see above)."""

    def ack_log_error(self, logger: Any, errors: Any, multiple: bool = False) -> None:
        try:
            self.ack(multiple=multiple)
        except errors as error:
            # The task's work is stored. Another worker may do it again, and finds it done.
            log.warning("broker lost during a task: ends, to be started again", reason=type(error).__name__)
            os._exit(EXIT)


class Pulse:
    """Watches this process from a thread of its own; `queues` are those that are the worker's duty."""

    def __init__(self, url: str, queues: Sequence[str]) -> None:
        self._url, self._queues = url, queues
        self._begun = 0
        self._busy = False
        # Kept, because Celery's signals hold their receivers weakly.
        self._receivers = (self._before, self._after)
        task_prerun.connect(self._receivers[0])
        task_postrun.connect(self._receivers[1])

    def _before(self, **_: Any) -> None:
        self._begun, self._busy = self._begun + 1, True

    def _after(self, **_: Any) -> None:
        self._busy = False

    def start(self) -> None:
        redis_transport.Channel.Message = _Message
        threading.Thread(target=self._watch, name="pulse", daemon=True).start()

    def _watch(self) -> None:
        idleness = Idleness()
        with client(self._url) as connection:
            while True:
                time.sleep(EVERY)
                try:
                    waiting = sum(connection.llen(queue) for queue in self._queues)
                except RedisError:
                    idleness = Idleness()  # without a broker there is nothing to take
                    continue
                if idleness.stuck(waiting, self._busy, self._begun):
                    log.error("messages wait and none is taken: ends, to be started again", waiting=waiting)
                    os._exit(EXIT)
