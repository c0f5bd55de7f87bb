"""What a title says of its kind: the identifier of an advisory, a date, a live report, a round-up."""

from __future__ import annotations

import re
from datetime import datetime

#: Identifiers of one advisory, vulnerability or warning, in capitals.
_OFFICIAL = re.compile(
    r"\b(?:CVE-[0-9]{4}-[0-9]{4,7}|NCSC-[0-9]{4}-[0-9]{3,5}|ICS[AM]A?-[0-9]{2}-[0-9]{3}-[0-9]{2}"
    r"|GHSA(?:-[0-9A-Z]{4}){3}|AA[0-9]{2}-[0-9]{3}[A-Z]|VU#[0-9]{4,7}|ZDI-[0-9]{2}-[0-9]{3,5}"
    r"|(?:RH[SBE]A|SUSE-[SR]U|ELSA|ALAS2?|GLSA|FEDORA|CERT-EU|CERT-BUND|WID-SEC|CERTFR|JVN|EUVD|DON)"
    r"-[0-9]{4}(?:-(?:AVI|ALE|ACT))?[:-][0-9A-F]{2,10}(?:-[0-9]{1,4})?"
    r"|(?:DSA|DLA|USN|TALOS|SSA|SEVD|VMSA|FG-IR)-[0-9]{2,7}(?:-[0-9]{1,5}){0,2}|(?:APSB|MS)[0-9]{2}-[0-9]{2,3})\b"
)
_DIGIT = re.compile("[0-9]")
_VERSION = re.compile(
    r"\[\s*v?([0-9]{1,3}\.[0-9]{1,3})\s*\]|\b(?:versie|version|revision|rev\.?|v)\s?([0-9]{1,3}(?:\.[0-9]{1,3}){1,2})\b"
    r"|\((?:update|revision)\s([a-z0-9]{1,3})\)",
    re.IGNORECASE,
)
_MONTHS = (
    "jan(?:uary|uari)?|feb(?:ruary|ruari)?|mar(?:ch)?|maart|mrt|apr(?:il)?|may|mei|jun[ei]?|jul[yi]?"
    "|aug(?:ust|ustus)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DATE = re.compile(
    rf"\b(?:([0-9]{{1,2}})(?:e|st|nd|rd|th)?[ -](?:{_MONTHS})\b|(?:{_MONTHS})\.? ([0-9]{{1,2}})\b"
    r"|([0-9]{1,2})(?:_[0-9]{1,2}|/[0-9]{1,2}/[0-9]{2,4})\b)",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"\b(maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday)",
    re.IGNORECASE,
)
_LIVE = re.compile(
    r"\blive-? ?(?:blog|updates?|coverage|verslag|report|ticker|tracker)\b|\brolling (?:coverage|updates)\b"
    r"|\bas (?:it|the day) (?:happened|unfolded)\b|\bminute[- ]by[- ]minute\b|\bvan minuut tot minuut\b"
    r"|\b(?:volg|follow)\b.{0,80}\b(?:op de voet|live|hier|here|as it happens|the latest)\b",
    re.IGNORECASE,
)
_LIVE_TITLE = re.compile(r"\bLIVE\b|^[Ll]ive\b|[|:(] ?[Ll]ive\b|\b[Ll]ive ?[|:)]")
_ROUNDUP = re.compile(
    r"\b(?:round-?up|news digest|in brief|tip sheet|newsletter|nieuwsbrief|nieuwsoverzicht|weekoverzicht"
    r"|dagoverzicht|maandoverzicht|jaaroverzicht|in het kort|wekdienst|ochtendnieuws|avondnieuws"
    r"|persoverzicht|mediaoverzicht|top stories|this week in"
    r"|(?:week|day|year) in review|kort nieuws|horoscope|horoscoop"
    r"|superquiz|weerbericht|weersverwachting|weather forecast|foto's van de dag|photos of the day"
    r"|what happened (?:in .{1,40} )?(?:on|today)|de uitzending van)\b"
    r"|\b(?:morning|evening|daily|weekly|weekend|(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
    r" (?:briefing|digest|wrap)\b"
    r"|^(?:sport|nieuws|buitenland|binnenland|economie|beurs|regio|show|media|algemeen)[ -]*kort\b"
    r"|^(?:best of|podcast|in beeld|het weer|quiz|cartoons?|on politics)\b",
    re.IGNORECASE,
)
#: Parts of a series: the number behind such a word tells them apart.
_PART = re.compile(
    r"\b(?:aflevering|deel|part|episode|chapter|hoofdstuk|dag|day|week|ronde|round|etappe|stage|nummer|no\.|nr\.?"
    r"|brief|editie|edition|volume|vol\.?|game)\s?#?([0-9]{1,4})\b",
    re.IGNORECASE,
)


def identifiers(text: str) -> frozenset[str]:
    """The official identifiers in a text, in capitals."""
    return frozenset(_OFFICIAL.findall(text.upper())) if _DIGIT.search(text) else frozenset()


def version(title: str) -> str:
    """The version that a title names, in lower case, else empty."""
    found = _VERSION.search(title)
    return next((part.lower() for part in found.groups() if part), "") if found else ""


def dates(title: str) -> tuple[frozenset[str], frozenset[str]]:
    """The days of the month and the days of the week that a title names."""
    days = frozenset((a or b or c).lstrip("0") for a, b, c in _DATE.findall(title))
    return days, frozenset(day.lower() for day in _DAY.findall(title))


def parts(title: str) -> frozenset[str]:
    """The numbers of parts of a series that a title names."""
    return frozenset(_PART.findall(title))


def live_title(title: str) -> bool:
    """Whether a title says that this is a live report."""
    return bool(_LIVE_TITLE.search(title) or _LIVE.search(title))


def live_text(beginning: str) -> bool:
    """Whether the beginning of a text says that this is a live report."""
    return bool(_LIVE.search(beginning))


def roundup(title: str) -> bool:
    """Whether a title is that of a round-up, digest or daily item."""
    return bool(_ROUNDUP.search(title))


def apart(one: datetime | None, other: datetime | None) -> float:
    """Hours between two times; 0 where one is unknown."""
    return 0.0 if one is None or other is None else abs((one - other).total_seconds()) / 3600
