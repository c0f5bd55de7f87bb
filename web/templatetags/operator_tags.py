"""How the machine's parts are called to a person."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from notify.models import Delivery
from web.templatetags.shown import dated

register = template.Library()


@register.filter
def stage(name: str) -> str:
    return {
        "ingest": gettext("to read"),
        "relate": gettext("to compare with earlier ones"),
        "match": gettext("to hold against subscriptions"),
        "index": gettext("to index"),
        "deliver": gettext("to send"),
    }.get(name, name)


@register.filter
def age(at: datetime | None, now: datetime | None = None) -> str:
    """`3 min`, `2 h`, `4 days`: how long something has waited."""
    if at is None:
        return "–"
    seconds = max(0, int(((now or timezone.now()) - at).total_seconds()))
    if seconds < 90:
        return f"{seconds} s"
    if seconds < 5400:
        return f"{seconds // 60} min"
    if seconds < 172_800:
        return ngettext("%(n)s hour", "%(n)s hours", seconds // 3600) % {"n": seconds // 3600}
    return ngettext("%(n)s day", "%(n)s days", seconds // 86_400) % {"n": seconds // 86_400}


@register.filter
def subject_of(row: Delivery) -> str:
    """Its subject; of one that is made only when it is sent, what it tells of."""
    if row.subject:
        return row.subject
    told = [*row.alerts.all(), *row.webhook_alerts.all()]
    if told:
        return str(told[0].title)
    digest = next(iter(row.digests.all()), None)
    return dated(digest.date, "j M Y") if digest is not None else "–"


@register.filter
def took(canary: object) -> float | None:
    """Seconds from start to arrival of a canary."""
    started, arrived = getattr(canary, "started", None), getattr(canary, "arrived", None)
    return (arrived - started).total_seconds() if started and arrived else None
