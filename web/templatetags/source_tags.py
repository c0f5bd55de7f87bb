"""How sources look to a person: states as words, sizes, numbers a day."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext

from web.templatetags import signal_tags

register = template.Library()


@register.filter
def health(state: str) -> str:
    """A state as one word."""
    ours = {
        "off": gettext("switched off"),
        "down": gettext("silent, all kinds"),
    }
    return ours.get(state) or str(signal_tags.state(state))


@register.filter
def a_day(number: float | None) -> str:
    """`3.2`; less than one in ten days is `< 0.1`."""
    if number is None:
        return "–"
    if 0 < number < 0.1:
        return f"< {number_format(0.1, 1)}"
    return number_format(number, 1 if 0 < number < 10 else 0)


@register.filter
def kilobytes(size: int) -> str:
    return f"{number_format(size / 1000, 1 if size < 10_000 else 0)} kB"


@register.filter
def level_word(level: str) -> str:
    words = {"fault": gettext("fault"), "warning": gettext("warning"), "note": gettext("note")}
    return words.get(level, level)


@register.filter
def fetch_state(state: str) -> str:
    return {
        "waiting": gettext("waits"),
        "done": gettext("read"),
        "refused": gettext("refused"),
        "quarantined": gettext("in quarantine"),
    }.get(state, state)
