"""Private feeds: the right to read one query without signing in, as a long random token.

The token is shown once and stored hashed (it has 256 bits of chance, so a plain SHA-256 suffices); whoever
has it may read the query's results until its owner or an administrator revokes it.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from search.analysis import query as analysed
from search.models import FeedToken

_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")
#: How exactly `used` is kept: readers poll every few minutes, and each need not be a write.
_USED = timedelta(hours=1)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def make(user: Any, query: str, *, origin: str = "page") -> tuple[FeedToken, str]:
    """A new feed of a query, and the token, which nobody can show again. Raises QueryError."""
    analysed(query)
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        made = FeedToken.objects.create(user=user, query=query, token_hash=_hash(token))
        record(user.email, "feed made", f"feed {made.pk}", origin=origin)
    return made, token


def read(token: str, now: datetime | None = None) -> FeedToken | None:
    """The feed of a token; None where it is unknown, revoked, or its owner no longer has access."""
    if not _SHAPE.fullmatch(token):
        return None
    now = now or timezone.now()
    found = (
        FeedToken.objects.select_related("user")
        .filter(token_hash=_hash(token), revoked=None, user__is_active=True)
        .first()
    )
    if found is not None and (found.used is None or now - found.used > _USED):
        FeedToken.objects.filter(pk=found.pk).update(used=now)
    return found


def revoke(feed: FeedToken, *, actor: str, now: datetime | None = None, origin: str = "page") -> None:
    """Ends it for good; again is no error."""
    with transaction.atomic():
        ended = FeedToken.objects.filter(pk=feed.pk, revoked=None).update(revoked=now or timezone.now())
        if ended:
            record(actor, "feed revoked", f"feed {feed.pk}", origin=origin)
