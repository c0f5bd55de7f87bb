"""The alert mail: what is reported, how bad, why this reader is told, who says so, and how to quieten it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from notify.mail import unsubscribe, words
from notify.mail.facts import Facts, facts
from notify.mail.frame import frame, origin, reading, render_text
from notify.mail.frame import render as render_html
from notify.mail.message import Words, unsubscribing
from notify.models import Alert, Delivery
from notify.rules import sentence
from search.values import graded, name

_SUBJECT = 180
_EXCERPT = 400


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one subscription fired: its name and sentence, the words and values that met it, its links."""

    name: str
    rule: str
    words: tuple[str, ...]
    values: tuple[str, ...]
    again: str
    pause: str
    edit: str


@dataclass(frozen=True, slots=True)
class Told:
    """One duplicate group as the mail shows it."""

    title: SafeString
    plain_title: str
    excerpt: SafeString
    plain_excerpt: str
    language: str
    severity: str
    severity_words: str
    domains: str
    short: str
    source: str
    grade: str
    official: bool
    owners: str
    seen: str
    seen_utc: str
    kingdom: str
    page: str
    link: str
    host: str
    mute_source: str
    mute_group: str
    reasons: tuple[Reason, ...]
    why: str
    count: int


def render(row: Delivery) -> Words:
    """The mail of a row's alerts, in its reader's language and zone. Alerts of one group are one report."""
    user = row.user
    assert user is not None and user.pk is not None, "a row without a user is dropped before"
    alerts = Alert.objects.filter(delivery=row).select_related("subscription", "signal__source")
    groups: dict[int, list[Alert]] = {}
    for each in sorted(alerts, key=lambda alert: (-_rank(alert.severity), alert.pk)):
        groups.setdefault(each.group, []).append(each)
    with reading(row.language, user.time_zone):
        told = [_told(found, row.language, user.pk) for found in groups.values()]
        subject = _subject(told)
        pause = unsubscribe.link(unsubscribe.PAUSE, user.pk, sorted({a.subscription_id for a in alerts}))
        context = {
            **frame(row.language, subject, _preview(told[0])),
            "told": told,
            "pause_all": pause,
            "sent_to": row.address,
            "zone": user.time_zone,
        }
        return Words(
            subject,
            render_text("notify/alert.txt", context),
            render_html("notify/alert.html", context),
            {**row.headers, **unsubscribing(pause)},
        )


def _rank(severity: str) -> int:
    return " ABCDE".find(severity or " ")


def _told(alerts: Sequence[Alert], language: str, user: int) -> Told:
    first = alerts[0]
    known = facts(first)
    fired = {value for alert in alerts for field, value in alert.words if not field}
    excerpt = _cut(known.excerpt, _EXCERPT)
    subscriptions = sorted({alert.subscription_id for alert in alerts})
    return Told(
        title=_marked(first.title, fired),
        plain_title=" ".join(first.title.split()),
        excerpt=_marked(excerpt, fired),
        plain_excerpt=excerpt,
        language=known.language or language,
        severity=first.severity,
        severity_words=words.severity(first.severity),
        domains=", ".join(words.domain(each) for each in known.domains),
        short=_short(first, known),
        source=known.source,
        grade=words.grade(known.grade),
        official=known.official,
        owners=_owners(first.owners),
        seen=words.stamp(known.seen) if known.seen else "",
        seen_utc=_utc(known.seen),
        kingdom=", ".join(f"{words.part(p)} ({words.relevance(r)})" for p, r in known.parts.items()),
        page=f"{origin()}/signals/{first.signal_id}" if first.signal_id else "",
        link=known.url,
        host=urlsplit(known.url).hostname or "",
        mute_source=unsubscribe.link(unsubscribe.MUTE_SOURCE, user, subscriptions, known.slug)
        if known.slug
        else "",
        mute_group=unsubscribe.link(unsubscribe.MUTE_GROUP, user, subscriptions, first.group),
        reasons=tuple(_reason(alert, language, user) for alert in alerts),
        why=first.why,
        count=first.owners,
    )


