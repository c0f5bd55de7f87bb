"""Which local date's digest a reader is due at a moment. Knows no store.

A date's digest is due at the reader's hour of that date where they live; where a clock change takes that
hour out, at the moment the clock jumped; where it comes twice, the first time. One that could not be made
in time is made late, until noon, and says so. After that its day is rolled over into the next.
Dates only go forward: who moves west, or chooses a later hour, has no date twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: A digest made so long after its moment is marked late.
LATE = timedelta(minutes=15)
NOON = 12
#: Where the hour is noon or later, it may still be made for so long, on its own date.
AFTERNOON = timedelta(hours=5)
#: The longest a digest reaches back, after an outage or a holiday.
LONGEST = timedelta(days=7)
#: Dates of an outage that are remembered one by one.
MOST_ROLLED = 31


@dataclass(frozen=True, slots=True)
class Due:
    """The digest of `date`, wanted at `at` (UTC)."""

    date: date
    at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What is due now, and the dates whose digest will not come any more, oldest first."""

    due: Due | None = None
    rolled: tuple[date, ...] = ()


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """The zone of that name; UTC where the system knows it no longer."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def moment(day: date, hour: int, zone: str) -> datetime:
    """When the clock on the wall first shows that hour of that date, in UTC."""
    return datetime.combine(day, time(min(hour, 23)), zone_of(zone)).astimezone(UTC)


def latest(day: date, hour: int, zone: str) -> datetime:
    """Until when the digest of a date is made at all: noon; of an afternoon hour, some hours after it."""
    if hour < NOON:
        return moment(day, NOON, zone)
    ends = datetime.combine(day + timedelta(days=1), time(), zone_of(zone)).astimezone(UTC)
    return min(moment(day, hour, zone) + AFTERNOON, ends)


def plan(zone: str, hour: int, now: datetime, last: date | None, since: datetime) -> Plan:
    """What a reader is due at `now`.

    `last`: the newest date that has a digest already, rolled over ones too. `since`: when they became a
    reader; a digest whose moment came before is not theirs.
    """
    today = now.astimezone(zone_of(zone)).date()
    if last is not None:
        first = max(last + timedelta(days=1), today - timedelta(days=MOST_ROLLED))
    else:
        # Who was a reader long before there were digests has missed none.
        first = since.astimezone(zone_of(zone)).date() if now - since <= LONGEST else today
    due, rolled = None, []
    for number in range((today - first).days + 1):
        day = first + timedelta(days=number)
        at = moment(day, hour, zone)
        if at > now or at < since:
            continue
        if now < latest(day, hour, zone):
            due = Due(day, at, now - at > LATE)
        else:
            rolled.append(day)
    return Plan(due, tuple(rolled))
