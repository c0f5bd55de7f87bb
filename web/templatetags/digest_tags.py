"""How feedback looks, and a value of a mapping by its key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django import template
from django.utils.translation import gettext

from web.templatetags.shown import dated

register = template.Library()


@register.filter
def verdict(name: str) -> str:
    return {
        "useful": gettext("useful"),
        "redundant": gettext("redundant"),
        "late": gettext("too late"),
        "wrong-domain": gettext("wrong domain"),
    }.get(name, name)


@register.filter
def of(mapping: Mapping[int, str], key: int) -> str:
    return mapping.get(key, "") if mapping else ""


@register.filter
def on(at: date, form: str = "j M Y") -> str:
    """A date as each language writes it: `di 24 nov 2026`, `Tue 24 Nov 2026`."""
    return dated(at, form)


@register.filter
def local(address: str, origin: str) -> str:
    """A link of a mail as a path within this site."""
    return address.removeprefix(origin) or "/"
