"""The Celery app: JSON only, late acknowledgement, one task at a time a process, four queues.

The broker may lose everything: whatever a task is about stands in SQL, and the sweep sends again what
was lost. So publishing gives up within seconds (`send` says so) and never holds a process up.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import structlog
from celery import Celery
from celery.loaders.app import AppLoader
from celery.signals import setup_logging, task_prerun
from django.conf import settings
from django.db import connections
from kombu import Queue
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from config.broker import broker_url

log = structlog.get_logger()

#: Queue by task. `swept` is what the sweep sends: its length says whether one is outstanding already.
ROUTES = {
    "tasks.ingest": "ingest",
    "tasks.rejudge": "ingest",
    "tasks.sequence": "sequence",
    "tasks.deliver": "deliver",
    "tasks.digests": "beat",
    "tasks.canary": "beat",
    "tasks.sweep": "beat",
    "tasks.retention": "beat",
}
SWEPT = "swept"
QUEUES = ("ingest", SWEPT, "sequence", "deliver", "beat")
#: Hours between looks for what retention removes; the age of what is removed is counted in days.
RETENTION_HOURS = 1


class Loader(AppLoader):
    """Imports as everybody does; Celery's own way looks in the current folder first."""

    def import_from_cwd(self, module: str, imp: Any = None, package: str | None = None) -> ModuleType:
        return import_module(module, package)


# Without its Django fixup, too, which puts the current folder before everything else on sys.path: a
# stranger's `tasks` or `search` in it would be imported instead of ours.
app = Celery("horizonscan", loader=Loader, fixups=[], include=list(ROUTES))
app.conf.update(
    broker_url=broker_url(),
    broker_connection_timeout=2,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # a worker waits for its broker for as long as it takes
    broker_pool_limit=2,
    broker_transport_options={
        # After a worker's death its message comes back this much later; the sweep does not wait for it.
        # kombu looks every interval × throttle (10 × 10 s by default).
        "visibility_timeout": 600,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
        "socket_keepalive": True,
        "queue_order_strategy": "round_robin",
        # Publishing: three tries within a second. Without these kombu tries for ever.
        "max_retries": 3,
        "interval_start": 0,
        "interval_step": 0.2,
        "interval_max": 0.5,
    },
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_publish_retry_policy={
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.2,
        "interval_max": 0.2,
    },
    task_create_missing_queues=False,
    task_default_queue="ingest",
    task_queues=[Queue(name) for name in QUEUES],
    task_routes={name: {"queue": queue} for name, queue in ROUTES.items()},
    worker_pool="solo",
    worker_concurrency=1,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    worker_redirect_stdouts=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    enable_utc=True,
    timezone="UTC",
    beat_scheduler="tasks.schedule:Schedule",
    beat_max_loop_interval=1,
    beat_schedule={
        "sweep": {"task": "tasks.sweep", "schedule": settings.HORIZONSCAN_SWEEP_SECONDS},
        # Not only when something waits: it also notices that the index is gone or damaged.
        "sequence": {"task": "tasks.sequence", "schedule": 10.0},
        # Sent only while nothing waits for the ingest workers, so that news comes before what is stored.
        "rejudge": {"task": "tasks.rejudge", "schedule": 10.0},
        # Asks the store whose morning it is, or whether a proof is due: a look costs little.
        "digests": {"task": "tasks.digests", "schedule": 30.0},
        "canary": {"task": "tasks.canary", "schedule": 5.0},
        "retention": {"task": "tasks.retention", "schedule": RETENTION_HOURS * 3600.0},
    },
)


@setup_logging.connect
def _our_logging(**_: Any) -> None:
    """Celery leaves logging to whoever started the process (config.logs)."""


@task_prerun.connect
def _usable_connections(**_: Any) -> None:
    """A store that went away during the last task is connected afresh."""
    for connection in connections.all(initialized_only=True):
        if connection.errors_occurred and not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def waiting(queue: str) -> int:
    """Messages in a queue, those being worked on not counted. Raises OperationalError or RedisError."""
    with app.connection_or_acquire() as connection:
        connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0.2, timeout=2)
        return int(connection.default_channel.client.llen(queue))


def send(name: str, args: Sequence[Any] = (), *, queue: str = "", once: bool = False) -> bool:
    """Sends a task by its name; False, after one line in the log, where the broker does not answer.

    `once`: nothing is sent while the queue holds a message. Its reader will look at the store after
    that, so for tasks that read what to do from the store nothing is lost.
    """
    queue = queue or ROUTES[name]
    try:
        if once and waiting(queue):
            return True
        app.send_task(name, args=list(args), queue=queue)
    except (OperationalError, RedisError, OSError) as error:
        # One line an outage, not one a task.
        if not _silent.get("said"):
            log.warning("broker does not answer; the sweep sends again what waits", reason=_first_line(error))
        _silent["said"] = True
        return False
    if _silent.pop("said", False):
        log.info("broker answers again")
    return True


#: Whether this process has said that the broker does not answer.
_silent: dict[str, bool] = {}


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
