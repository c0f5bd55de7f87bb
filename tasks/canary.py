"""The canary's task: starts one when one is due, looks after the one under way, tidies up after the last."""

from __future__ import annotations

import structlog
from django.db import OperationalError
from django.utils import timezone

from config.celery import app

log = structlog.get_logger()

#: A process that starts anew proves the way at once, not when the hour is over.
_BEGUN = timezone.now()


@app.task(name="tasks.canary")
def canary() -> None:
    """Where none is wanted (HORIZONSCAN_CANARY_MINUTES=0) it only tidies up."""
    from notify.canary import begin, tidy, watch

    now = timezone.now()
    try:
        started = begin(now, _BEGUN)
        if started is not None:
            log.debug("canary started", canary=started.nonce)
        watch(now)
        tidy(now)
    except OperationalError as error:
        log.warning("store does not answer; trying again", reason=str(error).strip().splitlines()[0])
