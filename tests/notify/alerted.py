"""Alerts with their rows of the ledger, as matching leaves them: waiting, without a body."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import User
from notify.mail.make import mail_row, webhook_row
from notify.models import Alert, Delivery, Subscription, Webhook
from tests.notify.made import NOW, reader, signal, subscription


def alert(
    title: str = "Ransomware at a port",
    *,
    user: User | None = None,
    of: Subscription | None = None,
    at: datetime = NOW,
    hook: Webhook | None = None,
    row: Delivery | None = None,
    words: list[list[str]] | None = None,
    why: str = Alert.Why.FIRST,
    severity: str = "D",
    owners: int = 1,
    **more: Any,
) -> Delivery:
    """One alert and the row that tells it; `row`: one more alert of a row that is there."""
    user = user or reader()
    asked = of or Subscription.objects.filter(user=user).first() or subscription(user)
    told = more.pop("told", None) or signal(title, severity=severity, at=at, **more)
    made = row or (webhook_row(Delivery.Kind.ALERT, hook) if hook else mail_row(Delivery.Kind.ALERT, user))
    if row is None:
        made.made = made.due = at
        made.save()
    Alert.objects.create(
        subscription=asked,
        signal=told,
        group=told.pk,
        why=why,
        severity=severity,
        owners=owners,
        rule="domain:cyber",
        words=words if words is not None else [["domain", "cyber"], ["", "ransomware"]],
        title=title,
        at=at,
        **{"webhook_delivery" if hook else "delivery": made},
    )
    return made


def again(row: Delivery) -> Delivery:
    """The row as it stands now."""
    return Delivery.objects.get(pk=row.pk)
