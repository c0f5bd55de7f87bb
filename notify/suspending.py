"""Addresses and webhooks that nothing is sent to any more, and how that ends.

Told once, where it can be read: on the reader's pages, in the audit log, and of a webhook by mail. Never
by mail to the address that is refused.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from accounts.audit import record
from accounts.models import User
from notify.mail.make import address_message
from notify.models import Delivery, Reader, Webhook

log = structlog.get_logger()
_ACTOR = "deliverer"


def suspend_address(user: User, why: str, now: datetime) -> bool:
    """Nothing is sent to the user's address until `lift_address`; what waits is dropped. False: so already.

    Account mail is an exception: it is asked for by somebody who is at the keyboard now.
    """
    with transaction.atomic():
        reader, _ = Reader.objects.get_or_create(user=user)
        fresh = Reader.objects.filter(pk=reader.pk, suspended=None).update(
            suspended=now, suspended_why=why[:300]
        )
        waiting = Delivery.objects.filter(user=user, webhook=None, state=Delivery.State.WAITING)
        dropped = waiting.exclude(kind=Delivery.Kind.ACCOUNT).update(
            state=Delivery.State.DROPPED, said=f"nothing is sent to the address: {why}"[:500], ended=now
        )
        if fresh:
            record(_ACTOR, "address.suspend", user.email, origin="delivery", why=why, dropped=dropped)
            log.warning("address suspended", user=user.pk, dropped=dropped)
    return bool(fresh)


def lift_address(user: User, actor: str, origin: str = "page") -> bool:
    """The address is written to again. What was dropped stays so. False: it was not suspended."""
    with transaction.atomic():
        lifted = (
            Reader.objects.filter(user=user).exclude(suspended=None).update(suspended=None, suspended_why="")
        )
        if lifted:
            record(actor, "address.resume", user.email, origin=origin)
    return bool(lifted)


def suspend_webhook(webhook: Webhook, why: str, now: datetime) -> bool:
    """Nothing is posted to it until `lift_webhook`; its owner is told by mail. False: so already."""
    with transaction.atomic():
        fresh = Webhook.objects.filter(pk=webhook.pk, suspended=None).update(
            suspended=now, suspended_why=why[:300]
        )
        Delivery.objects.filter(webhook=webhook, state=Delivery.State.WAITING).update(
            state=Delivery.State.DROPPED, said=f"the webhook is suspended: {why}"[:500], ended=now
        )
        if fresh:
            record(_ACTOR, "webhook.suspend", f"webhook {webhook.pk}", origin="delivery", why=why)
            log.warning("webhook suspended", webhook=webhook.pk)
            _tell(webhook, why)
    return bool(fresh)


def lift_webhook(webhook: Webhook, actor: str, origin: str = "page") -> bool:
    """It gets alerts again. False: it was not suspended."""
    with transaction.atomic():
        lifted = (
            Webhook.objects.filter(pk=webhook.pk)
            .exclude(suspended=None)
            .update(suspended=None, suspended_why="")
        )
        if lifted:
            record(actor, "webhook.resume", f"webhook {webhook.pk}", origin=origin)
    return bool(lifted)


def _tell(webhook: Webhook, why: str) -> None:
    with translation.override(webhook.user.language):
        subject = gettext("Your webhook gets no more alerts")
        text = gettext(
            "horizonscan posts no more alerts to\n%(url)s\n\nThe last answer was: %(why)s\n\n"
            "Alerts by mail go on. Mend the webhook, then switch it on again on the page of your\n"
            "subscriptions."
        ) % {"url": webhook.url, "why": why}
    address_message(Delivery.Kind.NOTICE, webhook.user, subject, text)
