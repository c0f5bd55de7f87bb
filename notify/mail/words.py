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


def moment(at: datetime) -> str:
    """The local time of day today; otherwise with the date. The zone is the active one."""
    local = timezone.localtime(at)
    return date_format(local, "H:i" if local.date() == timezone.localdate() else "j M Y H:i")
