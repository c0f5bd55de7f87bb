"""Sends what waits in the ledger and is due."""

from __future__ import annotations

from typing import Any

import structlog
from celery.worker import state
from django.db import OperationalError

from config.celery import app

log = structlog.get_logger()


def _stopping() -> bool:
    """Whether the worker was told to end: what waits is the next one's."""
    return state.should_stop is not None or state.should_terminate is not None


@app.task(name="tasks.deliver", bind=True)
def deliver(self: Any) -> None:
    """Sends what is due. Under its worker's name: one that starts again sends on what it was sending."""
    from notify.delivering import deliver_waiting

    try:
        deliver_waiting(holder=str(self.request.hostname), stop=_stopping)
    except OperationalError as error:
        log.warning("store does not answer; trying again", reason=str(error).strip().splitlines()[0])
