"""Starting a canary: a new text for its source, which is due at once."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from crawlers.canary import URL
from ingest.models import Source, SourceState
from ingest.outbox import one_writer
from notify.canary.deciding import due
from notify.canary.proof import interval
from notify.models import Canary

#: One token of the analyzer that is no word of any language and has no stem.
MARK = "canary"
_LETTERS = "bcdfghjklmnpqrtvwxz"
LENGTH = 18
SLUG = "canary"
#: Seconds between polls nobody asked for: none are wanted, each new canary makes its source due.
_SELDOM = 7 * 86_400


def new_nonce() -> str:
    """Text that no other document holds: `canary` and 18 letters (76 bits)."""
    return MARK + "".join(secrets.choice(_LETTERS) for _ in range(LENGTH))


def begin(now: datetime | None = None, begun: datetime | None = None) -> Canary | None:
    """Starts one if one is due; None where it is not.

    `begun`: when the calling process started, the first one after that being due at once. Any number of
    processes may ask at the same time.
    """
    now = now or timezone.now()
    # Looked at first without the lock that whoever writes waits for.
    if not _due(now, begun):
        return None
    with transaction.atomic():
        one_writer()
        if not _due(now, begun):
            return None
        source = _source()
        row = Canary.objects.create(nonce=new_nonce(), source=source, started=now)
        source.spider = {"nonce": row.nonce, "started": now.isoformat()}
        source.save(update_fields=["spider", "url", "enabled", "interval"])
        SourceState.objects.filter(source=source).update(next_due=now, failures=0, last_status=None)
    return row


def _due(now: datetime, begun: datetime | None) -> bool:
    newest = Canary.objects.order_by("-started", "-pk").values_list("started", flat=True).first()
    return due(newest, now, interval(), begun or newest or now)


def _source() -> Source:
    """The canary's source, made where there is none; what somebody changed of it is put right."""
    source = Source.objects.filter(kind=Source.Kind.CANARY).order_by("pk").first()
    if source is None:
        taken = Source.objects.filter(slug=SLUG).exists()
        source = Source.objects.create(
            slug=f"{SLUG}-{secrets.token_hex(4)}" if taken else SLUG,
            name="Canary",
            kind=Source.Kind.CANARY,
            language="en",
            owner=SLUG,
            reliability_note="synthetic: proves the way from fetch to mail",
        )
    SourceState.objects.get_or_create(source=source)
    source.url, source.enabled, source.interval = URL, True, _SELDOM
    return source
