"""Alerts to a reader's own URL, signed after Standard Webhooks (standardwebhooks.com, symmetric `v1`).

The receiver computes HMAC-SHA256 over `id.timestamp.body` with the webhook's secret and compares; an old
timestamp tells a replayed request, the id one that comes twice. The body is JSON and is stored in the
ledger before it is sent, so that every attempt sends the same.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from crawlers import outgoing
from notify.mail.transport import Outcome, Result
from notify.models import Alert, Delivery

_PREFIX = "whsec_"
#: The longest wait a receiver may ask for, seconds.
_LONGEST = 6 * 3600.0


def new_secret() -> str:
    """A secret for a new webhook: 32 random bytes in the notation that libraries for receivers read."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode("ascii")


def signature(secret: str, event: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` of one attempt. `timestamp`: seconds since 1970."""
    signed = hmac.new(_key(secret), f"{event}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode('ascii')}"


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        return secret.encode()


def headers(secret: str, event: str, at: datetime, body: bytes) -> dict[str, str]:
    """What a request carries besides its body."""
    timestamp = int(at.timestamp())
    return {
        "Content-Type": "application/json; charset=utf-8",
        "webhook-id": event,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, event, timestamp, body),
    }


def body(event: str, kind: str, at: datetime, data: Mapping[str, Any]) -> str:
    """The JSON of an event: its type (`alert`, `test`), when it was made, what it says."""
    said = {"type": kind, "id": event, "timestamp": f"{at:%Y-%m-%dT%H:%M:%SZ}", "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def alert_data(row: Delivery, origin: str) -> dict[str, Any]:
    """What an event says of its alerts: rule and words of each, its signal as it stands, where it is."""
    from notify.mail.facts import facts

    told = []
    for alert in Alert.objects.filter(webhook_delivery=row).select_related("subscription", "signal__source"):
        known = facts(alert)
        told.append(
            {
                "subscription": {"id": alert.subscription_id, "name": alert.subscription.name},
                "why": alert.why,
                "rule": alert.rule,
                "words": alert.words,
                "title": alert.title,
                "language": known.language or None,
                "domains": list(known.domains),
                "severity": alert.severity or None,
                "kingdom": dict(known.parts),
                "owners": alert.owners,
                "grade": known.grade or None,
                "source": known.source or None,
                "url": known.url or None,
                "first_seen": f"{known.seen:%Y-%m-%dT%H:%M:%SZ}" if known.seen else None,
                "signal": alert.signal_id,
                "page": f"{origin}/signals/{alert.signal_id}" if alert.signal_id else None,
            }
        )
    return {"alerts": told}


def send(url: str, secret: str, event: str, content: str, at: datetime) -> Outcome:
    """Posts one event. Never raises for what the other side does."""
    raw = content.encode()
    try:
        reply = outgoing.post(url, raw, headers(secret, event, at, raw))
    except outgoing.Failed as error:
        # A URL that the guard refuses stays refused until the operator or the reader changes something.
        return Outcome(Result.GONE if error.refused else Result.LATER, str(error)[:300])
    said = f"{reply.status} {_first_line(reply.body)}".strip()
    if 200 <= reply.status < 300:
        return Outcome(Result.SENT, said)
    if reply.status == 410:  # the receiver wants no more (Standard Webhooks)
        return Outcome(Result.GONE, said)
    if 300 <= reply.status < 400:
        return Outcome(Result.LATER, f"{reply.status}: redirects are not followed")
    return Outcome(Result.LATER, said, _asked(reply.headers.get("retry-after", ""), at))


def _first_line(text: bytes) -> str:
    words = re.sub(r"<[^>]*>", " ", text.decode("utf-8", "replace"))
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:200]


def _asked(value: str, now: datetime) -> float:
    """Seconds of a Retry-After header (RFC 9110 10.2.3), at most six hours."""
    if value.isdecimal():
        return min(float(value), _LONGEST)
    try:
        until = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return 0.0
    if until.tzinfo is None:
        return 0.0
    return min(max(0.0, (until - now).total_seconds()), _LONGEST)
