"""How values look to a person: times in their zone with exact UTC behind, severities, domains, marks."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from ingest.judge import taxonomy
from ingest.judge.parts import NAMES

register = template.Library()

#: Severity letters, worst first, with their Dutch and English words.
SEVERITIES = {
    "E": ("catastrofaal", "catastrophic"),
    "D": ("zeer ernstig", "very serious"),
    "C": ("ernstig", "serious"),
    "B": ("aanzienlijk", "substantial"),
    "A": ("beperkt", "limited"),
}
_RELEVANCES = {
    "direct": ("direct", "direct"),
    "near": ("nabij", "near"),
    "indirect": ("indirect", "indirect"),
}


def spoken() -> int:
    """0 for Dutch, 1 for English: the place of a word in pairs like those above."""
    return 0 if (get_language() or "nl").startswith("nl") else 1


@register.filter
def clock(at: datetime | None) -> SafeString:
    """The local time of day, exact UTC on hover and focus."""
    return moment(at, "H:i")


@register.filter
def moment(at: datetime | None, form: str = "j M Y H:i") -> SafeString:
    """A `<time>` in the reader's zone whose title is exact UTC (ISO 8601)."""
    if at is None:
        return mark_safe("–")
    return format_html(
        '<time datetime="{0}" title="{0}" tabindex="-1">{1}</time>',
        at.astimezone(timezone.get_fixed_timezone(0)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        dated(timezone.localtime(at), form),
    )


@register.filter
def day(at: datetime) -> str:
    """`today`, `yesterday`, else the local date."""
    local = timezone.localtime(at).date()
    age = (timezone.localdate() - local).days
    if age in (0, 1):
        return (("vandaag", "today"), ("gisteren", "yesterday"))[age][spoken()]
    return dated(local, "j M Y" if local.year != timezone.localdate().year else "j M")


def dated(at: date, form: str) -> str:
    """As `date_format`, with the month's short name as each language writes it: `24 nov`, `24 Nov`."""
    return date_format(at, form if spoken() else form.replace("M", "b"))


@register.filter
def seconds(number: float | None) -> str:
    """`3.1 s` in the reader's notation."""
    return "–" if number is None else f"{number_format(number, 1)} s"


@register.filter
def domain(name: str) -> str:
    """A domain's name in the reader's language; an unknown id as it is."""
    found = next((each for each in taxonomy.load().domains if each.id == name), None)
    return found.names.get("nl" if spoken() == 0 else "en", name) if found else name


@register.filter
def severity_word(letter: str) -> str:
    """`very serious` for D; empty is no incident."""
    return SEVERITIES[letter][spoken()] if letter in SEVERITIES else gettext("no incident")


@register.filter
def severity_box(letter: str) -> SafeString:
    """The letter in its box; without one a dashed box."""
    return format_html(
        '<span class="sev {}" role="img" aria-label="{} {}"><span aria-hidden="true">{}</span></span>',
        letter.lower() or "none",
        gettext("severity"),
        f"{letter}, {severity_word(letter)}" if letter else severity_word(letter),
        letter or "–",
    )


@register.filter
def part(name: str) -> str:
    """A part of the Kingdom by name."""
    return NAMES[name][spoken() if len(NAMES[name]) > 1 else 0] if name in NAMES else name


@register.filter
def relevance(name: str) -> str:
    return _RELEVANCES[name][spoken()] if name in _RELEVANCES else name


def marked(text: str, found: Iterable[Sequence[int]], why: Iterable[Sequence[int]] = ()) -> SafeString:
    """`text` escaped; what the query found in `<mark>`, what caused a judgement in `<span class=why>`.

    Places are (start, end) in code points; they may overlap, also each other.
    """
    hits, reasons = [tuple(p) for p in found], [tuple(p) for p in why]
    edges = sorted({0, len(text), *(x for p in (*hits, *reasons) for x in p if 0 <= x <= len(text))})
    made = []
    for start, end in itertools.pairwise(edges):
        piece = escape(text[start:end])
        if any(a <= start and end <= b for a, b in reasons):
            piece = format_html('<span class="why">{}</span>', piece)
        if any(a <= start and end <= b for a, b in hits):
            piece = format_html("<mark>{}</mark>", piece)
        made.append(piece)
    return mark_safe("".join(made))  # noqa: S308 - every piece is escaped
