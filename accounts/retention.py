"""What of accounts is no longer kept: spent links, old failed sign-ins, sessions that ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from accounts import sessions
from accounts.models import Attempt, OneTimeLink

#: A spent link still tells the audit log whose it was.
LINKS = timedelta(days=30)
ATTEMPTS = timedelta(days=1)


def retain(now: datetime) -> dict[str, int]:
    """Removes it; rows removed by kind."""
    spent = OneTimeLink.objects.filter(Q(expires__lt=now - LINKS) | Q(used__lt=now - LINKS))
    return {
        "links": spent.delete()[0],
        "attempts": Attempt.objects.filter(at__lt=now - ATTEMPTS).delete()[0],
        "sessions": sessions.sweep(now),
    }
