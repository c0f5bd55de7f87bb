"""Reading the times that feeds write: ISO 8601, RFC 2822 and its obsolete forms, Dutch and other months.

Only what the text says is decided here; whether a time lies in the future is the pipeline's question.
A time without a zone is local time of the source (`zone`), daylight saving included (IANA rules).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from ingest.text.fold import fold

_OLDEST, _NEWEST = 1970, 2100
_LONGEST = 120

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januari januar janvier enero",
            "feb february februari februar fevrier fevr febrero",
            "mar march maart mrt marz maerz mars marzo",
            "apr april avril avr abril",
            "may mei mai mayo",
            "jun june juni juin junio",
            "jul july juli juillet juil julio",
            "aug august augustus aout agosto",
            "sep sept september septembre septiembre",
            "oct october okt oktober octobre octubre",
            "nov november novembre noviembre",
            "dec december dez dezember decembre diciembre dic",
        ),
        start=1,
    )
    for name in names.split()
}
#: Hours east of UTC. RFC 2822 §4.3 and the names that European and Caribbean sources use.
_ZONES = {
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet"), 0),
    **dict.fromkeys(("bst", "west", "cet", "met", "mez"), 1),
    **dict.fromkeys(("cest", "mest", "mesz", "eet", "sast"), 2),
    **dict.fromkeys(("eest", "msk"), 3),
    **{"ast": -4, "adt": -3, "est": -5, "edt": -4, "cst": -6, "cdt": -5},
    **{"mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "jst": 9},
}
#: Where 10/02/2026 is 2 October.
_DUTCH_CARIBBEAN = {"America/Curacao", "America/Aruba", "America/Lower_Princes", "America/Kralendijk"}

_CLOCK = r"(?P<hour>[0-9]{1,2})[:.h](?P<minute>[0-9]{2})(?:[:.](?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
_AFTER = r"\s*(?P<half>[ap]\.?m\b\.?)?(?:\s*(?:uur|uhr|u|h)\b\.?)?\s*(?P<zone>.*)"
_TIME = rf"(?:(?:\s*[T,]\s*|\s+)(?:(?:om|at|um|a|-)\s+)?{_CLOCK}{_AFTER})?\s*$"
_FORMS = tuple(
    re.compile(form + _TIME, re.IGNORECASE)
    for form in (
        # 2026-11-24, 2026/11/24
        r"(?P<year>[0-9]{4})(?P<gap>[-/.])(?P<month>[0-9]{1,2})(?P=gap)(?P<day>[0-9]{1,2})",
        # Tue, 24 Nov 2026; di 24 nov. 2026; 24-Nov-26; 24. November 2026
        r"(?:[^\W\d]{2,12}\.?,?\s+)?(?P<day>[0-9]{1,2})(?:st|nd|rd|th|e)?[.]?[\s-]*(?:de\s+)?"
        r"(?P<name>[^\W\d]{3,10})[.,]?[\s-]*(?:de\s+)?(?P<year>[0-9]{4}|[0-9]{2,3})\b",
        # November 24, 2026
        r"(?:[^\W\d]{2,12}\.?,\s+)?(?P<name>[^\W\d]{3,10})\.?\s+(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?,?\s+"
        r"(?P<year>[0-9]{4})\b",
        # 24-11-2026, 24/11/2026, 24.11.2026
        r"(?:[^\W\d]{2,12}\.?,?\s+)?(?P<one>[0-9]{1,2})(?P<gap>[-/.])(?P<two>[0-9]{1,2})(?P=gap)(?P<year>[0-9]{4})\b",
        # 26-10-02: the year first, as ISO 8601:1988 truncates it
        r"(?P<year>[0-9]{2})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})\b",
    )
)
# Tue Nov 24 10:15:00 2026 (asctime), with an optional zone before the year.
_ASCTIME = re.compile(
    rf"[^\W\d]{{2,12}}\s+(?P<name>[^\W\d]{{3,10}})\s+(?P<day>[0-9]{{1,2}})\s+{_CLOCK}"
    r"\s+(?P<zone>[A-Za-z]{1,5}\s+|[+-][0-9]{4}\s+)?(?P<year>[0-9]{4})$"
)
_DIGITS = re.compile(r"(?P<whole>[0-9]{4,16})(?:\.[0-9]{1,9})?(?P<zulu>Z)?$")
_COMPACT = re.compile(r"(?P<date>[0-9]{8})T(?P<time>[0-9]{6}|[0-9]{4})(?:[.,][0-9]{1,9})?\s*(?P<zone>.*)$")
_OFFSET = re.compile(
    r"(?:GMT|UTC|UT)?\s*(?P<sign>[+-])(?P<hours>[0-9]{1,2}):?(?P<minutes>[0-9]{2})?$", re.IGNORECASE
)
_COMMENT = re.compile(r"\s*\([^()]*\)\s*$")


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def _offset(text: str, default: tzinfo) -> tzinfo | None:
    """The zone written in `text`; `default` when it says nothing known, None when it is no zone at all."""
    text = text.strip()
    if not text:
        return default
    if found := _OFFSET.match(text):
        hours, minutes = int(found["hours"]), int(found["minutes"] or 0)
        if hours > 15 or minutes > 59:
            return None
        span = timedelta(hours=hours, minutes=minutes)
        return timezone(span if found["sign"] == "+" else -span)
    hours_east = _ZONES.get(text.lower())
    if hours_east is not None:
        return timezone(timedelta(hours=hours_east))
    # A military letter or an unknown name says nothing reliable (RFC 2822 §4.3); anything longer is no time.
    if re.fullmatch(r"[A-Za-z]{1,5}", text):
        return default
    if "/" in text and isinstance(found_zone := _zone(text), ZoneInfo):
        return found_zone
    return None


def _year(text: str) -> int:
    """RFC 2822 §4.3: 00-49 are 2000-2049, 50-999 count from 1900."""
    year = int(text)
    if len(text) == 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(text) == 3 else year


def _utc(year: int, month: int, day: int, clock: tuple[int, int, int], zone: tzinfo) -> datetime | None:
    hour, minute, second = clock
    later = timedelta(0)
    if hour == 24 and minute == second == 0:
        hour, later = 0, timedelta(days=1)
    # A leap second is the last one that Python's clock knows.
    second = min(second, 59) if second == 60 else second
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=zone) + later
        moment = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _OLDEST <= moment.year <= _NEWEST else None


def _numeric_order(one: int, two: int, gap: str, zone: str) -> tuple[int, int]:
    """(month, day) of a date written with numbers only: day first, but slashes are American in America."""
    american = gap == "/" and zone.startswith(("America/", "US/")) and zone not in _DUTCH_CARIBBEAN
    if (american and one <= 12) or two > 12:
        return one, two
    return two, one


def _matched(found: re.Match[str], zone: str) -> datetime | None:
    parts = found.groupdict()
    year = _year(parts["year"])
    if parts.get("name"):
        month = _MONTHS.get(fold(parts["name"]).lower(), 0)
        day = int(parts["day"])
    elif parts.get("one"):
        month, day = _numeric_order(int(parts["one"]), int(parts["two"]), parts["gap"], zone)
    else:
        month, day = int(parts["month"]), int(parts["day"])
    hour = int(parts["hour"] or 0)
    half = (parts.get("half") or "").lower().replace(".", "")
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    offset = _offset(parts["zone"] or "", _zone(zone))
    if offset is None or not month:
        return None
    return _utc(year, month, day, (hour, int(parts["minute"] or 0), int(parts["second"] or 0)), offset)


def _digits(text: str, zulu: bool, zone: str) -> datetime | None:
    """A number alone: YYYY[MM[DD[HHMM[SS]]]], or seconds, milli- or microseconds since 1970."""
    length = len(text)
    local = UTC if zulu else _zone(zone)
    if length in (4, 6, 8, 12, 14):
        month, day = int(text[4:6] or 1), int(text[6:8] or 1)
        clock = (int(text[8:10] or 0), int(text[10:12] or 0), int(text[12:14] or 0))
        return _utc(int(text[:4]), month, day, clock, local)
    if length in (9, 10, 13, 16):
        seconds = int(text) // {13: 1000, 16: 1_000_000}.get(length, 1)
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
        return moment if moment.year <= _NEWEST else None
    return None


def read(text: str | None, zone: str = "UTC") -> datetime | None:
    """The moment that `text` names, aware, in UTC, whole seconds; None when it names none.

    `zone` (IANA) is used where `text` has no zone of its own; a date alone is midnight there. Years
    outside 1970 to 2100 are garbage. Never raises.
    """
    if not text:
        return None
    text = " ".join(str(text)[: _LONGEST * 2].replace("\x00", " ").split())
    text = _COMMENT.sub("", text).strip(" ,;")
    if not text or len(text) > _LONGEST or not any(c in "0123456789" for c in text):
        return None
    # What feeds write nearly always, by the interpreter's own reader.
    if len(text) >= 19 and text[4] == "-" and text[10] == "T":
        try:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=_zone(zone))
            moment = moment.astimezone(UTC).replace(microsecond=0)
            return moment if _OLDEST <= moment.year <= _NEWEST else None
        except (ValueError, OverflowError):
            pass
    if found := _DIGITS.match(text):
        return _digits(found["whole"], bool(found["zulu"]), zone)
    if found := _COMPACT.match(text):
        offset = _offset(found["zone"], _zone(zone))
        date, clock = found["date"], found["time"].ljust(6, "0")
        hms = (int(clock[:2]), int(clock[2:4]), int(clock[4:6]))
        return _utc(int(date[:4]), int(date[4:6]), int(date[6:]), hms, offset) if offset else None
    if found := re.match(r"([0-9]{4})-([0-9]{2})$", text):
        return _utc(int(found[1]), int(found[2]), 1, (0, 0, 0), _zone(zone))
    for form in (*_FORMS, _ASCTIME):
        if (found := form.match(text)) and (named := _matched(found, zone)):
            return named
    # 02-10-26 whose "month" cannot be one: the day came first after all.
    if found := re.match(r"([0-9]{2})-([0-9]{2})-([0-9]{2})$", text):
        return _utc(_year(found[3]), int(found[2]), int(found[1]), (0, 0, 0), _zone(zone))
    return None
