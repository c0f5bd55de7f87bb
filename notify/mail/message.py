"""A row of the ledger as the message that is sent: the same bytes every time, also when it is sent again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime

from notify.mail.make import host, sender
from notify.models import Delivery

#: Headers that clients read as they are: never folded into encoded words, which Python does past 78.
_WHOLE = ("list-unsubscribe", "list-unsubscribe-post", "list-id", "message-id")


class _Policy(EmailPolicy):
    def fold(self, name: str, value: str) -> str:
        return f"{name}: {value}\r\n" if name.lower() in _WHOLE else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode() if name.lower() in _WHOLE else super().fold_binary(name, value)


#: 7bit: no server has to be able to do more; long lines of HTML are encoded.
_POLICY = _Policy(linesep=SMTP.linesep, cte_type="7bit")
_LISTS = {Delivery.Kind.ALERT.value: "alerts", Delivery.Kind.DIGEST.value: "digest"}


@dataclass(frozen=True, slots=True)
class Words:
    """What a message says; a webhook's event is its `text`."""

    subject: str
    text: str
    html: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class Unsendable(ValueError):
    """The row cannot be made a message; the words say why."""


def build(row: Delivery) -> EmailMessage:
    """The message of a rendered row. Raises Unsendable for an address that SMTP cannot carry."""
    name, address = sender()
    message = EmailMessage(policy=_POLICY)
    try:
        message["From"] = Address(name, addr_spec=_spec(address))
        message["To"] = Address(addr_spec=_spec(row.address))
    except MessageError:
        raise Unsendable("the address is not one") from None
    message["Subject"] = _line(row.subject)
    # The row's own moment, not the clock's: a resent message is the same message.
    message["Date"] = format_datetime(row.made)
    message["Message-ID"] = f"<{row.message_id.strip('<>')}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834
    message["X-Auto-Response-Suppress"] = "All"
    if row.kind in _LISTS:
        message["List-Id"] = f"horizonscan {_LISTS[row.kind]} <{_LISTS[row.kind]}.{host()}>"  # RFC 2919
    for header, value in row.headers.items():
        if header.lower() not in {each.lower() for each in message.keys()}:  # noqa: SIM118 - repeats
            message[header] = _line(str(value))
    if row.language:
        message["Content-Language"] = row.language
    message.set_content(row.text or "\n", cte=None)
    if row.html:
        message.add_alternative(row.html, subtype="html")
        message.set_boundary(f"=_{hashlib.sha256(row.message_id.encode()).hexdigest()[:32]}")
    return message


def unsubscribing(url: str) -> dict[str, str]:
    """The headers by which a mail client stops a list in one click (RFC 2369, RFC 8058)."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def envelope(row: Delivery) -> tuple[str, str]:
    """(MAIL FROM, RCPT TO). Raises Unsendable as `build` does."""
    return _spec(sender()[1]), _spec(row.address)


def _line(text: str) -> str:
    """Without line breaks: what a feed says never becomes a header of ours."""
    return " ".join(text.split())


def _spec(address: str) -> str:
    local, at, domain = address.strip().rpartition("@")
    try:
        if not (at and local and domain) or any(c.isspace() or c in "<>" for c in address.strip()):
            raise ValueError
        local.encode("ascii")
        return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"
    except ValueError:  # UnicodeError is one
        raise Unsendable("the address cannot be written in a mail's envelope") from None
