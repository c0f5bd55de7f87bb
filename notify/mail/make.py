"""Rows of the ledger, made: an id nobody else has, whom it goes to, and what it says where that is known."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings

from accounts.models import User
from notify.mail.frame import origin
from notify.models import Delivery, Webhook


def host() -> str:
    """The name under which this installation signs its mail: that of its pages, else of its sender."""
    address = parseaddr(settings.HORIZONSCAN_MAIL_FROM)[1]
    return (
        urlsplit(settings.ORIGIN).hostname
        or address.rpartition("@")[2]
        or urlsplit(origin()).hostname
        or "localhost"
    )


def sender() -> tuple[str, str]:
    """(name, address) of the From line: HORIZONSCAN_MAIL_FROM, else horizonscan@ this installation's host."""
    name, address = parseaddr(settings.HORIZONSCAN_MAIL_FROM)
    return name or "horizonscan", address or f"horizonscan@{_domain()}"


def _domain() -> str:
    name = host()
    # An address literal is written in brackets (RFC 5321 4.1.3).
    if ":" in name:
        return f"[IPv6:{name}]"
    return f"[{name}]" if name.replace(".", "").isdecimal() else name


def message_id() -> str:
    """A new Message-ID (RFC 5322 3.6.4), without its angle brackets."""
    return f"{uuid.uuid4().hex}@{host() if ':' not in host() else 'localhost'}"


def event_id() -> str:
    """A new id of a webhook's event."""
    return f"msg_{uuid.uuid4().hex}"


def mail_row(kind: Delivery.Kind, user: User | None, address: str = "") -> Delivery:
    """A row, not stored yet, whose body is rendered when it is sent. `address`: else the user's."""
    return Delivery(
        kind=kind,
        user=user,
        address=address or (user.email if user is not None else ""),
        message_id=message_id(),
        language=user.language if user is not None else "nl",
    )


def webhook_row(kind: Delivery.Kind, webhook: Webhook) -> Delivery:
    """A row, not stored yet, that goes to a webhook of a user's."""
    return Delivery(
        kind=kind,
        user=webhook.user,
        webhook=webhook,
        message_id=event_id(),
        language=webhook.user.language,
    )


def address_message(
    kind: Delivery.Kind | str,
    user: User,
    subject: str,
    text: str,
    html: str = "",
    headers: Mapping[str, str] | None = None,
) -> Delivery:
    """Stores a message whose words are known, due at once: account mails and notices.

    Without `html` it is plain text. A line break in `subject` becomes a space.
    """
    row = mail_row(Delivery.Kind(kind), user)
    row.subject = " ".join(subject.split())[:300]
    row.text, row.html = text, html
    row.headers = dict(headers or {})
    row.save(force_insert=True)
    return row
