"""Thirty days of a domain in 60 × 16 pixels, each day against what is usual for the domain. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

WIDTH, HEIGHT = 60, 16
#: A day as high as this many usual ones fills the strip; what is higher is cut off and told apart.
_FULL = 3.0
#: Days before today that are needed to say what is usual.
_LEAST_DAYS = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """One day in pixels from the top left; `over` where it is more than twice the usual."""

    x: int
    y: int
    height: int
    over: bool
    today: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """`usual` is the median of the days before today since the first that held any, None where they are
    too few; `line` its height in pixels from the top."""

    bars: tuple[Bar, ...]
    usual: float | None
    today: int
    total: int
    line: int | None
    first: date | None


def drawn(counts: Sequence[int], days: Sequence[date]) -> Strip:
    """The strip of these days, the last of which is today."""
    start = next((place for place, number in enumerate(counts) if number), len(counts))
    held = counts[start:-1]
    usual = float(median(held)) if len(held) >= _LEAST_DAYS else None
    full = _FULL * usual if usual else float(max(counts, default=0) or 1)
    step = WIDTH // max(1, len(counts))
    bars = []
    for place, number in enumerate(counts):
        if number:
            height = max(1, min(HEIGHT, round(number / full * HEIGHT)))
            over = bool(usual) and number > 2 * (usual or 0)
            bars.append(Bar(place * step, HEIGHT - height, height, over, place == len(counts) - 1))
    line = HEIGHT - round(usual / full * HEIGHT) if usual else None
    first = days[start] if start < len(days) else None
    return Strip(tuple(bars), usual, counts[-1] if counts else 0, sum(counts), line, first)
