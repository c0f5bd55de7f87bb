"""Links in mail that stop something: signed, without expiry, and changing nothing until they are posted.

Whoever holds a mail holds its links, so each can only quieten the one thing its mail was about, for its
reader, and everything it does can be undone on the subscription's page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.core import signing
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import get_language, gettext

from accounts.audit import record
from accounts.models import User
from notify import changing
from notify.mail.frame import origin
from notify.models import Reader, Subscription
from notify.rules import called

log = structlog.get_logger()

_SALT = "notify.unsubscribe"
PAUSE = "pause"
DIGEST = "digest"
MUTE_SOURCE = "mute-source"
MUTE_GROUP = "mute-group"
ACTIONS = (PAUSE, DIGEST, MUTE_SOURCE, MUTE_GROUP)


class Unreadable(ValueError):
    """The token was not made here, or was cut short."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a link asks for: to pause `subscriptions`, mute `what` in them, or stop the digest of `user`."""

    action: str
    user: int
    subscriptions: tuple[int, ...] = ()
    what: str = ""


def token(action: str, user: int, subscriptions: Sequence[int] = (), what: str | int = "") -> str:
    """The signed form of a wish, as it stands in a URL's path."""
    if action not in ACTIONS:
        raise ValueError(f"{action!r} is none of {', '.join(ACTIONS)}")
    value = [action, user, [int(each) for each in subscriptions], str(what)]
    return signing.dumps(value, salt=_SALT, compress=False)


def read(text: str) -> Wish:
    """The wish of a token. Raises Unreadable."""
    try:
        action, user, subscriptions, what = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise Unreadable("the link is incomplete, or was made by another installation") from None
    if action not in ACTIONS:
        raise Unreadable("the link asks for something this version does not know")
    return Wish(action, int(user), tuple(subscriptions), str(what))


def link(action: str, user: int, subscriptions: Sequence[int] = (), what: str | int = "") -> str:
    """The whole URL: a page that asks, and does it when posted."""
    return f"{origin()}/unsubscribe/{token(action, user, subscriptions, what)}"


def question(wish: Wish) -> str:
    """What the page asks before it does it, in the active language."""
    if wish.action == DIGEST:
        return gettext("Stop the daily digest by mail?")
    named = [f"“{_called(each)}”" for each in _subscriptions(wish)]
    names = ", ".join(named) or gettext("a deleted subscription")
    if wish.action == MUTE_SOURCE:
        return gettext("Send no more alerts from source %(what)s for %(names)s?") % {
            "what": wish.what,
            "names": names,
        }
    if wish.action == MUTE_GROUP:
        return gettext("Send no more alerts on this signal and its repeats for %(names)s?") % {"names": names}
    return gettext("Pause %(names)s?") % {"names": names}


def carry_out(wish: Wish, now: datetime | None = None, origin: str = "mail link") -> list[str]:
    """Does what the link asks; a second time changes nothing. The names of what was quietened.

    Each change is audited. Nothing is found for a user or subscription that is gone.
    """
    now = now or timezone.now()
    with transaction.atomic():
        user = User.objects.filter(pk=wish.user).first()
        if user is None:
            return []
        if wish.action == DIGEST:
            reader, _ = Reader.objects.get_or_create(user=user)
            if reader.digest:
                reader.digest = False
                reader.save(update_fields=["digest"])
                record(user.email, "digest.stop", user.email, origin=origin)
            return [gettext("the daily digest")]
        found = list(_subscriptions(wish).select_for_update())
        for subscription in found:
            _quieten(subscription, wish, user.email, origin, now)
    return [_called(each) for each in found]


def _called(subscription: Subscription) -> str:
    return called(subscription, (get_language() or "nl")[:2])


def _subscriptions(wish: Wish) -> models.QuerySet[Subscription]:
    return Subscription.objects.filter(pk__in=wish.subscriptions, user=wish.user, deleted=None)


def _quieten(subscription: Subscription, wish: Wish, actor: str, origin: str, now: datetime) -> None:
    try:
        if wish.action == PAUSE:
            changing.pause(subscription, actor=actor, origin=origin, now=now)
        elif wish.action == MUTE_SOURCE:
            changing.mute(subscription, actor=actor, source=wish.what, origin=origin)
        else:
            changing.mute(subscription, actor=actor, group=int(wish.what), origin=origin)
    except changing.SubscriptionError:
        # The source or signal is gone since, so it is silent already.
        log.info("nothing left to mute", subscription=subscription.pk, action=wish.action)
