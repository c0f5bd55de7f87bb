"""ok, quiet, frozen or stale: the age of what a source last gave against its own rhythm. Pure.

A source is alive while its newest entry is recent or something new came in, whatever its bytes do: a feed
that is made anew each time (`lastBuildDate`) from the same entries is as dead as one that never changes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from crawlers.health.facts import Facts, Fault, day, span

DAY = timedelta(days=1)
#: An office that is shut over Easter is silent for almost five days, over Christmas for nine.
QUIET_AT_LEAST, QUIET_GAPS, QUIET_LONGEST = 3 * DAY, 5, 1.5
FROZEN_AT_LEAST, FROZEN_GAPS, FROZEN_LONGEST = 10 * DAY, 10, 3
#: For sources whose rhythm is not known.
QUIET_UNKNOWN, STALE_UNKNOWN = 30 * DAY, 90 * DAY


def newest(facts: Facts) -> tuple[datetime | None, str]:
    """The newest sign of life and what it is."""
    dated, arrived = facts.entry_newest, facts.arrived
    if dated is None:
        return arrived or facts.last_changed or facts.ingested, "entries carry no dates, last change"
    if arrived is not None and arrived > dated:
        return arrived, f"newest entry {day(dated)}, last one that was new"
    return dated, "newest entry"


def judge(facts: Facts, now: datetime) -> Fault | None:
    """A fault of freshness, None where the source keeps to its rhythm."""
    moment, _ = newest(facts)
    if moment is None:
        return None
    # What it showed when it was last seen: a pause of ours makes no source old.
    until = min(now, facts.seen_until or facts.last_answered or now)
    age = max(until - moment, timedelta(0))
    rhythm = facts.rhythm
    if rhythm is None:
        if age > STALE_UNKNOWN:
            return Fault("stale", _old(facts, age, "its rhythm is not known") + ": abandoned?")
        return Fault("quiet", _old(facts, age, "its rhythm is not known")) if age > QUIET_UNKNOWN else None
    usual = f"usually one every {span(rhythm.usual)}"
    if age > max(FROZEN_AT_LEAST, FROZEN_GAPS * rhythm.usual, FROZEN_LONGEST * rhythm.longest):
        return Fault("frozen", _old(facts, age, usual) + _frozen(facts, moment))
    if age > max(QUIET_AT_LEAST, QUIET_GAPS * rhythm.usual, QUIET_LONGEST * rhythm.longest):
        return Fault("quiet", _old(facts, age, usual))
    return None


def sentence(facts: Facts) -> str:
    """How much its newest document holds and when it last showed life."""
    moment, what = newest(facts)
    count = "1 entry" if facts.entries == 1 else f"{facts.entries} entries"
    if facts.entries is None:
        count = "an unknown number of entries"
    trouble = ""
    if facts.result == "failed" and facts.last_error:
        trouble = f"; last poll failed: {facts.last_error}"
    return (count if moment is None else f"{count}, {what} {day(moment)}") + trouble


def _old(facts: Facts, age: timedelta, usual: str) -> str:
    moment, what = newest(facts)
    count = "1 entry" if facts.entries == 1 else f"{facts.entries} entries"
    if facts.entries is None:
        count = "an unknown number of entries"
    return f"{count}, {what} {day(moment)}, {span(age)} ago ({usual})"


def _frozen(facts: Facts, moment: datetime) -> str:
    if facts.last_changed is not None and facts.last_changed > moment + DAY and facts.seen_until is None:
        return f": it answers, its bytes changed on {day(facts.last_changed)}, its entries did not"
    return ": it answers, but with the same entries"
