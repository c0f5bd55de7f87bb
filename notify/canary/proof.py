"""What the canary last proved, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from notify.models import Canary


@dataclass(frozen=True, slots=True)
class Proof:
    """`at` and `seconds` of the last canary that arrived (None: none ever did). `late`: an alarm stands."""

    at: datetime | None
    seconds: float | None
    late: bool
    said: str = ""


def proof(now: datetime | None = None) -> Proof:
    """The last proof. Late where none arrived within one and a half times the interval between them."""
    now = now or timezone.now()
    interval = timedelta(minutes=settings.HORIZONSCAN_CANARY_MINUTES)
    last = Canary.objects.exclude(arrived=None).order_by("-started").first()
    newest = Canary.objects.order_by("-started").first()
    said = newest.said if newest is not None and newest.arrived is None else ""
    if last is None or last.arrived is None:
        late = newest is not None and interval and newest.started < now - timedelta(minutes=5)
        return Proof(None, None, bool(late), said)
    seconds = (last.arrived - last.started).total_seconds()
    return Proof(last.arrived, seconds, bool(interval) and now - last.arrived > interval * 1.5, said)
