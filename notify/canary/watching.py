"""Watching the canary: where it is, the alarm where it is late, and what is no longer kept of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext

from accounts.audit import record
from accounts.models import User
from ingest import canary
from ingest.models import Entry, Fetch, Signal, SourceState, Work
from ingest.outbox import one_writer
from notify.canary.deciding import Way, stuck
from notify.canary.matching import fetched_at
from notify.canary.proof import interval, proof
from notify.mail.make import address_message
from notify.models import Canary, Delivery

log = structlog.get_logger()

#: How long the canary's signals are kept, …
SIGNALS = timedelta(hours=1)
#: … and what is left of them: when each began, where it was when, its message.
ROWS = timedelta(days=30)
#: After so long a canary that nobody fetched is made due again.
PATIENCE = timedelta(seconds=30)


def watch(now: datetime | None = None) -> bool:
    """Notes where the canary under way is; raises the alarm, once, where proof is late. Whether it is."""
    now = now or timezone.now()
    if not interval():
        return False
    newest = Canary.objects.order_by("-started", "-pk").first()
    if newest is not None and newest.arrived is None:
        _note(newest, now)
    found = proof(now)
    if found.late and newest is not None:
        _alarm(newest, found.said, now)
    return found.late


def _note(row: Canary, now: datetime) -> None:
    """Writes down the stations it has passed and where it is now."""
    way = _way(row)
    if way.fetch is None and row.source_id is not None and now - row.started > PATIENCE:
        # A poll that was under way when it began may have put its source off.
        SourceState.objects.filter(source=row.source_id, next_due__gt=now).update(next_due=now)
    row.said = stuck(way)[:300]
    open_rows = Canary.objects.filter(pk=row.pk, arrived=None)
    open_rows.update(said=row.said, fetched=row.fetched, ingested=row.ingested)


def _way(row: Canary) -> Way:
    """What each station has of it; also sets when it was there."""
    state = SourceState.objects.filter(source=row.source_id).first()
    fetch = (
        Fetch.objects.filter(source=row.source_id, received__gte=row.started)
        .order_by("received")
        .only("state", "error")
        .first()
    )
    signal = Signal.objects.filter(source=row.source_id, entry_id=row.nonce).only("seen").first()
    work = Work.objects.filter(signal=signal, stage=Work.Stage.MATCH).first() if signal is not None else None
    if fetch is not None and row.source_id is not None:
        row.fetched = row.fetched or fetched_at(row, row.source_id)
    if signal is not None:
        row.ingested = row.ingested or signal.seen
    polled = state is not None and state.last_polled is not None and state.last_polled >= row.started
    delivery = row.delivery
    return Way(
        polled=polled,
        poll_error=state.last_error if state is not None and polled else "",
        fetch=fetch.state if fetch is not None else None,
        fetch_error=fetch.error if fetch is not None else "",
        ingested=row.ingested is not None,
        waits=work is not None,
        work_error=work.error if work is not None else "",
        matched=row.matched is not None,
        delivery=delivery.state if delivery is not None else None,
        delivery_said=delivery.said if delivery is not None else "",
    )


def _alarm(row: Canary, said: str, now: datetime) -> None:
    """Told once from the last arrival to the next: in the log, in the audit log, to every administrator."""
    with transaction.atomic():
        one_writer()
        last = Canary.objects.exclude(arrived=None).order_by("-started", "-pk").first()
        told = Q(failed__isnull=False)
        if last is not None and last.arrived is not None:
            told &= Q(failed__gt=last.arrived)
        if Canary.objects.filter(told).exists():
            return
        Canary.objects.filter(pk=row.pk).update(failed=now)
        record("canary", "canary.late", row.nonce, result="failed", origin="schedule", said=said)
        for admin in User.objects.filter(role=User.Role.ADMIN, is_active=True).order_by("pk"):
            _tell(admin, said, last)
    log.error("the canary is late: what is fetched may not reach readers", said=said)


def _tell(admin: User, said: str, last: Canary | None) -> None:
    with translation.override(admin.language):
        proved = (
            gettext("The last proof arrived on {at} UTC.").format(at=f"{last.arrived:%Y-%m-%d %H:%M}")
            if last is not None and last.arrived is not None
            else gettext("No proof has arrived yet.")
        )
        text = "\n\n".join(
            (
                gettext(
                    "The canary is late: what is fetched may not reach readers as an alert or in a digest."
                ),
                gettext("Where it stuck: {said}.").format(said=said),
                proved,
                gettext("The operator's page and `horizonscan status` show what waits. Nothing is lost."),
            )
        )
        address_message(Delivery.Kind.NOTICE, admin, gettext("horizonscan: the canary is late"), f"{text}\n")


def tidy(now: datetime | None = None) -> int:
    """Removes the canary's signals after an hour and its rows after a month. Returns how many signals."""
    now = now or timezone.now()
    sources = canary.sources()
    old = list(
        Signal.objects.filter(source__in=sources, seen__lt=now - SIGNALS).values_list("pk", flat=True)[:500]
    )
    if old:
        with transaction.atomic():
            one_writer()
            # Without tombstones: a text that is never used again needs none.
            Entry.objects.filter(Q(signal__in=old) | Q(source__in=sources, signal=None)).delete()
            Signal.objects.filter(pk__in=old).delete()
    rows = Canary.objects.filter(started__lt=now - ROWS)
    if rows.exists():
        Delivery.objects.filter(kind=Delivery.Kind.CANARY, made__lt=now - ROWS).delete()
        rows.delete()
    return len(old)
