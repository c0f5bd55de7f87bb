"""The sweep: looks in the store for whatever was left behind, whoever lost it, and sends it again."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import OperationalError
from django.db.models import Min, Q
from django.utils import timezone

from config.celery import SWEPT, app, send
from ingest.models import Fetch, Work
from notify.models import Delivery
from search.holder import rebuild_requested

log = structlog.get_logger()

#: Rows younger than this are on their way already.
YOUNG = timedelta(seconds=2)
#: Sources in one message.
MANY = 200


def sources_left_behind(now: datetime) -> list[int]:
    """Sources whose fetches wait although nobody has their lease, the longest waiting first."""
    free = Q(source__state__lease_until=None) | Q(source__state__lease_until__lt=now)
    waiting = Fetch.objects.filter(free, state=Fetch.State.WAITING, received__lte=now - YOUNG)
    rows = waiting.values("source").annotate(oldest=Min("id")).order_by("oldest")
    return [row["source"] for row in rows[:MANY]]


def _undelivered(now: datetime) -> bool:
    """Whether a message is due, or was being sent by a process that is gone."""
    due = Q(state=Delivery.State.WAITING, due__lte=now)
    # One that is being sent now is left alone by who looks; one whose sender restarted is taken over.
    left = Q(state=Delivery.State.SENDING)
    return Delivery.objects.filter(due | left).exists()


@app.task(name="tasks.sweep")
def sweep() -> None:
    """Sends what waits; at most one message of each kind is outstanding."""
    now = timezone.now()
    try:
        sources = sources_left_behind(now)
        mail = _undelivered(now)
        works = Work.objects.filter(quarantined=None, since__lte=now - YOUNG).exists()
    except OperationalError as error:
        log.warning("store does not answer; trying again", reason=str(error).strip().splitlines()[0])
        return
    if sources:
        log.debug("left behind", sources=len(sources))
        send("tasks.ingest", [sources], queue=SWEPT, once=True)
    if mail:
        send("tasks.deliver", once=True)
    if works or rebuild_requested():
        send("tasks.sequence", once=True)
