"""Subscriptions that can be read no longer: marked, so that they stop, and said to their owner once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import structlog
from django.db import transaction

from notify.mail.frame import origin
from notify.mail.make import address_message
from notify.models import Delivery, Subscription
from notify.rules import problem, sentence

log = structlog.get_logger()

_SUBJECT = {
    "nl": "Uw abonnement werkt niet meer: {name}",
    "en": "Your subscription no longer works: {name}",
}
_TEXT = {
    "nl": """Uw abonnement “{name}” kan niet meer worden gelezen: {reason}.

Het staat stil: u krijgt er geen meldingen meer van en het draagt niets bij aan uw overzicht.
Verander de zoekvraag, dan werkt het weer.

{link}
""",
    "en": """Your subscription “{name}” can no longer be read: {reason}.

It stands still: it alerts you no longer and adds nothing to your digest.
Change its query and it works again.

{link}
""",
}


def mark(broken: Mapping[int, str], now: datetime) -> int:
    """Marks these subscriptions, each with why, and tells their owners. Returns how many had not been."""
    done = 0
    for pk, reason in broken.items():
        with transaction.atomic():
            # Whoever marks it first tells.
            if not Subscription.objects.filter(pk=pk, broken="").update(broken=reason[:300]):
                continue
            subscription = Subscription.objects.select_related("user").get(pk=pk)
            _tell(subscription, reason)
        # Its reader is told the reason; it quotes the query, which no log does.
        log.warning("subscription can be read no longer", subscription=pk)
        done += 1
    return done


def _tell(subscription: Subscription, reason: str) -> None:
    user = subscription.user
    if not user.is_active or subscription.deleted:
        return
    language = "nl" if user.language == "nl" else "en"
    name = subscription.name or sentence(subscription, language)
    said = problem(subscription, language) or reason
    text = _TEXT[language].format(name=name, reason=said.rstrip("."), link=f"{origin()}/subscriptions")
    address_message(Delivery.Kind.NOTICE, user, _SUBJECT[language].format(name=name), text)
