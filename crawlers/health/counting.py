"""How much came in during 24 hours and during the same hours of the weeks before, read from the store."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, Sum

from crawlers.health.facts import Volume
from crawlers.health.holidays import is_holiday
from crawlers.health.volume import WINDOW
from ingest.intake import hour_of
from ingest.models import Fetch, Intake, Signal, Source

HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
WEEKS = 4
#: A recorded source was watched at a moment if a document of it is not older than this.
RECENT = timedelta(hours=6)


def windows(end: datetime) -> list[tuple[datetime, datetime]]:
    """The 24 hours until `end` and the same of the four weeks before, newest first."""
    return [(end - WINDOW - week * WEEK, end - week * WEEK) for week in range(WEEKS + 1)]


def rests(start: datetime, end: datetime, country: str) -> bool:
    """Whether a holiday touches these hours."""
    return is_holiday(start.date(), country) or is_holiday(end.date(), country)


def polled(sources: Mapping[int, str], now: datetime) -> dict[int, Volume]:
    """By source id, from `Intake`. `sources`: id → country.

    Weeks in which nothing at all came in are left out: then it was we who paused.
    """
    spans = windows(hour_of(now) + HOUR)
    inside = [Q(hour__gte=start, hour__lt=end) for start, end in spans]
    some = inside[0] | inside[1] | inside[2] | inside[3] | inside[4]
    awake = [Intake.objects.filter(each).exists() for each in inside]
    rows = Intake.objects.filter(source__in=sources).order_by().values("source")
    began = dict(rows.values_list("source").annotate(first=Min("hour")))
    sums = {f"w{n}": Sum("new", filter=each) + Sum("sightings", filter=each) for n, each in enumerate(inside)}
    counts: dict[int, Any] = {row["source"]: row for row in rows.filter(some).annotate(**sums)}
    found = {}
    for source_id, first in began.items():
        row = counts.get(source_id, {})
        before = tuple(
            row.get(f"w{n}") or 0
            for n, (start, end) in enumerate(spans)
            if n and awake[n] and start > first and not rests(start, end, sources[source_id])
        )
        found[source_id] = Volume(row.get("w0") or 0, before, rests(*spans[0], sources[source_id]))
    return found


def recorded(source: Source, until: datetime) -> Volume | None:
    """Of a recorded source, by the times of its documents, as far as those are still known."""
    moments = sorted(
        set(Fetch.objects.filter(source=source, as_of__lte=until).values_list("as_of", flat=True))
    )
    if not moments:
        return None
    watched = [_seen(moments, start) and _seen(moments, end) for start, end in windows(until)]
    if not watched[0] or sum(watched) < 2:
        return None
    signals = Signal.objects.filter(source=source).exclude(quiet="first-poll")
    counts = signals.aggregate(
        **{
            f"w{n}": Count("id", filter=Q(as_of__gt=start, as_of__lte=end))
            for n, (start, end) in enumerate(windows(until))
        }
    )
    spans = windows(until)
    before = tuple(
        counts[f"w{n}"]
        for n, (start, end) in enumerate(spans)
        if n and watched[n] and not rests(start, end, source.country)
    )
    return Volume(counts["w0"], before, rests(*spans[0], source.country))


def _seen(moments: Sequence[datetime], at: datetime) -> bool:
    place = bisect_right(moments, at)
    return bool(place) and at - moments[place - 1] <= RECENT
