"""A changed subscription's Match rows of late, made anew: the next digest follows the rule as it stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction

from ingest.models import Signal
from ingest.outbox import one_writer
from ingest.rows import insert
from notify.circumstances import chunks, standings
from notify.meeting import meeting
from notify.models import Match, Subscription
from notify.rules import muted, read
from notify.words import Reading
from search.engine import EngineError, EngineUnavailable, IndexMissing
from search.indexing import documents_of
from search.query import QueryError

log = structlog.get_logger()

#: How far back it looks.
BACK = timedelta(hours=36)
#: Signals it looks at, newest first.
MOST = 1_000


def rematch(subscription: Subscription, now: datetime) -> int:
    """Makes its Match rows of the last day and a half what its rule now says; returns how many there are.

    Where the index does not answer the rows stay as they are: they are seen to when signals change.
    """
    if subscription.paused or subscription.deleted or subscription.broken:
        return 0
    try:
        ids = meeting(subscription, now - BACK, now)[:MOST]
    except (EngineUnavailable, IndexMissing, EngineError, QueryError) as error:
        # Only its kind: what a query or a search server says may quote the query, and those are never logged.
        kind = type(error).__name__
        log.warning("matches of a changed subscription wait", subscription=subscription.pk, reason=kind)
        return 0
    documents, _ = documents_of(ids)
    rule, how = read(subscription), standings(ids)
    rows: dict[int, dict[str, Any]] = {}
    for document in documents:
        stands = how.get(document.id)
        if stands is not None and not muted(subscription, stands.members, stands.sources):
            said = Reading(document, now).words(rule)
            rows[document.id] = {
                "subscription_id": subscription.pk,
                "signal_id": document.id,
                "words": said,
                "at": now,
            }
    with transaction.atomic():
        one_writer()
        recent = Match.objects.filter(subscription=subscription, signal__seen__gte=now - BACK)
        gone = [pk for pk, signal in recent.values_list("pk", "signal_id") if signal not in rows]
        for part in chunks(gone):
            Match.objects.filter(pk__in=part).delete()
        there = set(Signal.objects.filter(pk__in=list(rows)).values_list("pk", flat=True))
        kept = [row for signal, row in rows.items() if signal in there]
        insert(Match, kept, conflict=("subscription_id", "signal_id"))
    return len(rows)
