"""Subscriptions made and changed: each change audited, read again by every matcher, and shown in the digest.

What is asked anew counts from then on (`since`): what was first seen before is not told at once. The Match
rows of the last day and a half are made anew with it, so that the next digest follows the rule as it stands.
The audit log names what changed, never what was searched for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from ingest.models import Signal, Source
from notify.models import Subscription
from notify.rematching import rematch
from notify.rules import problem
from notify.standing import touched

#: What a person may set, and which of it changes what is asked.
ASKED = ("domains", "threats", "parts", "query", "least")
FIELDS = ("name", *ASKED, "mode", "by_mail", "webhook", "muted_sources", "muted_groups")


class SubscriptionError(ValueError):
    """It cannot be as asked. The message is one line; `field` names what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def checked(subscription: Subscription, language: str = "") -> None:
    """Raises SubscriptionError where it could not stand. Language: that in force unless named."""
    plain = Subscription(query=subscription.query)
    if reason := problem(plain, language):
        raise SubscriptionError("query", reason)
    for field in ("domains", "threats", "parts", "least"):
        if reason := problem(Subscription(**{field: getattr(subscription, field)}), language):
            raise SubscriptionError(field, reason)
    if reason := problem(subscription, language):
        raise SubscriptionError("query", reason)
    if subscription.mode not in Subscription.Mode.values:
        raise SubscriptionError("mode", f"mode is instant or daily, not {subscription.mode}")
    hook = subscription.webhook
    if hook is not None and hook.user_id != subscription.user_id:
        raise SubscriptionError("webhook", "that webhook is somebody else's")
    if subscription.mode == Subscription.Mode.INSTANT and not subscription.by_mail and hook is None:
        raise SubscriptionError("by_mail", "an instant subscription goes by mail, to a webhook, or both")


def add(
    user: User, *, actor: str = "", origin: str = "page", now: datetime | None = None, **values: Any
) -> Subscription:
    """Makes a subscription of a user's, in force from now. Raises SubscriptionError."""
    now = now or timezone.now()
    made = Subscription(user=user, made=now, since=now, changed=now, **_known(values))
    checked(made)
    with transaction.atomic():
        made.save(force_insert=True)
        record(actor or user.email, "subscription.add", _name(made), origin=origin, mode=made.mode)
    rematch(made, now)
    return made


def edit(
    subscription: Subscription,
    *,
    actor: str,
    origin: str = "page",
    now: datetime | None = None,
    **values: Any,
) -> bool:
    """Changes what is named; False where nothing differs. Raises SubscriptionError, then nothing changed."""
    now = now or timezone.now()
    differing = sorted(name for name, value in _known(values).items() if getattr(subscription, name) != value)
    if not differing and not subscription.broken:
        return False
    before = {name: getattr(subscription, name) for name in differing}
    for name in differing:
        setattr(subscription, name, values[name])
    try:
        checked(subscription)
    except SubscriptionError:
        for name, value in before.items():
            setattr(subscription, name, value)
        raise
    asked_anew = bool(subscription.broken) or not set(differing).isdisjoint((*ASKED, "mode"))
    if asked_anew:
        subscription.since = now
    subscription.broken = ""
    _save(subscription, "subscription.edit", actor, origin, [*differing, "since", "broken"], fields=differing)
    if asked_anew or not set(differing).isdisjoint(("muted_sources", "muted_groups")):
        rematch(subscription, now)
    return True


def pause(
    subscription: Subscription, *, actor: str, origin: str = "page", now: datetime | None = None
) -> bool:
    """Stops it until resumed; False where it is paused or deleted."""
    if subscription.paused or subscription.deleted:
        return False
    subscription.paused = now or timezone.now()
    _save(subscription, "subscription.pause", actor, origin, ["paused"])
    return True


def resume(
    subscription: Subscription, *, actor: str, origin: str = "page", now: datetime | None = None
) -> bool:
    """Goes on from now: what came meanwhile is not told. False where it is not paused, or deleted."""
    if not subscription.paused or subscription.deleted:
        return False
    now = now or timezone.now()
    subscription.paused, subscription.since = None, now
    _save(subscription, "subscription.resume", actor, origin, ["paused", "since"])
    rematch(subscription, now)
    return True


def delete(
    subscription: Subscription, *, actor: str, origin: str = "page", now: datetime | None = None
) -> bool:
    """Ends it for good; what it told still names it. False where it was deleted before."""
    if subscription.deleted:
        return False
    subscription.deleted = now or timezone.now()
    _save(subscription, "subscription.delete", actor, origin, ["deleted"])
    return True


def restore(
    subscription: Subscription, *, actor: str, origin: str = "page", now: datetime | None = None
) -> bool:
    """Takes a deletion back; what came in meanwhile is not told. False where it was not deleted."""
    if not subscription.deleted:
        return False
    subscription.deleted, subscription.since = None, now or timezone.now()
    _save(subscription, "subscription.restore", actor, origin, ["deleted", "since"])
    rematch(subscription, subscription.since)
    return True


def mute(
    subscription: Subscription,
    *,
    actor: str,
    source: str = "",
    group: int = 0,
    origin: str = "page",
) -> bool:
    """It no longer tells what only that source (slug) reports, or the duplicate group of that signal.

    False where that was so. Raises SubscriptionError for an unknown one.
    """
    return _mute(subscription, source, group, actor, origin, on=True)


def unmute(
    subscription: Subscription,
    *,
    actor: str,
    source: str = "",
    group: int = 0,
    origin: str = "page",
) -> bool:
    """Takes a mute back; False where there was none."""
    return _mute(subscription, source, group, actor, origin, on=False)


def _mute(subscription: Subscription, source: str, group: int, actor: str, origin: str, *, on: bool) -> bool:
    if bool(source) == bool(group):
        raise SubscriptionError("muted_sources", "name a source or a signal to mute")
    field, value = ("muted_sources", source) if source else ("muted_groups", group)
    held = list(getattr(subscription, field))
    if (value in held) == on:
        return False
    if on and source and not Source.objects.filter(slug=source).exists():
        raise SubscriptionError(field, f"there is no source {source!r}")
    if on and group and not Signal.objects.filter(pk=group).exists():
        raise SubscriptionError(field, f"there is no signal {group}")
    setattr(subscription, field, [*held, value] if on else [each for each in held if each != value])
    action = "subscription.mute" if on else "subscription.unmute"
    _save(subscription, action, actor, origin, [field], source=source, signal=group)
    rematch(subscription, timezone.now())
    return True


def _known(values: Mapping[str, Any]) -> Mapping[str, Any]:
    if unknown := sorted(set(values) - set(FIELDS)):
        raise TypeError(f"a subscription has no {', '.join(unknown)} to set")
    return values


def _name(subscription: Subscription) -> str:
    return f"subscription-{subscription.pk}"


def _save(
    subscription: Subscription, action: str, actor: str, origin: str, names: list[str], **detail: Any
) -> None:
    touched(subscription)
    with transaction.atomic():
        subscription.save(update_fields=[*dict.fromkeys([*names, "changed"])])
        record(actor, action, _name(subscription), origin=origin, **detail)
