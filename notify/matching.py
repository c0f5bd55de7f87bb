"""The match stage: which subscriptions waiting signals meet, and which of those become alerts.

It stands between relate and index and asks no server. A batch is percolated without a lock; then one short
transaction writes the Match rows (of instant and of daily subscriptions: digests are made of them), the
alerts with their ledger rows, and takes the signals out of the queue. Killed anywhere it has done all of a
batch or nothing; what changed meanwhile stays queued and is matched again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from ingest.models import Signal, Source, Work
from ingest.outbox import one_writer
from ingest.quarantine import failed
from ingest.rows import insert
from notify import broken, standing, telling
from notify.canary.matching import matched as canaries_matched
from notify.circumstances import CHUNK, Circumstances, chunks, standings
from notify.models import Match, Subscription
from notify.rules import muted
from notify.words import Reading
from search.document import SearchDocument
from search.indexing import documents_of
from search.values import UNREADABLE

log = structlog.get_logger()

BATCH = 200
#: What a signal that cannot be matched may raise; anything else is a fault of the store.
_BAD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
Words = list[list[str]]


@dataclass(slots=True)
class Matched:
    """What a run did: `signals` dealt with, `alerts` recorded (held ones too), `deliveries` made."""

    signals: int = 0
    alerts: int = 0
    deliveries: int = 0


@dataclass(slots=True)
class _Batch:
    """One batch, percolated: by (subscription, signal) the words that met, and the revisions read."""

    rows: Sequence[Work]
    revisions: dict[int, int] = field(default_factory=dict)
    met: dict[tuple[int, int], Words] = field(default_factory=dict)
    asked: frozenset[int] = frozenset()
    canaries: list[int] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)


def match_waiting(limit: int = 200, now: datetime | None = None) -> int:
    """Matches up to `limit` waiting signals, longest waiting first; returns how many it dealt with.

    A signal that waits to be related is left until it is: what it repeats decides whether it alerts. One
    that fails three times is quarantined. 0 as well where a file of names is broken: nothing is lost then.
    """
    return match_some(limit, now).signals


def match_some(limit: int = 200, now: datetime | None = None) -> Matched:
    """Like `match_waiting`, and says what came of it."""
    done = Matched()
    try:
        found = standing.standing()
        clock = now or timezone.now()
        done.deliveries += broken.mark(found.refresh(), clock)
        while done.signals < limit:
            rows = _waiting(min(BATCH, limit - done.signals))
            if not rows:
                break
            before = done.signals
            _match(rows, found, done, now or timezone.now())
            if done.signals == before:
                break
    except UNREADABLE as error:
        log.error("matching waits", reason=str(error)[:200])
    return done


def _waiting(limit: int) -> list[Work]:
    relating = Work.objects.filter(
        signal=OuterRef("signal"), stage=Work.Stage.RELATE, quarantined__isnull=True
    )
    rows = Work.objects.filter(~Exists(relating), stage=Work.Stage.MATCH, quarantined__isnull=True)
    return list(rows.order_by("pk").only("pk", "signal_id", "revision", "attempts", "stage")[:limit])


def _match(rows: Sequence[Work], found: standing.Standing, done: Matched, now: datetime) -> None:
    try:
        _round(rows, found, done, now)
    except UNREADABLE:
        raise
    except _BAD as error:
        if len(rows) == 1:
            failed(rows[0], f"{type(error).__name__}: {error}")
            done.signals += 1
            return
        # One of them is bad: one by one, so that it alone pays for it.
        for row in rows:
            _match([row], found, done, now)


def _round(rows: Sequence[Work], found: standing.Standing, done: Matched, now: datetime) -> None:
    batch = _percolated(rows, found, done, now)
    with transaction.atomic():
        one_writer()
        alerts, deliveries = _write(batch, now)
    done.signals += len(rows)
    done.alerts += alerts
    done.deliveries += deliveries


def _percolated(rows: Sequence[Work], found: standing.Standing, done: Matched, now: datetime) -> _Batch:
    batch = _Batch(rows)
    ids = [row.signal_id for row in rows]
    canary = Signal.objects.filter(pk__in=ids, source__kind=Source.Kind.CANARY)
    there = dict(Signal.objects.filter(pk__in=ids).values_list("pk", "revision"))
    batch.canaries = list(canary.values_list("pk", flat=True))
    batch.gone = [pk for pk in ids if pk not in there]
    batch.revisions = {pk: there[pk] for pk in batch.canaries if pk in there}
    ordinary = [pk for pk in there if pk not in batch.revisions]
    if not len(found):
        batch.revisions = there
        return batch
    documents, unbuildable = documents_of(ordinary)
    # A document that cannot be built counts against its signal alone.
    for row in rows:
        if row.signal_id in unbuildable:
            failed(row, unbuildable[row.signal_id])
    by_id = {document.id: document for document in documents}
    met, bad = found.match(documents, now)
    done.deliveries += broken.mark(bad, now)
    batch.asked = frozenset(found.queries)
    batch.met = _met(met, found, by_id, now)
    batch.revisions |= {document.id: document.revision for document in documents}
    return batch


def _met(
    met: Mapping[int, Sequence[int]],
    found: standing.Standing,
    documents: Mapping[int, SearchDocument],
    now: datetime,
) -> dict[tuple[int, int], Words]:
    """By (subscription, signal) the words; rules that are written alike are looked at once."""
    readings = {pk: Reading(document, now) for pk, document in documents.items()}
    known: dict[tuple[str, int], Words] = {}
    result: dict[tuple[int, int], Words] = {}
    for subscription, signals in met.items():
        rule = found.queries[subscription]
        for signal in signals:
            said = known.get((rule.text, signal))
            if said is None:
                said = readings[signal].words(rule)
                known[rule.text, signal] = said
            result[subscription, signal] = said
    return result


def _write(batch: _Batch, now: datetime) -> tuple[int, int]:
    """Writes what a batch came to, in the caller's transaction. Returns (alerts, deliveries)."""
    same = _unchanged(batch.revisions)
    how = standings(same.difference(batch.canaries)) if batch.asked else {}
    kin = _kin(how)
    how |= standings({signal for _, signal in kin})
    pairs = {pair: said for pair, said in batch.met.items() if pair[1] in how} | kin
    subscriptions = _subscriptions({subscription for subscription, _ in pairs})
    pairs = {
        (subscription, signal): said
        for (subscription, signal), said in pairs.items()
        if subscription in subscriptions
        and signal in how
        and not _muted(subscriptions[subscription], how[signal])
    }
    _write_matches({pair: pairs[pair] for pair in pairs if pair not in kin}, batch.asked, same, now)
    told = telling.tell(pairs, subscriptions, how, now)
    deliveries = told.deliveries
    if canaries := [pk for pk in batch.canaries if pk in same]:
        deliveries += len(canaries_matched(canaries, now))
    _done(batch, same)
    return told.alerts, deliveries


