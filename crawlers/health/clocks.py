"""Dates that a wrong clock or time zone made: hours ahead of us, or behind by the same time always. Pure."""

from __future__ import annotations

from datetime import timedelta

from crawlers.health.facts import Facts, Fault, span

#: One event announced for next month is no wrong clock: so many entries, and such a share of the newest.
FEWEST_AHEAD, SHARE_AHEAD = 3, 0.2
#: Clocks differ by minutes, zones by half an hour and more.
LEAST_LEAD = timedelta(minutes=20)
FEWEST_LAGS = 12
#: Beyond what polling alone explains, by at least this much, and spread by no more than that.
LEAST_OFFSET, SPREAD = timedelta(minutes=30), timedelta(minutes=30)
HOUR = timedelta(hours=1)
#: Nobody's zone is farther off (UTC-12 to UTC+14, read as one another).
WIDEST = timedelta(hours=26)


def judge(facts: Facts) -> Fault | None:
    """skew, or None."""
    ahead = facts.ahead
    if (
        ahead is not None
        and ahead.count >= max(FEWEST_AHEAD, SHARE_AHEAD * ahead.total)
        and ahead.lead >= LEAST_LEAD
    ):
        text = f"{ahead.count} of its newest {ahead.total} entries lay {span(ahead.lead)} in the future"
        return Fault("skew", f"{text} when they came: a wrong clock or time zone")
    lag = facts.lag
    if lag is None or lag.total < FEWEST_LAGS:
        return None
    offset = LEAST_OFFSET + facts.interval * 1.1
    if offset <= lag.least <= WIDEST and lag.most - lag.least <= SPREAD + facts.interval:
        between = f"{lag.least / HOUR:.1f} to {lag.most / HOUR:.1f} hours"
        text = f"its newest {lag.total} entries came in {between} after their own date, every one"
        return Fault("skew", f"{text}: a wrong time zone, or published late")
    return None
