"""Makes the digests that are due."""

from __future__ import annotations

import structlog
from django.db import OperationalError
from django.utils import timezone

from config.celery import app

log = structlog.get_logger()


@app.task(name="tasks.digests")
def digests() -> None:
    """Makes the digests that are due."""
    from notify.digest.making import make_due

    try:
        make_due(timezone.now())
    except OperationalError as error:
        log.warning("store does not answer; trying again", reason=str(error).strip().splitlines()[0])
