"""What lists of signals show besides times and names: what a grade means, where a domain leads."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from web.templatetags.shown import spoken

register = template.Library()

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
