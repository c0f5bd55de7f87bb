"""What a source's newest entries tell of its rhythm, clock and language. Pure: rows in, plain JSON out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from statistics import median
from typing import Any

from crawlers.health.facts import Ahead, Lag, Mix, Rhythm

#: Rows that are looked at, and how many of them are "lately".
ROWS, LATELY, DATES = 200, 20, 50
FEWEST_DATES = 5
LATE = timedelta(hours=72)
TOLERANCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Row:
    """One entry. `came`: when it came in (our clock; the document's where recorded), `stated`: its date."""

    came: datetime
    stated: datetime | None
    language: str
    first: bool  # of the source's first document
    own: bool = True  # not a sighting of another source's signal, whose date it is

    @property
    def late(self) -> bool:
        """Whether it was old when it came: published elsewhere first, or from an archive."""
        return self.stated is not None and self.came - self.stated > LATE


def measure(rows: Sequence[Row], *, recorded: bool) -> dict[str, Any]:
    """Measures of rows, newest first: `usual`, `longest`, `ahead`, `lag`, `languages`, each where known."""
    found: dict[str, Any] = {}
    rhythm = _rhythm(rows)
    if rhythm is not None:
        found["usual"], found["longest"] = rhythm
    if not recorded:
        # A recorded document is dated by itself: there is no clock to hold against its entries.
        own = [row for row in rows if row.own]
        clocks = {"ahead": _ahead(own[: 2 * LATELY]), "lag": _lag(own)}
        found |= {name: value for name, value in clocks.items() if value is not None}
    languages = _languages([row.language for row in rows if row.language])
    if languages is not None:
        found["languages"] = languages
    return found


def _midnight(moment: datetime) -> bool:
    return (moment.hour, moment.minute, moment.second) == (0, 0, 0)


def _rhythm(rows: Sequence[Row]) -> list[float] | None:
    """[median, ninth in ten] of the gaps between dates in seconds; undated entries count when they came."""
    moments = {row.stated or row.came for row in rows if row.stated or not row.first}
    newest = sorted(moments, reverse=True)[:DATES]
    if len(newest) < FEWEST_DATES:
        return None
    gaps = sorted((a - b).total_seconds() for a, b in pairwise(newest))
    return [median(gaps), gaps[ceil(0.9 * len(gaps)) - 1]]


def _ahead(rows: Sequence[Row]) -> list[float] | None:
    leads = [(row.stated - row.came).total_seconds() for row in rows if row.stated]
    wrong = [lead for lead in leads if lead > TOLERANCE.total_seconds()]
    return [len(wrong), len(rows), median(wrong)] if wrong else None


def _lag(rows: Sequence[Row]) -> list[float] | None:
    told = [(row.came, row.stated) for row in rows if row.stated and not row.first and not row.late]
    told = told[: 2 * LATELY]
    if not told or sum(_midnight(stated) for _, stated in told) * 2 > len(told):
        return None  # dates without a time of day
    lags = sorted((came - stated).total_seconds() for came, stated in told)
    return [len(lags), lags[0], lags[ceil(0.75 * len(lags)) - 1]]


def _languages(newest: Sequence[str]) -> list[Any] | None:
    lately, before = newest[:LATELY], newest[LATELY:]
    if not before:
        return None
    ((now, count),) = Counter(lately).most_common(1)
    ((then, many),) = Counter(before).most_common(1)
    return [then, many, len(before), now, count, len(lately), lately.count(then)]


def read(measures: Mapping[str, Any]) -> dict[str, Any]:
    """The measures as the values of Facts that they are."""
    found: dict[str, Any] = {}
    if "usual" in measures:
        usual, longest = timedelta(seconds=measures["usual"]), timedelta(seconds=measures["longest"])
        found["rhythm"] = Rhythm(usual, longest)
    if "ahead" in measures:
        count, total, lead = measures["ahead"]
        found["ahead"] = Ahead(int(count), int(total), timedelta(seconds=lead))
    if "lag" in measures:
        total, least, most = measures["lag"]
        found["lag"] = Lag(int(total), timedelta(seconds=least), timedelta(seconds=most))
    if "languages" in measures:
        then, many, total, now, count, lately, kept = measures["languages"]
        found["languages"] = (Mix(then, many, total), Mix(now, count, lately), kept)
    if "arrived" in measures:
        found["arrived"] = datetime.fromisoformat(measures["arrived"])
    return found
