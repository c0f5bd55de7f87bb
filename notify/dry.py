"""What a subscription would have told: its alerts of the last days, by the real decider on what is stored.

The index says which signals meet the rule (it finds exactly what percolation finds), SQL how they stood, and
the decider of alerts goes through them in the order in which they were first seen, with the cool-down, the
cap and what the reader's other subscriptions really sent. Of the past only the present judgement is known: a
severity that rose later counts from the start.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db.models import Min
from django.utils import timezone

from ingest.models import Signal
from ingest.relate.waiting import uncollected
from notify.alerting import OLD, Candidate, Desk, Recipient, may_alert, urgency
from notify.circumstances import recipient
from notify.history import Past, past
from notify.meeting import meeting
from notify.models import Alert, Subscription

DAYS = 14


@dataclass(frozen=True, slots=True)
class Item:
    """One alert there would have been; `held`: cooldown or cap, it would have stood in the digest instead."""

    at: datetime
    signal: int
    group: int
    title: str
    severity: str
    owners: int
    why: str
    held: str


@dataclass(frozen=True, slots=True)
class DryRun:
    """`fired` of the `items` (newest first) would have been sent, the others held for the digest.

    `matched` signals meet the rule in that time, quiet ones too. `days_held`: how many days of history there
    are, at most those asked for. `seconds`: how long it took.
    """

    fired: int
    items: Sequence[Item]
    days_held: float
    matched: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class _Event:
    """What made the match stage look at a signal; `signal` None: another rule of the reader's sent."""

    at: datetime
    signal: Past | None
    group: int = 0
    owner: str = ""
    order: tuple[int, datetime, int] = field(default=(0, datetime.min.replace(tzinfo=UTC), 0))


def dry_run(subscription: Subscription, now: datetime | None = None, days: int = DAYS) -> DryRun:
    """What it would have told in the last `days` days; it need not be stored.

    Of a daily subscription each group counts once: the digest has it. Raises QueryError, EngineUnavailable,
    IndexMissing.
    """
    started = time.perf_counter()
    now = now or timezone.now()
    begins = now - timedelta(days=days)
    # What was told in the days before decides what is told again.
    with uncollected():
        ids = meeting(subscription, begins - OLD, now)
        found = past(subscription, ids, begins - OLD)
        items = _replayed(subscription, found, begins, now)
    oldest = Signal.objects.aggregate(oldest=Min("seen"))["oldest"]
    held = (now - oldest) / timedelta(days=1) if oldest is not None else 0.0
    return DryRun(
        fired=sum(not item.held for item in items),
        items=items[::-1],
        days_held=round(min(float(days), max(0.0, held)), 1),
        matched=sum(each.seen >= begins for each in found.values()),
        seconds=time.perf_counter() - started,
    )


def _replayed(
    subscription: Subscription, found: dict[int, Past], begins: datetime, now: datetime
) -> list[Item]:
    who = recipient(subscription) if subscription.user_id else Recipient(0)
    daily = subscription.mode == Subscription.Mode.DAILY
    events = [*_events(found, now), *([] if daily else _others(subscription, begins))]
    events.sort(key=lambda event: (event.at, event.order))
    desk, items, listed = Desk(), [], set[int]()
    for event in events:
        if event.signal is None:
            desk.spent(who, event.owner, event.at)
            continue
        signal = event.signal
        severity, owners = signal.group.stood(event.at)
        if daily:
            why, held = "" if signal.group.root in listed else "first", ""
            listed.add(signal.group.root)
        else:
            decision = desk.decide(_candidate(who, signal, severity, owners), event.at)
            why, held = (decision.why, decision.held) if decision is not None else ("", "")
        if why and event.at >= begins:
            root = signal.group.root
            items.append(Item(event.at, signal.signal, root, signal.title, severity, owners, why, held))
    return items


def _candidate(who: Recipient, signal: Past, severity: str, owners: int) -> Candidate:
    group = signal.group
    return Candidate(
        subscription=0,
        recipient=who,
        signal=signal.signal,
        group=group.root,
        story=group.story,
        severity=severity,
        owners=owners,
        owner=signal.owner,
        members=frozenset((group.root,)),
    )


def _events(found: dict[int, Past], now: datetime) -> Iterator[_Event]:
    """When the match stage looked at each group, with what mattered most of it then: whenever one of it was
    first seen, or reported by others."""
    groups: dict[int, list[Past]] = {}
    for signal in found.values():
        groups.setdefault(signal.group.root, []).append(signal)
    for signals in groups.values():
        signals.sort(key=lambda signal: urgency(signal.severity, signal.seen, signal.signal))
        for at in {when for when, *_ in signals[0].group.told if when <= now}:
            for signal in signals:
                if signal.seen <= at and may_alert(signal.quiet, signal.seen, None, at):
                    severity, _ = signal.group.stood(at)
                    yield _Event(at, signal, order=urgency(severity, signal.seen, signal.signal))
                    break


def _others(subscription: Subscription, begins: datetime) -> Iterator[_Event]:
    """What the reader's other subscriptions sent: it counts for the cap."""
    if not subscription.user_id:
        return
    rows = Alert.objects.filter(subscription__user=subscription.user_id, at__gte=begins, held="")
    seen: set[tuple[int, datetime]] = set()
    for group, at, owner, slug in rows.exclude(subscription=subscription.pk or 0).values_list(
        "group", "at", "signal__source__owner", "signal__source__slug"
    ):
        if (group, at) not in seen:
            seen.add((group, at))
            yield _Event(at, None, group, owner or slug or "")
