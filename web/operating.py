"""What an operator must see: what answers, what waits and for how long, what is stuck, what was proved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from config.celery import QUEUES, waiting
from ingest import quarantine
from ingest.models import Fetch, Signal, Source, Work
from notify import canary
from notify.models import Canary, Delivery, Reader, Webhook
from search import engines
from search.core import Everything
from search.engine import EngineError, EngineUnavailable, IndexMissing, Request

#: A stage whose oldest waits so long is behind.
LATE = timedelta(minutes=2)
CANARIES = 12
#: Quarantined things that are listed.
LISTED = 50


@dataclass(frozen=True, slots=True)
class Stage:
    """What waits for one stage. `late`: its oldest has waited longer than it should."""

    name: str
    waiting: int
    oldest: datetime | None
    late: bool


def queues() -> tuple[list[tuple[str, int]], str]:
    """Messages by queue, and why that cannot be said (empty where it can)."""
    try:
        return [(name, waiting(name)) for name in QUEUES], ""
    except (OperationalError, RedisError, OSError) as error:
        return [], (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def stages(now: datetime) -> list[Stage]:
    """Fetches to read, signals at each stage, messages to send."""
    fetches = Fetch.objects.filter(state=Fetch.State.WAITING).aggregate(n=Count("id"), at=Min("received"))
    found = [("ingest", fetches["n"], fetches["at"])]
    rows = Work.objects.filter(quarantined=None).order_by().values("stage")
    works: dict[str, Any] = {row["stage"]: row for row in rows.annotate(n=Count("id"), at=Min("since"))}
    for name in Work.Stage.values:
        row = works.get(name, {"n": 0, "at": None})
        found.append((name, row["n"], row["at"]))
    sending = Delivery.objects.filter(state__in=[Delivery.State.WAITING, Delivery.State.SENDING])
    mails = sending.aggregate(n=Count("id"), at=Min("made"))
    found.append(("deliver", mails["n"], mails["at"]))
    return [Stage(name, n, at, at is not None and now - at > LATE) for name, n, at in found]


@dataclass(frozen=True, slots=True)
class Index:
    """The index beside the store; `trouble` is one line, empty where it answers."""

    engine: str
    documents: int | None
    signals: int
    trouble: str


def index() -> Index:
    engine = engines.reader()
    signals = Signal.objects.exclude(source__kind=Source.Kind.CANARY).count()
    try:
        trouble = engine.trouble() or ""
        documents = None if trouble else engine.search(Request(Everything(), limit=1)).total
    except (EngineUnavailable, IndexMissing, EngineError) as error:
        return Index(engine.name, None, signals, (str(error).strip().splitlines() or ["?"])[0][:200])
    return Index(engine.name, documents, signals, trouble)


def overview(now: datetime | None = None) -> dict[str, Any]:
    """Everything on the operator's page."""
    now = now or timezone.now()
    found, down = queues()
    stuck: Sequence[quarantine.Quarantined] = quarantine.listing()
    states = dict(Delivery.objects.order_by().values_list("state").annotate(Count("pk")))
    return {
        "queues": found,
        "broker_down": down,
        "stages": stages(now),
        "index": index(),
        "stuck": stuck[:LISTED],
        "stuck_total": len(stuck),
        "states": [(state, states.get(state, 0)) for state in Delivery.State.values],
        "last_sent": Delivery.objects.filter(state=Delivery.State.SENT).order_by("-ended").first(),
        "proof": canary.proof(now),
        "canaries": Canary.objects.select_related("delivery")[:CANARIES],
        "suspended": Reader.objects.exclude(suspended=None).select_related("user").order_by("suspended"),
        "hooks": Webhook.objects.exclude(suspended=None).select_related("user").order_by("suspended"),
        "outbox": not settings.EMAIL_URL,
        "now": now,
    }
