"""Times in queries: each literal is a period, and relative ones stay as written until `now` is known.

A day is the whole day (UTC), a minute the whole minute, so that `published:2026-11-24`,
`published:<=2026-11-24` and `[2026-11-01 TO 2026-11-24]` all take the day in.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta

from search.query.tree import QueryError

_RELATIVE = re.compile(r"now((?:[+-]\d{1,6}[smhdwMy])*)(?:/([mhdwMy]))?")
_STEP = re.compile(r"([+-]\d+)([smhdwMy])")
_NAMED = {"today": "now/d", "vandaag": "now/d", "yesterday": "now-1d/d", "gisteren": "now-1d/d"}
_ABSOLUTE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2})"
    r"(?:[Tt ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"(?P<zone>[Zz]|[+-]\d{2}:?\d{2})?)?)?)?"
)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_HELP = "use 2026-11-24, 2026-11-24T12:00, now-24h or now/d"


def written(literal: str) -> str:
    """The literal, with a named day as the relative time that it stands for."""
    return _NAMED.get(literal.lower(), literal)


def relative(literal: str) -> bool:
    """True where the period depends on the clock."""
    return written(literal).startswith("now")


def instant(literal: str) -> bool:
    """True for `now`, `now-24h` …: a moment, not a calendar period."""
    return literal.startswith("now") and "/" not in literal


def _months(moment: datetime, count: int) -> datetime:
    index = moment.year * 12 + moment.month - 1 + count
    year, month = divmod(index, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def _moved(moment: datetime, count: int, unit: str) -> datetime:
    if unit in "My":
        return _months(moment, count * (12 if unit == "y" else 1))
    return moment + timedelta(seconds=count * _SECONDS[unit])


def _floor(moment: datetime, unit: str) -> datetime:
    moment = moment.replace(microsecond=0)
    if unit == "s":
        return moment
    moment = moment.replace(second=0)
    if unit == "m":
        return moment
    moment = moment.replace(minute=0)
    if unit == "h":
        return moment
    moment = moment.replace(hour=0)
    if unit == "w":
        return moment - timedelta(days=moment.weekday())
    if unit in "My":
        moment = moment.replace(day=1)
    return moment.replace(month=1) if unit == "y" else moment


def _relative(literal: str, now: datetime) -> tuple[datetime, str]:
    found = _RELATIVE.fullmatch(literal)
    if not found:
        raise ValueError
    moment = now.astimezone(UTC)
    for count, unit in _STEP.findall(found[1]):
        moment = _moved(moment, int(count), unit)
    unit = found[2] or "s"
    return _floor(moment, unit), unit


def _absolute(literal: str) -> tuple[datetime, str]:
    found = _ABSOLUTE.fullmatch(literal)
    if not found:
        raise ValueError
    given = {name: int(value) for name, value in found.groupdict().items() if value and name != "zone"}
    zone = (found["zone"] or "Z").upper().replace("Z", "+00:00")
    zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    moment = datetime(**{"month": 1, "day": 1, **given})  # type: ignore[arg-type]
    moment = datetime.fromisoformat(moment.isoformat() + zone).astimezone(UTC)
    named = {"year": "y", "month": "M", "day": "d", "hour": "m", "minute": "m", "second": "s"}
    return moment, named[list(given)[-1]]


def period(literal: str, now: datetime) -> tuple[int, int]:
    """The first second of the period and the first one after it, since 1970 (may be negative).

    Raises QueryError naming what can be written.
    """
    literal = written(literal)
    try:
        start, unit = _relative(literal, now) if literal.startswith("now") else _absolute(literal)
        end = _moved(start, 1, unit)
    except (ValueError, OverflowError):
        raise QueryError(f"{literal!r} is not a time; {_HELP}") from None
    return int(start.timestamp()), int(end.timestamp())
