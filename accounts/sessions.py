"""Sessions of a person: what they were begun as, how they end before their time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User

#: The role a session was begun in; one whose person has another role by now ends.
ROLE = "role"


@receiver(user_logged_in, dispatch_uid="accounts.sessions")
def _begun(request: Any, user: User, **_: Any) -> None:
    request.session[ROLE] = user.role
    # A stranger's session, which keeps what they typed, is shorter than a person's.
    request.session.set_expiry(None)


def stale(session: Any, user: User) -> bool:
    """Whether the session began under another role than the user has now."""
    return bool(session.get(ROLE, user.role) != user.role)


def end(user: User, except_key: str | None = None) -> int:
    """Ends the user's sessions but one; how many. Reads every live session: there are few (one a browser)."""
    ended = 0
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.session_key != except_key and session.get_decoded().get(
            SESSION_KEY
        ) == user._meta.pk.value_to_string(user):
            session.delete()
            ended += 1
    return ended


def sweep(now: datetime) -> int:
    """Deletes sessions that are over; how many. What a stranger typed goes with theirs."""
    deleted, _each = Session.objects.filter(expire_date__lte=now).delete()
    return deleted
