"""The strip of days: how many signals each day had, which days are chosen, and on which days sources were
missing, so that a low bar is not taken for a quiet day. Bars are links. Days are UTC, as in queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from crawlers.health.facts import DOWN
from crawlers.models import HealthChange
from search.core import And, Core, Range
from search.narrowing import exchanged, removed
from web.state import State

DAYS = 30
STEPS = 20
"""Heights a bar can have: style sheets know them by number, because pages hold no inline style."""
_BY_DAY, _BY_WEEK = 62, 62 * 7
_MISSING = timedelta(hours=6)
"""A source that was down for so long of a day is missing on it."""
_SHARE = 0.05
"""The share of missing sources from which a day counts as incomplete; one in any case."""


@dataclass(frozen=True, slots=True)
class Bar:
    """From `first` to `last` day (both included). `height` 0 to STEPS, `missing` sources of `sources`."""

    first: date
    last: date
    count: int
    height: int
    address: str
    chosen: bool
    missing: int
    thin: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """`earlier` signals before the first bar and where to see them; `sources` are those it concerns."""

    bars: tuple[Bar, ...]
    sources: int
    earlier: int = 0
    earlier_address: str = ""
    whole_address: str = ""
    range_address: str = ""

    @property
    def thin(self) -> tuple[Bar, ...]:
        return tuple(bar for bar in self.bars if bar.thin)

    @property
    def by_day(self) -> bool:
        return all(bar.first == bar.last for bar in self.bars)

    @property
    def marks(self) -> tuple[date, ...]:
        """Days to write under the strip: five at even distances, the last bar's first day at the end."""
        if len(self.bars) < 5:
            return tuple(bar.first for bar in self.bars)
        return tuple(self.bars[round(each * (len(self.bars) - 1) / 4)].first for each in range(5))


def period(core: Core) -> tuple[date | None, date | None] | None:
    """The days that every hit was published in (open ends None); None where the query says nothing of it."""
    items = core.items if isinstance(core, And) else (core,)
    found = [item for item in items if isinstance(item, Range) and item.field == "published"]
    if not found:
        return None
    lows = [item.low for item in found if item.low is not None]
    highs = [item.high for item in found if item.high is not None]
    return (_day(max(lows)) if lows else None, _day(min(highs)) if highs else None)


def window(
    asked: tuple[date | None, date | None] | None, today: date, oldest: date | None
) -> tuple[date, date]:
    """First and last day to show: the last 30, or what is asked for, with days around a short period."""
    usual = today - timedelta(days=DAYS - 1)
    if asked is None:
        return usual, today
    low = asked[0] or min(oldest or usual, asked[1] or today)
    high = max(low, min(asked[1] or today, max(today, low)))
    if low >= usual:
        return usual, max(today, high)
    short = DAYS - ((high - low).days + 1)
    if short > 0:
        high = min(high + timedelta(days=short // 2), today)
        low = high - timedelta(days=DAYS - 1)
    return low, high


def strip(
    state: State,
    counts: Sequence[tuple[str, int]],
    asked: tuple[date | None, date | None] | None,
    now: datetime,
    missing: Mapping[date, int],
    sources: int,
) -> Strip:
    """The bars for these counts by day (of the query without its period, so that all days can be chosen)."""
    by_day = {date.fromisoformat(day): count for day, count in counts}
    low, high = window(asked, now.astimezone(UTC).date(), min(by_day, default=None))
    spans = list(_spans(low, high))
    totals = [sum(by_day.get(day, 0) for day in _days(*span)) for span in spans]
    most = max(totals, default=0)
    bars = []
    for (first, last), count in zip(spans, totals, strict=True):
        gone = max((missing.get(day, 0) for day in _days(first, last)), default=0)
        chosen = asked is not None and (asked[0] or first) <= last and first <= (asked[1] or last)
        literal = f"{first}" if first == last else f"[{first} TO {last}]"
        only = chosen and asked == (first, last)
        query = removed(state.q, "published") if only else exchanged(state.q, "published", literal)
        height = -(-count * STEPS // most) if most else 0
        thin = bool(gone) and gone >= max(1, _SHARE * sources)
        bars.append(Bar(first, last, count, height, state.address(q=query), chosen, gone, thin))
    earlier = sum(count for day, count in by_day.items() if day < low)
    before = f"[* TO {low - timedelta(days=1)}]"
    return Strip(
        tuple(bars),
        sources,
        earlier,
        state.address(q=exchanged(state.q, "published", before)) if earlier else "",
        state.address(q=removed(state.q, "published")) if asked else "",
        # The two days stand for those that a drag begins and ends at.
        state.address(q=exchanged(state.q, "published", "[1970-01-01 TO 1970-01-02]")),
    )


def missing(slugs: Iterable[str], low: date, high: date, now: datetime) -> dict[date, int]:
    """By day how many of these sources were down for hours of it. One query."""
    start = datetime.combine(low, datetime.min.time(), UTC)
    end = min(now, datetime.combine(high, datetime.max.time(), UTC))
    wanted = set(slugs)
    found: dict[date, dict[str, timedelta]] = {}
    stretches = (
        HealthChange.objects.filter(state__in=DOWN - {"silence"}, since__lt=end)
        .exclude(until__lt=start)
        .values_list("source__slug", "since", "until")
    )
    for slug, since, until in stretches:
        if slug not in wanted:
            continue
        begun, ended = max(since, start), min(until or now, end)
        while begun < ended:
            midnight = datetime.combine(
                begun.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC
            )
            day = found.setdefault(begun.astimezone(UTC).date(), {})
            day[slug] = day.get(slug, timedelta()) + (min(ended, midnight) - begun)
            begun = midnight
    return {day: sum(gone >= _MISSING for gone in them.values()) for day, them in found.items()}


def _day(second: int) -> date:
    return datetime.fromtimestamp(second, UTC).date()


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=each) for each in range((last - first).days + 1))


def _spans(low: date, high: date) -> Iterator[tuple[date, date]]:
    """Days, weeks (from Monday) or months, so that no strip has more than about sixty bars of its kind."""
    length = (high - low).days + 1
    first = low
    while first <= high:
        if length <= _BY_DAY:
            last = first
        elif length <= _BY_WEEK:
            last = first + timedelta(days=6 - first.weekday())
        elif length <= 70 * 31:
            last = (first.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        else:
            last = first.replace(month=12, day=31)
        yield first, min(last, high)
        first = last + timedelta(days=1)
