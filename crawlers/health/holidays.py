"""Days on which offices rest, so that their silence says nothing. Pure; Western (Gregorian) calendar."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

#: (month, day) kept almost everywhere our sources are, and the days between on which offices are shut.
_EVERYWHERE = ((1, 1), (1, 2), (5, 1), (12, 24), (12, 25), (12, 26), *((12, day) for day in range(27, 32)))
#: Days from Easter Sunday: Carnival Monday, Good Friday to Easter Monday, Ascension and the day after,
#: Whit Sunday and Monday, Corpus Christi.
_FROM_EASTER = (-48, -2, -1, 0, 1, 39, 40, 49, 50, 60)
_NATIONAL: dict[str, tuple[tuple[int, int], ...]] = {
    "NL": ((4, 27), (5, 5)),
    "AW": ((1, 25), (3, 18), (4, 27)),
    "CW": ((4, 27), (7, 2), (10, 10)),
    "SX": ((4, 27), (7, 1), (11, 11)),
    "BQ": ((4, 27), (4, 30), (9, 6), (11, 16)),
    "BE": ((7, 21), (8, 15), (11, 1), (11, 11)),
    "DE": ((10, 3), (11, 1)),
    "FR": ((5, 8), (7, 14), (8, 15), (11, 1), (11, 11)),
    "GB": ((12, 28),),
    "US": ((6, 19), (7, 3), (7, 4), (7, 5), (11, 11)),
}


@lru_cache(maxsize=64)
def easter(year: int) -> date:
    """Easter Sunday (Meeus, Jones, Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e, g = b // 4, b % 4, (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    rest = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * rest) // 451
    month, day = divmod(h + rest - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _nth(year: int, month: int, weekday: int, number: int) -> date:
    """The number-th weekday (0 Monday) of a month; 0 for the last of the month before."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def _moving(country: str, year: int) -> tuple[date, ...]:
    if country == "US":
        thanks = _nth(year, 11, 3, 4)
        mondays = ((1, 3), (2, 3), (6, 0), (9, 1), (10, 2))
        return (thanks, thanks + timedelta(days=1), *(_nth(year, m, 0, n) for m, n in mondays))
    if country == "GB":
        return (_nth(year, 5, 0, 1), _nth(year, 6, 0, 0), _nth(year, 9, 0, 0))
    return ()


def is_holiday(day: date, country: str = "") -> bool:
    """Whether offices of `country` (ISO 3166, Kingdom parts as BQ-BO; else: widely) rest on `day`."""
    code = country.upper().partition("-")[0]
    fixed = (day.month, day.day)
    if fixed in _EVERYWHERE or fixed in _NATIONAL.get(code, ()):
        return True
    return (day - easter(day.year)).days in _FROM_EASTER or day in _moving(code, day.year)
