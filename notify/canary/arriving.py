"""The end of the way: the mail server took the canary's message, or the internal sink read it."""

from __future__ import annotations

import re
from datetime import datetime

import structlog
from django.db.models import Max

from accounts.audit import record
from notify.canary.starting import LENGTH, MARK
from notify.models import Canary, Delivery

log = structlog.get_logger()

_NONCE = re.compile(rf"\b{MARK}[a-z]{{{LENGTH}}}\b")


def sink(delivery: Delivery, now: datetime) -> bool:
    """Reads a message as it would have been sent; whether the canary it belongs to arrived with it.

    A message that does not hold its canary's text proves nothing, and is told as an error.
    """
    nonces = set(_NONCE.findall(f"{delivery.subject}\n{delivery.text}"))
    row = Canary.objects.filter(delivery=delivery, nonce__in=nonces).first()
    if row is None:
        log.error("a message to the canary's sink holds no canary", delivery=delivery.pk)
        return False
    return arrived(delivery, now)


def arrived(delivery: Delivery, now: datetime) -> bool:
    """Notes that the canary of this message arrived; the first time counts. Ends an alarm, if one stands."""
    row = Canary.objects.filter(delivery=delivery).first()
    if row is None or not Canary.objects.filter(pk=row.pk, arrived=None).update(arrived=now, said=""):
        return False
    seconds = (now - row.started).total_seconds()
    log.info("canary arrived", seconds=round(seconds, 1))
    before = Canary.objects.exclude(pk=row.pk).aggregate(at=Max("arrived"))["at"]
    alarms = Canary.objects.exclude(failed=None)
    if (alarms if before is None else alarms.filter(failed__gt=before)).exists():
        log.warning("canary arrives again", seconds=round(seconds, 1))
        record("canary", "canary.arrives-again", row.nonce, origin="schedule", seconds=round(seconds, 1))
    return True
