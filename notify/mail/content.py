"""What a row of the ledger says, by its kind, and whether anybody still wants it."""

from __future__ import annotations

from django.utils import translation

from notify import webhook
from notify.mail import alert, unsubscribe
from notify.mail.frame import origin
from notify.mail.message import Unsendable, Words, unsubscribing
from notify.models import Alert, Delivery, Reader

Kind = Delivery.Kind


def unwanted(row: Delivery) -> str:
    """Why a waiting row is not sent after all; empty where it is. Decided at the last moment before sending.

    A row's words are English, like those of the servers beside which the operator reads them.
    """
    if row.kind == Kind.CANARY:
        return ""
    if row.webhook is None and not row.address:
        return "its webhook was removed"
    user = row.user
    if user is None:
        return "the account was removed"
    if not user.is_active:
        return "the account is closed"
    if row.webhook is not None and (not row.webhook.enabled or row.webhook.suspended is not None):
        return "the webhook is switched off or suspended"
    reader: Reader | None = getattr(user, "reader", None)
    if row.webhook is None and reader is not None:
        if reader.suspended is not None and row.kind != Kind.ACCOUNT and _same(row.address, user.email):
            return f"nothing is sent to the address: {reader.suspended_why}"[:500]
        if row.kind == Kind.DIGEST and not reader.digest:
            return "the reader stopped the digest"
    if row.kind == Kind.ALERT and not _alerts(row, wanted=True):
        return "its subscriptions are paused or deleted" if _alerts(row) else "it tells of nothing any more"
    return ""


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _alerts(row: Delivery, *, wanted: bool = False) -> bool:
    rows = Alert.objects.filter(**{"delivery" if row.webhook is None else "webhook_delivery": row})
    if wanted:
        rows = rows.filter(subscription__deleted=None, subscription__paused=None)
    return rows.exists()


def words(row: Delivery) -> Words:
    """The words of a row, those it has already first. Raises Unsendable where there are none to be had."""
    if row.text:
        return Words(row.subject, row.text, row.html, row.headers)
    if row.webhook is not None:
        if row.kind != Kind.ALERT:
            raise Unsendable(f"a webhook is told no {row.kind}")
        return Words("", webhook.body(row.message_id, row.kind, row.made, webhook.alert_data(row, origin())))
    if row.kind == Kind.ALERT:
        return alert.render(row)
    if row.kind == Kind.DIGEST:
        return _digest(row)
    raise Unsendable(f"a message of kind {row.kind} has no words")


def _digest(row: Delivery) -> Words:
    from notify.digest import render

    found = row.digests.first()
    if found is None or row.user_id is None:
        raise Unsendable("its digest was removed")
    with translation.override(row.language):
        made = render(found, row.language)
    headers = unsubscribing(unsubscribe.link(unsubscribe.DIGEST, row.user_id))
    return Words(made.subject, made.text, made.html, {**row.headers, **headers})
