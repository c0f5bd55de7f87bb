"""What lists of signals show besides times and names: what a grade means, where a domain leads."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from search.query.fields import FIELDS
from search.query.phrases import FIELD_NAMES
from web.completing import own_name
from web.histogram import Bar, Strip
from web.state import State
from web.templatetags.shown import spoken

register = template.Library()

#: Incomplete days that are named.
_NAMED = 4

#: Reliability of a source on the Admiralty scale, in Dutch and English.
_GRADES = {
    "A": ("betrouwbaar", "reliable"),
    "B": ("doorgaans betrouwbaar", "usually reliable"),
    "C": ("redelijk betrouwbaar", "fairly reliable"),
    "D": ("doorgaans niet betrouwbaar", "not usually reliable"),
    "E": ("onbetrouwbaar", "unreliable"),
    "F": ("betrouwbaarheid niet te beoordelen", "reliability cannot be judged"),
}


@register.filter
def reliability(letter: str) -> str:
    """`usually reliable` for B."""
    return _GRADES[letter][spoken()] if letter in _GRADES else gettext("no grade")


@register.filter
def domain_address(name: str) -> str:
    """The search for a domain."""
    try:
        return f"{reverse('search')}?{urlencode({'q': f'domain:{name}'})}"
    except NoReverseMatch:  # a page that shows rows without the search page
        return ""


@register.simple_tag
def boost(swap: str = "show:#page:top") -> SafeString:
    """Attributes that let links and forms inside change the page in place; without a script they work too."""
    return format_html(
        'hx-boost="true" hx-target="#page" hx-select="#page" hx-swap="outerHTML {}" hx-indicator="#page"',
        swap,
    )


@register.filter
def grouped(number: int) -> str:
    """`1.404` in the reader's notation."""
    return number_format(number, use_l10n=True, force_grouping=True)


@register.filter
def asking(state: State, query: str) -> str:
    """The address of the same page with another query."""
    return state.address(q=query)


@register.filter
def kept(state: State) -> str:
    """The state as parameters of a page that keeps it: saved searches, feeds, subscriptions."""
    return urlencode({"q": state.q} | ({"sort": "relevance"} if state.sort == "relevance" else {}))


@register.filter
def newer(state: State, since: int) -> str:
    """Where to ask what came since."""
    address = state.address("search-new")
    return f"{address}{'&' if '?' in address else '?'}since={since}"


@register.filter
def bar_days(bar: Bar) -> str:
    """The day, or the days, of a bar."""
    first = _dated(bar.first, "j M Y")
    return first if bar.first == bar.last else f"{first} – {_dated(bar.last, 'j M Y')}"


@register.filter
def bar_words(bar: Bar, sources: int) -> str:
    """`6 nov 2026: 41 signals; 12 of 41 sources were missing`."""
    said = ngettext("%(number)s signal", "%(number)s signals", bar.count) % {"number": grouped(bar.count)}
    text = f"{bar_days(bar)}: {said}"
    if bar.missing:
        text += "; " + gettext("%(gone)s of %(all)s sources were missing") % {
            "gone": bar.missing,
            "all": sources,
        }
    return text


@register.filter
def strip_day(day: date) -> str:
    """Under the strip: `today`, else the date."""
    today = timezone.now().date()
    if day == today:
        return gettext("today")
    return _dated(day, "j M" if day.year == today.year else "j M Y")


def _dated(day: date, form: str) -> str:
    """Months are no names in Dutch."""
    said = date_format(day, form)
    return said.lower() if spoken() == 0 else said


@register.filter
def thin_words(strip: Strip) -> str:
    """Which days are incomplete, and by how much: named where they are few."""
    thin = strip.thin
    most = {"gone": max(bar.missing for bar in thin), "all": strip.sources}
    if strip.by_day and len(thin) <= _NAMED:
        days = [_dated(bar.first, "j M") for bar in thin]
        joined = gettext(" and ").join([*([", ".join(days[:-1])] if days[:-1] else []), days[-1]])
        said = ngettext(
            "On %(days)s %(gone)s of %(all)s sources were missing: that day is incomplete.",
            "On %(days)s up to %(gone)s of %(all)s sources were missing: those days are incomplete.",
            len(thin),
        )
        return said % {"days": joined, **most}
    return (
        gettext(
            "On the hatched days up to %(gone)s of %(all)s sources were missing: their counts are incomplete."
        )
        % most
    )


@register.filter
def fields(_none: str) -> list[tuple[str, str]]:
    """Every field by the name its reader would type, with what it means."""
    return [(own_name(each, spoken() == 0), FIELD_NAMES[each][spoken() == 0]) for each in FIELDS]
