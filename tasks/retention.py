"""The retention task: removes what the settings say is no longer kept."""

from __future__ import annotations

import structlog
from django.db import OperationalError
from django.utils import timezone

from config.celery import app

log = structlog.get_logger()


@app.task(name="tasks.retention")
def retention() -> None:
    from ingest.retention import retain

    try:
        removed = retain(timezone.now())
    except OperationalError as error:
        log.warning("store does not answer; retention runs again in an hour", reason=str(error).strip())
        return
    if removed.anything:
        log.info("removed what is no longer kept", **removed.counts())