def _kin(how: Mapping[int, Circumstances]) -> dict[tuple[int, int], Words]:
    """What the rest of these signals' groups met earlier: a signal that joins, whatever it meets itself, may
    be one owner more, or raise the group's severity."""
    others = {member for each in how.values() for member in each.members if len(each.members) > 1}
    found: dict[tuple[int, int], Words] = {}
    for part in chunks(others.difference(how)):
        rows = Match.objects.filter(signal__in=part, subscription__mode=Subscription.Mode.INSTANT)
        for subscription, signal, said in rows.values_list("subscription_id", "signal_id", "words"):
            found[subscription, signal] = said
    return found


def _unchanged(revisions: Mapping[int, int]) -> set[int]:
    """Those that still are as they were read; the others are queued anew by whoever changed them."""
    rows = Signal.objects.filter(pk__in=list(revisions)).values_list("pk", "revision")
    return {pk for pk, revision in rows if revision == revisions[pk]}


def _subscriptions(ids: set[int]) -> dict[int, Subscription]:
    """Those of them that still stand, as the store has them now."""
    found: dict[int, Subscription] = {}
    for part in chunks(ids, CHUNK):
        rows = Subscription.objects.filter(
            pk__in=part, paused=None, deleted=None, broken="", user__is_active=True
        )
        found.update((row.pk, row) for row in rows.select_related("user__reader", "webhook__user"))
    return found


def _muted(subscription: Subscription, how: Circumstances) -> bool:
    return muted(subscription, how.members, how.sources)


def _write_matches(
    met: Mapping[tuple[int, int], Words], asked: frozenset[int], signals: set[int], now: datetime
) -> None:
    """Makes the signals' rows what they met. A row that stays keeps its time; those of subscriptions that
    were not asked (paused ones) stay as they are."""
    there = {
        (subscription, signal): (pk, said)
        for pk, subscription, signal, said in Match.objects.filter(signal__in=list(signals)).values_list(
            "pk", "subscription_id", "signal_id", "words"
        )
    }
    gone = [pk for pair, (pk, _) in there.items() if pair not in met and pair[0] in asked]
    for part in chunks(gone):
        Match.objects.filter(pk__in=part).delete()
    rows = [
        {"subscription_id": subscription, "signal_id": signal, "words": said, "at": now}
        for (subscription, signal), said in met.items()
        if (subscription, signal) not in there
    ]
    insert(Match, rows)
    for pair, said in met.items():
        if pair in there and there[pair][1] != said:
            Match.objects.filter(pk=there[pair][0]).update(words=said)


def _done(batch: _Batch, same: set[int]) -> None:
    """Takes out of the queue what was matched as it stands, and what is no more."""
    rows = [row for row in batch.rows if row.signal_id in same]
    rows.sort(key=lambda row: batch.revisions[row.signal_id])
    for revision, alike in groupby(rows, key=lambda row: batch.revisions[row.signal_id]):
        Work.objects.filter(pk__in=[row.pk for row in alike], revision__lte=revision).delete()
    if batch.gone:
        Work.objects.filter(stage=Work.Stage.MATCH, signal__in=batch.gone).delete()
