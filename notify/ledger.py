"""The ledger of deliveries: who may send a row, and what its row says afterwards (invariant 10).

A row goes `waiting` → `sending` (with its body, its holder and until when it is held) in one committed
transaction, is sent, and its outcome is a second one. What a crash leaves `sending` is the one message
whose fate nobody knows: it is sent again under the same id, and marked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from notify.mail.message import Words
from notify.mail.transport import Outcome, Result
from notify.models import Delivery
from notify.suspending import suspend_address, suspend_webhook

log = structlog.get_logger()

State = Delivery.State
#: A sender that is silent for so long is gone. Longer than the slowest conversation with a mail server.
HELD = timedelta(minutes=10)
FIRST, LONGEST = timedelta(minutes=1), timedelta(hours=2)
#: With the waits above these last two days.
ATTEMPTS = 30
#: What is older when an outage ends helps nobody any more.
STALE = timedelta(days=2)
#: Who goes first: people waiting for a link, the proof that all works, what is urgent, the rest.
_ORDER = (
    Delivery.Kind.ACCOUNT,
    Delivery.Kind.CANARY,
    Delivery.Kind.ALERT,
    Delivery.Kind.NOTICE,
    Delivery.Kind.DIGEST,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a row stands after an attempt; `due`: None where that stays as it was.

    `counted`: it was an attempt at all; `suspend`: nothing more is sent to the address either.
    """

    state: Delivery.State
    said: str
    due: datetime | None = None
    counted: bool = True
    unsure: bool = False
    suspend: bool = False


def pause(attempts: int) -> timedelta:
    """How long after that many attempts the next one comes: a minute, doubling to two hours."""
    doubled: timedelta = FIRST * 2 ** min(max(attempts - 1, 0), 10)
    return min(doubled, LONGEST)


def decide(attempts: int, outcome: Outcome, now: datetime, *, webhook: bool = False) -> Verdict:
    """What follows from an outcome; `attempts` before this one."""
    said, result = outcome.said[:500], outcome.result
    if result is Result.SENT:
        return Verdict(State.SENT, said)
    if result in (Result.REFUSED, Result.GONE):
        return Verdict(State.FAILED, said, suspend=result is Result.GONE)
    if result is Result.DOWN:
        return Verdict(State.WAITING, said, counted=False)
    unsure = result is Result.UNSURE
    if attempts + 1 >= ATTEMPTS:
        # A URL that never answered in two days is not asked again for the next alert.
        return Verdict(
            State.FAILED,
            f"given up after {attempts + 1} attempts: {said}"[:500],
            unsure=unsure,
            suspend=webhook,
        )
    wait = max(pause(attempts + 1), timedelta(seconds=outcome.after))
    return Verdict(State.WAITING, said, due=now + wait, unsure=unsure)


def due(now: datetime, *, webhooks: bool, limit: int, but: Iterable[int] = ()) -> list[Delivery]:
    """Rows to send next: mail, or events of webhooks other than those of `but`."""
    rank = Case(
        *(When(kind=kind, then=Value(place)) for place, kind in enumerate(_ORDER)),
        default=Value(len(_ORDER)),
        output_field=IntegerField(),
    )
    rows = waiting(webhooks=webhooks).filter(due__lte=now)
    if webhooks:
        rows = rows.exclude(webhook__in=list(but))
    ordered = rows.select_related("user__reader", "webhook").order_by(rank, "due", "pk")
    return list(ordered[:limit])


def waiting(*, webhooks: bool = False) -> QuerySet[Delivery]:
    """All that waits, due or not."""
    return Delivery.objects.filter(state=State.WAITING, webhook__isnull=not webhooks)


def claim(row: Delivery, words: Words, holder: str, now: datetime) -> bool:
    """Makes a waiting row this holder's, with its body, before it is sent. False: somebody else has it."""
    mine = Delivery.objects.filter(pk=row.pk, state=State.WAITING, due__lte=now).update(
        state=State.SENDING,
        holder=holder,
        held_until=now + HELD,
        subject=words.subject,
        text=words.text,
        html=words.html,
        headers=words.headers,
    )
    row.subject, row.text, row.html, row.headers = words.subject, words.text, words.html, words.headers
    return bool(mine)


def left_behind(holder: str, now: datetime) -> list[Delivery]:
    """Rows that were being sent when their sender ended, now this holder's and marked as sent again.

    Its own at once: the process that had this name before is gone. Others' when their time is over.
    """
    lost = Q(holder=holder) | Q(held_until__lte=now)
    rows = Delivery.objects.filter(lost, state=State.SENDING).select_related("user__reader", "webhook")
    taken = []
    for row in rows.order_by("pk"):
        again = Delivery.objects.filter(lost, pk=row.pk, state=State.SENDING, held_until=row.held_until)
        # Counted, so that a message that ends its sender does not do so for ever.
        if again.update(holder=holder, held_until=now + HELD, resent=True, attempts=row.attempts + 1):
            row.attempts, row.resent = row.attempts + 1, True
            taken.append(row)
    return taken


def settle(row: Delivery, verdict: Verdict, holder: str, now: datetime) -> bool:
    """Writes the outcome, and what follows from it, in one transaction. False: the row was taken over."""
    with transaction.atomic():
        changed = {
            "state": verdict.state,
            "said": verdict.said,
            "attempts": row.attempts + int(verdict.counted),
            "holder": "",
            "held_until": None,
            "resent": row.resent or (verdict.unsure and verdict.state == State.WAITING),
        }
        if verdict.state == State.WAITING:
            changed["due"] = verdict.due or row.due
        else:
            changed |= {"ended": now, **_emptied(row)}
        mine = Delivery.objects.filter(pk=row.pk, state=State.SENDING, holder=holder).update(**changed)
        if not mine:
            log.warning("another deliverer took a message over while it was being sent", delivery=row.pk)
            return False
        if verdict.suspend:
            _suspend(row, verdict.said, now)
    return True


def _suspend(row: Delivery, why: str, now: datetime) -> None:
    if row.webhook is not None:
        suspend_webhook(row.webhook, why, now)
    elif row.user is not None and row.user.email.lower() == row.address.lower():
        suspend_address(row.user, why, now)


def drop(row: Delivery, why: str, now: datetime) -> None:
    """A waiting row is not sent at all."""
    Delivery.objects.filter(pk=row.pk, state=State.WAITING).update(
        state=State.DROPPED, said=why[:500], ended=now, **_emptied(row)
    )


def _emptied(row: Delivery) -> dict[str, str]:
    """One-time links are kept no longer than it takes to send them."""
    return {"text": "", "html": ""} if row.kind == Delivery.Kind.ACCOUNT else {}


def postpone(webhook: int, until: datetime) -> None:
    """What else waits for a webhook that failed waits as long: one attempt tells how all would end."""
    waiting(webhooks=True).filter(webhook=webhook, due__lt=until).update(due=until)


def outage(said: str, now: datetime) -> int:
    """The mail server is down: what waits says so, what waited too long has failed. How many wait."""
    rows = waiting().exclude(address="")
    old = rows.filter(made__lte=now - STALE)
    old.filter(kind=Delivery.Kind.ACCOUNT).update(text="", html="")
    old.update(state=State.FAILED, said=f"given up after two days: {said}"[:500], ended=now)
    rows.filter(due__lte=now).exclude(said=said).update(said=said[:500])
    return rows.count()
