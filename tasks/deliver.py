"""Sends what waits in the ledger and is due."""

from __future__ import annotations

import structlog
from django.db import OperationalError
from django.utils import timezone

from config.celery import app

log = structlog.get_logger()


@app.task(name="tasks.deliver")
def deliver() -> None:
    """Sends what waits in the ledger and is due."""
    from notify.delivering import deliver_waiting

    try:
        deliver_waiting(timezone.now())
    except OperationalError as error:
        log.warning("store does not answer; trying again", reason=str(error).strip().splitlines()[0])
