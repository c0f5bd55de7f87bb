"""A real broker for the tasks' tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import kombu.pools
import pytest

from config.celery import QUEUES, app
from horizonscan.broker import client
from tests.conftest import missing
from tests.servers import Missing, redis


@pytest.fixture(scope="session")
def _broker() -> Iterator[str]:
    try:
        with redis.running() as url:
            yield url
    except Missing as reason:
        missing(str(reason))


def _publish_to(url: str) -> None:
    """Points the app of this process at `url`; it keeps nothing of its connections to the last one."""
    kombu.pools.reset()
    inside: Any = app  # Celery has no public way to change its mind about a broker
    inside._pool = inside.amqp._producer_pool = None
    inside.conf.broker_url = inside.conf.broker_write_url = inside.conf.broker_read_url = url


@pytest.fixture
def broker(_broker: str) -> Iterator[str]:
    """The URL of an empty broker that the Celery app of this process publishes to."""
    before = app.conf.broker_url
    with client(_broker) as connection:
        connection.delete(*QUEUES)
    _publish_to(_broker)
    yield _broker
    _publish_to(before)
