"""How subscriptions and what they told look to a person."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language, gettext

from notify.models import Alert, Subscription
from notify.rules import sentence as rule_sentence
from search.values import name

register = template.Library()


@register.filter
def sentence(subscription: Subscription) -> str:
    """What it asks, in the reader's language, beginning with a capital."""
    said = rule_sentence(subscription, (get_language() or "nl")[:2])
    return said[:1].upper() + said[1:]


@register.filter
def called(subscription: Subscription) -> str:
    """Its owner's name for it, else its sentence."""
    return subscription.name or sentence(subscription)


@register.filter
def threat_name(threat: str) -> str:
    return name("threat", threat, (get_language() or "nl")[:2])


@register.filter
def words_of(alert: Alert) -> str:
    """The words that met the rule, without the names of their fields."""
    return " · ".join(dict.fromkeys(str(pair[-1]) for pair in alert.words if pair))


@register.filter
def why_of(why: str) -> str:
    return {
        "first": gettext("first told"),
        "severity": gettext("again: severity rose"),
        "owners": gettext("again: three times as many owners"),
    }.get(why, why)


@register.filter
def held_of(held: str) -> str:
    """Why it was not sent at once; empty where it was."""
    return {
        "cooldown": gettext("held for the digest: told shortly before"),
        "cap": gettext("held for the digest: the day's limit was reached"),
    }.get(held, "")


@register.filter
def delivery_state(state: str) -> str:
    return {
        "waiting": gettext("waits"),
        "sending": gettext("being sent"),
        "sent": gettext("sent"),
        "failed": gettext("failed"),
        "dropped": gettext("not sent"),
    }.get(state, state)


@register.filter
def delivery_kind(kind: str) -> str:
    return {
        "alert": gettext("alert"),
        "digest": gettext("digest"),
        "account": gettext("account"),
        "notice": gettext("notice"),
        "canary": gettext("canary"),
    }.get(kind, kind)
