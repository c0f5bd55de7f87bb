"""What the canary last proved, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from notify.canary.deciding import Run, late
from notify.models import Canary

#: Rows that are looked at: more than enough to know when the present run of them began.
_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class Proof:
    """`at` and `seconds` (from start to arrival) of the last canary that arrived; None: none ever did.

    `late`: an alarm stands, and `said` is where the newest canary stuck, as far as is known.
    """

    at: datetime | None
    seconds: float | None
    late: bool
    said: str = ""


def interval() -> timedelta:
    """Between two canaries; zero where none are wanted."""
    return timedelta(minutes=settings.HORIZONSCAN_CANARY_MINUTES)


def proof(now: datetime | None = None) -> Proof:
    """The last proof, and whether the next is late."""
    now = now or timezone.now()
    rows = list(Canary.objects.only("started", "arrived", "said").order_by("-started", "-pk")[:_LOOKED_AT])
    last = next((row for row in rows if row.arrived is not None), None)
    if last is None and len(rows) == _LOOKED_AT:
        last = Canary.objects.exclude(arrived=None).order_by("-started", "-pk").first()
    runs = [Run(row.started, row.arrived) for row in rows]
    is_late = late(runs, last.arrived if last is not None else None, interval(), now)
    said = ""
    if is_late:
        said = rows[0].said if rows and rows[0].arrived is None else "no canary was started since"
    if last is None or last.arrived is None:
        return Proof(None, None, is_late, said)
    return Proof(last.arrived, (last.arrived - last.started).total_seconds(), is_late, said)
