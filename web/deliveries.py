"""The ledger for a reader: who may see which message, and each as it would look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog
from django.db.models import QuerySet

from notify.mail import content
from notify.mail.message import Unsendable, Words
from notify.models import Delivery
from web.access import may

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Look:
    """A message's words; `trouble` is why there are none to show."""

    words: Words | None = None
    trouble: str = ""


def visible(user: Any, *, own: bool = False) -> QuerySet[Delivery]:
    """Rows that a user may see: administrators all, others those to themselves."""
    rows = Delivery.objects.select_related("user", "webhook").order_by("-made", "-pk")
    return rows if may(user, "admin") and not own else rows.filter(user=user.pk)


def secret(row: Delivery, user: Any) -> bool:
    """Whether its words are for administrators alone: account mail holds links that let one in."""
    return row.kind == Delivery.Kind.ACCOUNT and not may(user, "admin")


def look(row: Delivery, user: Any) -> Look:
    """What it says: as it was sent, or as it would be sent now."""
    if secret(row, user):
        return Look(trouble="secret")
    if not row.text and row.kind in (Delivery.Kind.ACCOUNT, Delivery.Kind.NOTICE, Delivery.Kind.CANARY):
        return Look(trouble="emptied")
    if row.state == Delivery.State.WAITING and (why := content.unwanted(row)):
        return Look(trouble=why)
    try:
        return Look(content.words(row))
    except Unsendable as error:
        return Look(trouble=str(error))
    except Exception as error:
        # Whatever stops the deliverer from making it stops the page too; both say so, the log has the rest.
        log.exception("a message cannot be shown", delivery=row.pk, kind=row.kind)
        return Look(trouble=f"cannot be made: {type(error).__name__}")
