"""The ingest task: drains the fetches of the sources it names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from celery.worker import state
from django.db import OperationalError
from django.utils import timezone

from config.celery import app, send

log = structlog.get_logger()


@app.task(name="tasks.ingest", bind=True)
def ingest(self: Any, source_ids: Sequence[int]) -> None:
    """Drains each source under its lease, then has its signals related and indexed.

    What is left when the worker is told to stop, or the store does not answer, the sweep sends again.
    """
    from crawlers.health import assess
    from ingest.pipeline import drain

    for source_id in source_ids:
        if state.should_stop is not None or state.should_terminate is not None:
            return
        try:
            drained = drain(int(source_id), str(self.request.hostname))
            if drained.fetches:
                assess([int(source_id)], timezone.now())
        except OperationalError as error:
            log.warning("store does not answer; trying again", reason=str(error).strip().splitlines()[0])
            return
        if drained.fetches:
            send("tasks.sequence", once=True)
