"""From matches to alerts: who is told of what now, with the rows of the ledger, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.rows import insert
from notify.alerting import Candidate, Decision, may_alert, urgency
from notify.circumstances import Circumstances, desk, recipient
from notify.mail.make import mail_row, webhook_row
from notify.models import Alert, Delivery, Subscription
from notify.rules import query_text

Pair = tuple[int, int]


@dataclass(slots=True)
class Told:
    """`alerts` recorded, held ones too; `deliveries` made."""

    alerts: int = 0
    deliveries: int = 0


def tell(
    met: Mapping[Pair, Sequence[Sequence[str]]],
    subscriptions: Mapping[int, Subscription],
    how: Mapping[int, Circumstances],
    now: datetime,
) -> Told:
    """Decides on matches and writes alerts and deliveries; the caller's transaction holds it all.

    `met` is by (subscription, signal) the words; `how` says how each signal stands.
    """
    chosen = _chosen(met, subscriptions, how, now)
    if not chosen:
        return Told()
    asked = [subscriptions[pk] for pk in {subscription for subscription, _ in chosen}]
    book = desk(asked, [how[signal] for _, signal in chosen], now)
    made: list[Alert] = []
    for subscription, signal in chosen:
        found = candidate(subscriptions[subscription], how[signal])
        decision = book.decide(found, now)
        if decision is not None:
            said = [list(each) for each in met[subscription, signal]]
            made.append(_alert(subscriptions[subscription], how[signal], decision, said, now))
    deliveries = _deliveries([alert for alert in made if not alert.held], now)
    insert(Alert, [_row(alert) for alert in made])
    return Told(len(made), deliveries)


def candidate(subscription: Subscription, how: Circumstances) -> Candidate:
    """A subscription and a signal as the decider takes them."""
    return Candidate(
        subscription=subscription.pk or 0,
        recipient=recipient(subscription),
        signal=how.signal,
        group=how.group,
        story=how.story,
        severity=how.severity,
        owners=how.owners,
        owner=how.owner,
        members=how.members,
    )


def _chosen(
    met: Iterable[Pair],
    subscriptions: Mapping[int, Subscription],
    how: Mapping[int, Circumstances],
    now: datetime,
) -> list[Pair]:
    """One signal a subscription and group, what matters most first: where places are few it has them."""
    best: dict[Pair, int] = {}
    for pk, signal in met:
        subscription, found = subscriptions[pk], how[signal]
        if subscription.mode != Subscription.Mode.INSTANT:
            continue
        if not may_alert(found.quiet, found.seen, subscription.since, now):
            continue
        key = (pk, found.group)
        held = how.get(best.get(key, 0))
        if held is None or _urgency(found, found.own_severity) < _urgency(held, held.own_severity):
            best[key] = signal
    chosen = [(pk, signal) for (pk, _), signal in best.items()]
    return sorted(chosen, key=lambda pair: (*_urgency(how[pair[1]], how[pair[1]].severity), pair[0]))


def _urgency(how: Circumstances, severity: str) -> tuple[int, datetime, int]:
    return urgency(severity, how.seen, how.signal)


def _alert(
    subscription: Subscription, how: Circumstances, decision: Decision, words: list[list[str]], now: datetime
) -> Alert:
    return Alert(
        subscription=subscription,
        signal_id=how.signal,
        group=how.group,
        why=decision.why,
        severity=how.severity,
        owners=how.owners,
        rule=query_text(subscription),
        words=words,
        title=how.title,
        at=now,
        held=decision.held,
    )


def _row(alert: Alert) -> dict[str, Any]:
    return {field.attname: getattr(alert, field.attname) for field in Alert._meta.concrete_fields[1:]}


def _deliveries(alerts: Sequence[Alert], now: datetime) -> int:
    """Gives each alert its ledger rows: one mail a user and group, one event a webhook and group."""
    mails: dict[Pair, Delivery] = {}
    events: dict[Pair, Delivery] = {}
    for alert in alerts:
        subscription = alert.subscription
        key = (subscription.user_id, alert.group)
        if subscription.by_mail and key not in mails:
            mails[key] = mail_row(Delivery.Kind.ALERT, subscription.user)
        hook = subscription.webhook
        if hook is not None and hook.enabled and hook.suspended is None:
            key = (hook.pk, alert.group)
            if key not in events:
                events[key] = webhook_row(Delivery.Kind.ALERT, hook)
    rows = [*mails.values(), *events.values()]
    for row in rows:
        row.made = row.due = now
    Delivery.objects.bulk_create(rows)
    for alert in alerts:
        subscription = alert.subscription
        if subscription.by_mail:
            alert.delivery = mails[subscription.user_id, alert.group]
        if subscription.webhook_id is not None:
            alert.webhook_delivery = events.get((subscription.webhook_id, alert.group))
    return len(rows)
