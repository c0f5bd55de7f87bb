"""Digests made: each in one transaction with what it told and its ledger row, once a reader and date.

Whoever is killed before the commit has done nothing, and the next look makes it. Of two processes that
make the same one, the store's constraint lets one through; the other's is thrown away whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from crawlers import coverage
from ingest.judge.parts import CARIBBEAN
from ingest.rows import insert
from notify import canary
from notify.digest.compose import Composed, compose, domains_of, seen
from notify.digest.content import Content, Sight
from notify.digest.gather import Reading
from notify.digest.schedule import Due, Plan, moment, plan, zone_of
from notify.digest.window import window
from notify.mail.make import mail_row
from notify.models import Alert, Delivery, Digest, Told
from search.values import UNREADABLE

log = structlog.get_logger()

HOUR = 7


def make_due(now: datetime) -> int:
    """Makes every digest that is due at `now`; how many were made. Days missed for good are rolled over."""
    waiting = _waiting(now)
    reading, made = Reading(now), 0
    for user, found in waiting:
        try:
            made += _make(user, found, reading)
        except UNREADABLE as error:
            log.error("digests wait", reason=str(error)[:200])
            break
    if made:
        log.info("digests made", count=made)
    return made


def make(user: User, now: datetime, day: date | None = None) -> Digest | None:
    """Makes one reader's digest of `day` (today where they live) now, due or not; None: it exists."""
    found = Due(day or _today(user, now), now, late=False)
    if not _make(user, Plan(found), Reading(now)):
        return None
    return Digest.objects.filter(user=user, date=found.date).first()


def preview(user: User, now: datetime | None = None, day: date | None = None) -> Content:
    """What the reader's digest would say if it were made now. Writes nothing."""
    now = now or timezone.now()
    if day is None:
        day = _today(user, now)
        if Digest.objects.filter(user=user, date=day).exclude(state=Digest.State.ROLLED).exists():
            day += timedelta(days=1)
    found = Due(day, now, late=False)
    return _composed(user, found, _missed(user, day), Reading(now)).content


def _today(user: User, now: datetime) -> date:
    return now.astimezone(zone_of(user.time_zone)).date()


def _waiting(now: datetime) -> list[tuple[User, Plan]]:
    """Readers for whom something is due, with what. Who has no settings yet gets the usual ones."""
    last = dict(Digest.objects.values_list("user").annotate(last=Max("date")).order_by())
    users = User.objects.filter(is_active=True).exclude(reader__digest=False).select_related("reader")
    found = []
    for user in users.order_by("pk"):
        each = plan(user.time_zone, hour(user), now, last.get(user.pk), user.joined)
        if each.due is not None or each.rolled:
            found.append((user, each))
    return found


def hour(user: User) -> int:
    """The local hour of their digest."""
    reader = getattr(user, "reader", None)
    return int(reader.digest_hour) if reader is not None else HOUR


def _make(user: User, found: Plan, reading: Reading) -> bool:
    """Writes what a plan says. False where another process was first, or nothing but a missed day is due.

    All is read before the transaction begins, so that it is short; of two that read, one writes.
    """
    made = None
    if found.due is not None:
        missed = sorted({*_missed(user, found.due.date), *found.rolled})
        made = _composed(user, found.due, missed, reading)
    try:
        with transaction.atomic():
            for day in found.rolled:
                _roll(user, day, reading.now)
            if made is not None:
                _write(user, made, reading.now)
    except IntegrityError:
        if Digest.objects.filter(user=user, date__in=_dates(found)).exists():
            return False
        raise
    return made is not None


def _dates(found: Plan) -> list[date]:
    return [*found.rolled, *([found.due.date] if found.due is not None else [])]


def _roll(user: User, day: date, now: datetime) -> None:
    at = min(moment(day, hour(user), user.time_zone), now)
    Digest.objects.create(
        user=user, date=day, zone=user.time_zone, state=Digest.State.ROLLED, begins=at, ends=at, made=now
    )


def _write(user: User, made: Composed, now: datetime) -> None:
    """In the caller's transaction: the digest first, so that who comes second fails at once."""
    content = made.content
    row = Digest.objects.create(
        user=user,
        date=content.date,
        zone=content.zone,
        state=Digest.State.LATE if content.late else Digest.State.MADE,
        begins=content.begins,
        ends=content.ends,
        made=now,
        content=content.json(),
    )
    letter = mail_row(Delivery.Kind.DIGEST, user)
    letter.made = letter.due = now
    letter.save(force_insert=True)
    row.delivery = letter
    row.save(update_fields=["delivery"])
    rows = [
        {
            "user_id": user.pk,
            "signal_id": root,
            "digest_id": row.pk,
            "severity": state.severity,
            "owners": state.owners,
            "parts": dict(state.parts),
        }
        for root, state in made.told.items()
    ]
    insert(Told, rows, conflict=("user_id", "signal_id"))
    for start in range(0, len(made.alerts), 5_000):
        Alert.objects.filter(pk__in=made.alerts[start : start + 5_000], digest=None).update(digest=row)


def _missed(user: User, day: date) -> tuple[date, ...]:
    """Dates since the last digest that was made whose own never was."""
    rows = Digest.objects.filter(user=user, date__lt=day)
    last = rows.exclude(state=Digest.State.ROLLED).aggregate(last=Max("date"))["last"]
    missed = rows.filter(state=Digest.State.ROLLED)
    if last is not None:
        missed = missed.filter(date__gt=last)
    since = day - timedelta(days=7)
    return tuple(missed.filter(date__gte=since).order_by("date").values_list("date", flat=True))


def _composed(user: User, due: Due, missed: Sequence[date], reading: Reading) -> Composed:
    ended = Digest.objects.filter(user=user, date__lt=due.date).exclude(state=Digest.State.ROLLED)
    span = window(reading.now, ended.aggregate(last=Max("ends"))["last"], user.joined)
    facts = reading.of(user, span)
    made = compose(facts, due.date, user.time_zone, due.at, due.late, missed)
    sight = _sight(domains_of(facts.subscriptions), reading.now)
    return Composed(seen(made.content, sight), made.told, made.alerts)


def _sight(domains: Sequence[str], now: datetime) -> Sight:
    """What could not be seen: of everything, of the reader's domains and of the Caribbean parts."""
    whole = coverage.coverage(now=now).groups[0]
    narrowed = coverage.coverage(domains, CARIBBEAN, now).groups
    gaps = [whole, *(each for each in narrowed if each.down)]
    last = canary.proof(now)
    return Sight(
        sources=whole.total,
        down=len(whole.down),
        unread=whole.new,
        sentences=tuple({language: each.sentence(language) for language in ("nl", "en")} for each in gaps),
        domains=tuple(each.id for each in narrowed if each.kind == "domain" and not each.total),
        parts=tuple(each.id for each in narrowed if each.kind == "part" and not each.total),
        proof_at=last.at,
        proof_seconds=last.seconds,
        proof_late=last.late,
        proof_said=last.said,
    )
