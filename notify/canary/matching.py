"""The canary in the match stage: a standing query for its text is percolated, and its message made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ingest.models import Fetch, Signal, Source
from notify.mail.make import mail_row
from notify.models import Canary, Delivery
from search.analysis import query
from search.document import build, facts_of
from search.percolate import Percolator

log = structlog.get_logger()


def matched(signal_ids: Sequence[int], now: datetime | None = None) -> set[int]:
    """Takes the canary's signals out of a batch in the match stage; returns their ids, which are nobody
    else's to match. The one whose text its standing query finds gets its message, once."""
    now = now or timezone.now()
    found = Signal.objects.filter(pk__in=list(signal_ids), source__kind=Source.Kind.CANARY)
    signals = list(found.select_related("source").order_by("pk"))
    for signal in signals:
        _match(signal, now)
    return {signal.pk for signal in signals}


def _match(signal: Signal, now: datetime) -> None:
    with transaction.atomic():
        row = Canary.objects.select_for_update().filter(nonce=signal.entry_id).first()
        if row is None or row.delivery_id is not None:
            return
        percolator: Percolator[str] = Percolator()
        percolator.put(row.nonce, query(row.nonce))
        row.signal, row.ingested = signal, signal.seen
        row.fetched = row.fetched or fetched_at(row, signal.source_id)
        if signal.pk not in percolator.match([build(facts_of(signal))], now).get(row.nonce, ()):
            log.error("the canary's standing query does not find it", canary=row.nonce)
            row.save(update_fields=["signal", "ingested", "fetched"])
            return
        row.matched = now
        row.delivery = _message(row, signal)
        row.save(update_fields=["signal", "ingested", "fetched", "matched", "delivery"])


def fetched_at(row: Canary, source_id: int) -> datetime | None:
    """When the first document since this canary began was fetched."""
    fetches = Fetch.objects.filter(source_id=source_id, received__gte=row.started)
    return fetches.order_by("received").values_list("received", flat=True).first()


def _message(row: Canary, signal: Signal) -> Delivery:
    """Its row in the ledger: to HORIZONSCAN_CANARY_TO, else (no address) to the internal sink."""
    delivery = mail_row(Delivery.Kind.CANARY, None, settings.HORIZONSCAN_CANARY_TO)
    delivery.language = "en"
    delivery.subject = signal.title[:300]
    stations = (("started", row.started), ("fetched", row.fetched), ("ingested", row.ingested))
    times = "\n".join(f"{name:<9} {at:%Y-%m-%d %H:%M:%S} UTC" for name, at in stations if at is not None)
    delivery.text = (
        f"{signal.title}\n\n{signal.excerpt}\n\n{times}\nmatched   {row.matched:%Y-%m-%d %H:%M:%S} UTC\n\n"
        "Sent by horizonscan, which proves in this way that what it fetches can reach a reader.\n"
    )
    delivery.save(force_insert=True)
    return delivery
