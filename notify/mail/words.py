"""How values are said in a mail: severities, domains, parts of the Kingdom, moments."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, pgettext

from ingest.judge import taxonomy
from ingest.judge.parts import NAMES


def _dutch() -> bool:
    return (get_language() or "nl").startswith("nl")


def severity(letter: str) -> str:
    """`very serious` for D; without a letter `no incident`."""
    words = {
        "E": pgettext("severity", "catastrophic"),
        "D": pgettext("severity", "very serious"),
        "C": pgettext("severity", "serious"),
        "B": pgettext("severity", "substantial"),
        "A": pgettext("severity", "limited"),
    }
    return words.get(letter) or gettext("no incident")


def domain(name: str) -> str:
    """A domain's name; an unknown id as it is."""
    found = next((each for each in taxonomy.load().domains if each.id == name), None)
    return found.names.get("nl" if _dutch() else "en", name) if found else name


def short_domain(name: str) -> str:
    """A domain in one word, for subjects; one that has none by its whole name."""
    words = {
        "geopolitics": pgettext("short domain", "Geopolitics"),
        "military": pgettext("short domain", "Military"),
        "interference": pgettext("short domain", "Interference"),
        "cyber": pgettext("short domain", "Cyber"),
        "economic": pgettext("short domain", "Economy"),
        "knowledge": pgettext("short domain", "Knowledge"),
        "extremism": pgettext("short domain", "Extremism"),
        "crime": pgettext("short domain", "Crime"),
        "climate": pgettext("short domain", "Climate"),
        "health": pgettext("short domain", "Health"),
        "infrastructure": pgettext("short domain", "Infrastructure"),
        "accidents": pgettext("short domain", "Accidents"),
    }
    return words.get(name) or domain(name)


def grade(letter: str) -> str:
    """A source's reliability on the Admiralty scale: `B, usually reliable`."""
    words = {
        "A": pgettext("grade", "reliable"),
        "B": pgettext("grade", "usually reliable"),
        "C": pgettext("grade", "fairly reliable"),
        "D": pgettext("grade", "not usually reliable"),
        "E": pgettext("grade", "unreliable"),
        "F": pgettext("grade", "reliability cannot be judged"),
    }
    return f"{letter}, {words[letter]}" if letter in words else gettext("no grade")


def part(name: str) -> str:
    """A part of the Kingdom by name; an unknown one as it is."""
    names = NAMES.get(name)
    return names[0 if _dutch() or len(names) < 2 else 1] if names else name


def relevance(name: str) -> str:
    """How a part of the Kingdom is touched."""
    words = {
        "direct": pgettext("relevance", "direct"),
        "near": pgettext("relevance", "near"),
        "indirect": pgettext("relevance", "indirect"),
    }
    return words.get(name, name)


# Django writes months with a capital for M; Dutch does not, which b gives.
def moment(at: datetime) -> str:
    """The local time of day today; otherwise with the date. The zone is the active one."""
    local = timezone.localtime(at)
    day = "" if local.date() == timezone.localdate() else ("j b Y " if _dutch() else "j M Y ")
    return date_format(local, f"{day}H:i")


def stamp(at: datetime) -> str:
    """The local date and time with the zone's letters, as in `24 Nov 2026 07:42 CET`."""
    local = timezone.localtime(at)
    form = "j b Y H:i" if _dutch() else "j M Y H:i"
    return f"{date_format(local, form)} {local.tzname() or ''}".strip()
