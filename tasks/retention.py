"""The retention task: removes what the settings say is no longer kept."""

from __future__ import annotations

import structlog
from django.db import OperationalError
from django.utils import timezone

from config.celery import app

log = structlog.get_logger()


@app.task(name="tasks.retention")
def retention() -> None:
    """Signals and bodies, what was told about them, accounts' spent links; one line says how many."""
    from accounts.retention import retain as accounts
    from ingest.retention import retain as signals
    from notify.retention import retain as telling

    now = timezone.now()
    try:
        removed = {**signals(now).counts(), **telling(now), **accounts(now)}
    except OperationalError as error:
        log.warning("store does not answer; retention runs again in an hour", reason=str(error).strip())
        return
    if any(removed.values()):
        log.info(
            "removed what is no longer kept", **{kind: count for kind, count in removed.items() if count}
        )
