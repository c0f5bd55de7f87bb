"""The rejudging task: after an upgrade, stored signals are judged again, a little at a time."""

from __future__ import annotations

import structlog
from django.db import OperationalError
from django.utils import timezone

from config.celery import app, send

log = structlog.get_logger()

#: Signals a run: about a second, so that what arrives meanwhile does not wait long.
LIMIT = 1000
#: What was judged since is the work of this version, or of a newer one that was started since.
_STARTED = timezone.now()


@app.task(name="tasks.rejudge")
def rejudge() -> None:
    """Judges some outdated signals again. What is left stands in the store for the next run."""
    from ingest.judge.whole import Unready
    from ingest.rejudge import rejudge

    try:
        done = rejudge(limit=LIMIT, before=_STARTED)
    except OperationalError as error:
        log.warning("store does not answer; trying again", reason=str(error).strip().splitlines()[0])
        return
    except Unready as error:
        log.error("nothing can be judged", reason=str(error))
        return
    if done.judged:
        log.info("judged again", signals=done.judged, changed=done.changed)
    if done.changed:
        send("tasks.sequence", once=True)
