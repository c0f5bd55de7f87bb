"""Far fewer or far more entries than on the same weekdays before. Pure.

Four values are few, so it must be plain: a quarter or less (four times or more) of their median, a chance
below the bound if entries came as Poisson has it at the worst of them, and the farther outside all of them
the more they differ themselves (by ratio), for news is burstier than Poisson.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import exp, log, sqrt
from statistics import median

from crawlers.health.facts import Facts, Fault, Volume

WINDOW = timedelta(hours=24)
#: Weeks that must be comparable, of four.
ENOUGH = 3
FACTOR = 4
RARE_SILENCE, RARE_FLOOD = 1e-4, 1e-9
#: A flood smaller than this drowns nobody (entries a day).
SMALLEST_FLOOD = 40


def tail(count: int, expected: float) -> float:
    """Chernoff's bound on the chance that Poisson(expected) lies at `count` or farther out on its side."""
    if expected <= 0:
        return 0.0 if count else 1.0
    if count <= 0:
        return exp(-expected)
    return min(1.0, exp(count - expected - count * log(count / expected)))


def judge(facts: Facts, now: datetime) -> Fault | None:
    """silence, flood or None. Where we ourselves paused lately, nothing can be told."""
    volume = facts.volume
    if volume is None or len(volume.before) < ENOUGH or facts.result not in ("answered", ""):
        return None
    if facts.seen_until is None and (facts.unbroken is None or facts.unbroken > now - 1.1 * WINDOW):
        return None
    middle, least, most = median(volume.before), min(volume.before), max(volume.before)
    if (
        not volume.holiday
        and volume.day * max(most / max(least, 1), 3) <= least
        and volume.day * FACTOR <= middle
        and tail(volume.day, least) < RARE_SILENCE
    ):
        return Fault("silence", f"silence: {_figures(volume, facts.seen_until or now)}")
    if (
        volume.day >= max(SMALLEST_FLOOD, FACTOR * middle, 2 * most, most * sqrt(most / max(least, 1)))
        and tail(volume.day, most + 1) < RARE_FLOOD
    ):
        return Fault("flood", f"flood: {_figures(volume, facts.seen_until or now)}")
    return None


def _figures(volume: Volume, until: datetime) -> str:
    entries = "entry" if volume.day == 1 else "entries"
    before = ", ".join(str(count) for count in volume.before)
    return f"{volume.day} new {entries} in 24 hours; the same {until:%A} hours in weeks before: {before}"
