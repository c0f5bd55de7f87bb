"""One-time links: made once, shown once, stored hashed, used once before they expire.

Looking at a link never uses it up: mail scanners open every address they see. Only `use` does, and pages
call it on POST.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import OneTimeLink, User

Purpose = OneTimeLink.Purpose
#: How long each may be used.
LASTS = {
    Purpose.SIGN_IN: timedelta(hours=1),
    Purpose.RESET: timedelta(hours=1),
    Purpose.INVITE: timedelta(days=7),
}
#: Used and expired links are kept this long, so that their holder reads why they work no longer.
KEPT = timedelta(days=30)
#: Who an installation begins with. Nothing is ever mailed to this name from outside (RFC 6761 6.3).
FIRST = "admin@localhost"


def _hash(token: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess from.
    return hashlib.sha256(token.encode()).hexdigest()


def path(token: str) -> str:
    """Where the link leads, without the installation's origin."""
    return f"/sign-in/link/{token}"


def make(user: User, purpose: str, now: datetime | None = None) -> str:
    """Stores a link for the user and returns its token, which is nowhere else.

    A new invitation replaces an earlier one that was not used. Raises ValueError for a user who may not
    sign in.
    """
    if not user.is_active:
        raise ValueError(f"{user.email} may not sign in")
    now = now or timezone.now()
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        OneTimeLink.objects.filter(expires__lt=now - KEPT).delete()
        if purpose == Purpose.INVITE:
            OneTimeLink.objects.filter(user=user, purpose=purpose, used=None).delete()
        OneTimeLink.objects.create(
            user=user,
            purpose=purpose,
            token_hash=_hash(token),
            made=now,
            expires=now + LASTS[Purpose(purpose)],
        )
    return token


def find(token: str, now: datetime | None = None) -> OneTimeLink | None:
    """The link, if it may be used now; it stays unused."""
    link = OneTimeLink.objects.select_related("user").filter(token_hash=_hash(token)).first()
    now = now or timezone.now()
    usable = link is not None and link.used is None and link.expires > now and link.user.is_active
    return link if usable else None


def use(token: str, now: datetime | None = None) -> OneTimeLink | None:
    """Uses the link up and returns it; None where it may not be used (any more). Of two at once one wins."""
    now = now or timezone.now()
    link = find(token, now)
    if link is None:
        return None
    won = OneTimeLink.objects.filter(pk=link.pk, used=None, expires__gt=now).update(used=now)
    link.used = now
    return link if won else None


def void(user: User) -> None:
    """No link made for the user until now works any longer: after a new password, a deactivation."""
    OneTimeLink.objects.filter(user=user, used=None).delete()


def first_administrator(now: datetime | None = None) -> str | None:
    """The path of a one-time sign-in link for the administrator an installation begins with, else None.

    Made where there is no user at all, and again as long as that first one never signed in: a link that was
    lost or expired must not lock everybody out.
    """
    with transaction.atomic():
        user = User.objects.first()
        if user is None:
            user = User.objects.create_user(FIRST, role=User.Role.ADMIN)
            record("first start", "user.add", user.email, role=user.role)
        elif User.objects.exclude(pk=user.pk).exists() or not _untouched(user):
            return None
        return path(make(user, Purpose.SIGN_IN, now))


def _untouched(user: User) -> bool:
    """Whether this is the first administrator, who never came in."""
    return user.email == FIRST and user.is_active and not user.last_login and not user.has_usable_password()
