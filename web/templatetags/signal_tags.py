"""Words of the signal's page and the overview: places, sub-threats, entities, states of sources, strips."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from ingest.judge import entities, taxonomy
from ingest.models import Correction
from web.reasons import place_name
from web.strip import Strip
from web.templatetags.shown import dated, domain, part, relevance, severity_word, spoken

register = template.Library()

#: States of a source and stretches of its health, in Dutch and English.
_STATES = {
    "new": ("nog niet gelezen", "not read yet"),
    "ok": ("werkt", "works"),
    "gone": ("opgeheven", "gone"),
    "reserved": ("voorbehouden", "reserved"),
    "blocked": ("geblokkeerd", "blocked"),
    "consent": ("toestemmingsmuur", "consent wall"),
    "error": ("fout", "error"),
    "empty": ("leeg", "empty"),
    "frozen": ("bevroren", "frozen"),
    "stale": ("verouderd", "stale"),
    "volume": ("ander aantal dan gewoonlijk", "unusual volume"),
    "skew": ("klok loopt scheef", "clock is off"),
    "language": ("andere taal dan gewoonlijk", "unusual language"),
    "unpolled": ("wordt niet bevraagd", "not polled"),
}
_KINDS = {
    "vulnerability": ("kwetsbaarheid", "vulnerability"),
    "weakness": ("zwakheid", "weakness"),
    "advisory": ("advies", "advisory"),
    "organisation": ("organisatie", "organisation"),
    "disease": ("ziekte", "disease"),
    "process": ("vitaal proces", "vital process"),
}


def language() -> str:
    """nl or en, as the reader has it."""
    return ("nl", "en")[spoken()]


@register.filter
def place(name: str) -> str:
    """A place by its name in the reader's language."""
    return place_name(name, language())


@register.filter
def threat(name: str) -> str:
    """A sub-threat by its name; an unknown id as it is."""
    for each in taxonomy.load().domains:
        for found in each.threats:
            if found.id == name:
                return found.names.get(language(), name)
    return name


@register.filter
def entity(name: str) -> str:
    """An entity by its name in the reader's language."""
    return entities.name_of(name, language())


@register.filter
def entity_kind(name: str) -> str:
    kind = entities.kind_of(name)
    return _KINDS[kind][spoken()] if kind in _KINDS else kind


@register.filter
def state(name: str) -> str:
    """The state of a source as a word."""
    return _STATES[name][spoken()] if name in _STATES else name


@register.simple_tag
def find(field: str, value: str) -> str:
    """The address of the search for a value of a field."""
    quoted = f'"{value}"' if not value.replace("-", "").replace("_", "").replace(".", "").isalnum() else value
    try:
        return f"{reverse('search')}?{urlencode({'q': f'{field}:{quoted}'})}"
    except NoReverseMatch:
        return f"/search?{urlencode({'q': f'{field}:{quoted}'})}"


@register.filter
def term(written: str) -> str:
    """A lexicon term without its notation: `ransom*` is `ransom…`."""
    return written.lstrip("=").replace("*", "…")


@register.filter
def about(row: Correction) -> str:
    """What a correction says: `Cybercrime: no`, `severity: C, serious`."""
    match row.kind:
        case "domain":
            values = {"True": gettext("yes"), "False": gettext("no"), "primary": gettext("first of all")}
            return f"{domain(row.key)}: {values.get(str(row.value), row.value)}"
        case "severity":
            letter = str(row.value or "")
            word = f"{letter}, {severity_word(letter)}" if letter else severity_word("")
            return f"{gettext('severity')}: {word}"
        case "place":
            return f"{place(row.key)}: {gettext('yes') if row.value else gettext('no')}"
        case "part":
            return f"{part(row.key)}: {relevance(str(row.value)) if row.value else gettext('not concerned')}"
    return (
        gettext("repeats signal %(number)s") % {"number": row.value} if row.value else gettext("repeats none")
    )


@register.filter
def get(values: Any, key: str) -> Any:
    """`values[key]`, empty where there is none: for dicts by a variable key."""
    return values.get(key, "") if values else ""


@register.filter
def points(number: float) -> str:
    """A score as people write it: 3, or 4,5."""
    return number_format(number, 0 if float(number).is_integer() else 1)


@register.filter
def exact(at: datetime | None) -> SafeString:
    """A moment whose exact UTC is read on hover and, by keyboard, on focus."""
    if at is None:
        return format_html("–")
    utc = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return format_html(
        '<time class="exact" datetime="{}" title="{}" data-utc="{}" tabindex="0">{}</time>',
        at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        utc,
        utc,
        dated(timezone.localtime(at), "j M Y H:i"),
    )


@register.filter
def strip_text(strip: Strip) -> str:
    """What a strip shows, in words: `today 12, usually 4; 130 in 30 days`."""
    if not strip.total:
        return gettext("none in 30 days")
    said = {
        "today": strip.today,
        "total": strip.total,
        "usual": points(strip.usual or 0),
    }
    if strip.usual is None:
        return gettext("today %(today)s; %(total)s in 30 days, too few days to say what is usual") % said
    return gettext("today %(today)s, usually %(usual)s a day; %(total)s in 30 days") % said