def _reason(alert: Alert, language: str, user: int) -> Reason:
    subscription = alert.subscription
    return Reason(
        name=subscription.name,
        rule=sentence(subscription, language),
        words=tuple(value for field, value in alert.words if not field),
        values=tuple(_said(field, value, language) for field, value in alert.words if field),
        again=_again(alert),
        pause=unsubscribe.link(unsubscribe.PAUSE, user, [alert.subscription_id]),
        edit=f"{origin()}/subscriptions/{alert.subscription_id}",
    )


def _said(field: str, value: str, language: str) -> str:
    """What of the signal met the rule, as a person calls it."""
    if field == "severity" and value.isdecimal():
        return graded(int(value), language) or words.severity("")
    if field in ("published", "seen") and value.lstrip("-").isdecimal():
        return words.stamp(datetime.fromtimestamp(int(value), UTC))
    return name(field, value, language)


def _again(alert: Alert) -> str:
    """Why a group is told a second time; empty the first time."""
    if alert.why == Alert.Why.FIRST:
        return ""
    before = (
        Alert.objects.filter(subscription=alert.subscription_id, group=alert.group, at__lte=alert.at)
        .exclude(pk=alert.pk)
        .order_by("-at", "-pk")
        .first()
    )
    if alert.why == Alert.Why.SEVERITY:
        if before is None:
            return gettext("Told again: severity is %(now)s now.") % {"now": alert.severity}
        was = before.severity or gettext("no incident")
        return gettext("Told again: severity rose from %(was)s to %(now)s.") % {
            "was": was,
            "now": alert.severity,
        }
    if before is None:
        return gettext("Told again: %(now)s independent owners report it now.") % {"now": alert.owners}
    return gettext("Told again: independent owners went from %(was)s to %(now)s.") % {
        "was": before.owners,
        "now": alert.owners,
    }


def _owners(count: int) -> str:
    return ngettext("%(count)s owner", "%(count)s independent owners", count) % {"count": count}


def _short(alert: Alert, known: Facts) -> str:
    """`Cyber D`, the beginning of a subject."""
    named = words.short_domain(known.domains[0]) if known.domains else gettext("Alert")
    if alert.why == Alert.Why.SEVERITY and alert.severity:
        return gettext("%(domain)s, now %(severity)s") % {"domain": named, "severity": alert.severity}
    said = f"{named} {alert.severity}".strip()
    return f"{said}, {_owners(alert.owners)}" if alert.why == Alert.Why.OWNERS else said


def _subject(told: Sequence[Told]) -> str:
    first = told[0]
    more = ""
    if len(told) > 1:
        count = len(told) - 1
        more = " " + ngettext("(and %(count)s more)", "(and %(count)s more)", count) % {"count": count}
    begin = f"[TLP:{settings.HORIZONSCAN_TLP}] {first.short}: "
    return begin + _cut(first.plain_title, _SUBJECT - len(begin) - len(more)) + more


def _preview(told: Told) -> str:
    return " · ".join(each for each in (told.severity_words, told.source, told.owners) if each)


def _cut(text: str, most: int) -> str:
    """`text` on one line; where it is longer than `most`, to the last whole word, with an ellipsis."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    kept = line[: most - 1]
    return f"{kept.rpartition(' ')[0] or kept}…"


def _marked(text: str, fired: Iterable[str]) -> SafeString:
    """`text` escaped on one line, the words that fired in bold on the marker's stroke."""
    line = " ".join(text.split())
    known = sorted(
        (re.escape(" ".join(each.split())) for each in fired if each.strip()), key=len, reverse=True
    )
    if not known:
        return escape(line)
    pieces = re.split(rf"(?i)(?<!\w)({'|'.join(known)})(?!\w)", line)
    made = [
        format_html('<strong class="why">{}</strong>', piece) if place % 2 else escape(piece)
        for place, piece in enumerate(pieces)
    ]
    return mark_safe("".join(made))  # noqa: S308 - every piece is escaped


def _utc(at: datetime | None) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else ""
