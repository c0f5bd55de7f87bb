"""Whose morning it is: local hours over both clock changes, an island far west, lateness and missed days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from notify.digest.schedule import Due, Plan, latest, moment, plan
from notify.digest.window import FIRST, LONGEST, tellable, window

AMSTERDAM, CURACAO = "Europe/Amsterdam", "America/Curacao"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "zone", "hour", "utc"),
    [
        ("2026-11-24", AMSTERDAM, 7, "2026-11-24T06:00"),
        ("2026-07-01", AMSTERDAM, 7, "2026-07-01T05:00"),
        ("2026-11-24", CURACAO, 7, "2026-11-24T11:00"),
        ("2026-07-01", CURACAO, 7, "2026-07-01T11:00"),
        ("2026-03-29", AMSTERDAM, 7, "2026-03-29T05:00"),
        ("2026-10-25", AMSTERDAM, 7, "2026-10-25T06:00"),
        # 02:00 is skipped that night: the moment the clock jumped. In autumn it comes twice: the first.
        ("2026-03-29", AMSTERDAM, 2, "2026-03-29T01:00"),
        ("2026-10-25", AMSTERDAM, 2, "2026-10-25T00:00"),
        ("2026-11-24", "Atlantis/Sunken", 7, "2026-11-24T07:00"),
    ],
)
def test_the_hour_is_the_wall_clocks(day: str, zone: str, hour: int, utc: str) -> None:
    assert moment(date.fromisoformat(day), hour, zone) == at(utc)


@pytest.mark.parametrize("zone", [AMSTERDAM, CURACAO, "Pacific/Auckland", "UTC"])
@pytest.mark.parametrize("hour", [0, 2, 3, 7, 12, 23])
@pytest.mark.parametrize("begin", ["2026-03-27", "2026-10-23"])
def test_over_both_clock_changes_each_date_is_due_once_and_in_time(zone: str, hour: int, begin: str) -> None:
    now, last, made = at(f"{begin}T00:00"), None, []
    while now < at(f"{begin}T00:00") + 5 * DAY:
        found = plan(zone, hour, now, last, at(f"{begin}T00:00"))
        assert not found.rolled
        if found.due is not None:
            assert not found.due.late and now - found.due.at < 5 * MINUTE
            last = found.due.date
            made.append(last)
        now += 5 * MINUTE
    assert len(made) in (4, 5)
    assert all(later - earlier == DAY for earlier, later in pairwise(made))


def test_before_its_hour_nothing_is_due_and_after_it_is_until_it_was_made() -> None:
    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)
    assert plan(AMSTERDAM, 7, at("2026-11-24T05:59"), monday, LONG_AGO) == Plan()
    due = Due(tuesday, at("2026-11-24T06:00"), late=False)
    assert plan(AMSTERDAM, 7, at("2026-11-24T06:00"), monday, LONG_AGO) == Plan(due)
    assert plan(AMSTERDAM, 7, at("2026-11-24T06:00"), tuesday, LONG_AGO) == Plan()


def test_a_missed_morning_is_late_until_noon_then_rolled_over() -> None:
    monday = date(2026, 11, 23)
    late = plan(AMSTERDAM, 7, at("2026-11-24T10:59"), monday, LONG_AGO)
    assert late.due is not None and late.due.late and not late.rolled
    assert plan(AMSTERDAM, 7, at("2026-11-24T11:00"), monday, LONG_AGO) == Plan(None, (date(2026, 11, 24),))


def test_days_of_an_outage_are_rolled_over_into_the_morning_after() -> None:
    found = plan(CURACAO, 7, at("2026-11-24T11:05"), date(2026, 11, 20), LONG_AGO)
    assert found.rolled == tuple(date(2026, 11, day) for day in (21, 22, 23))
    assert found.due == Due(date(2026, 11, 24), at("2026-11-24T11:00"), late=False)


def test_an_afternoon_hour_has_some_hours_on_its_own_date() -> None:
    day = date(2026, 11, 24)
    assert latest(day, 13, "UTC") == at("2026-11-24T18:00")
    assert latest(day, 23, "UTC") == at("2026-11-25T00:00")
    assert latest(day, 11, "UTC") == at("2026-11-24T12:00")


def test_who_moves_or_changes_the_hour_has_no_date_twice() -> None:
    day = date(2026, 11, 24)
    # Made at 07:00 in Amsterdam; at 07:00 in Curaçao it is still the same date.
    assert plan(CURACAO, 7, at("2026-11-24T11:00"), day, LONG_AGO) == Plan()
    # A later hour of a day that has its digest.
    assert plan(AMSTERDAM, 9, at("2026-11-24T08:00"), day, LONG_AGO) == Plan()
    # An earlier hour of one that has none yet: at once.
    due = plan(AMSTERDAM, 6, at("2026-11-24T05:10"), date(2026, 11, 23), LONG_AGO).due
    assert due is not None and due.date == day and not due.late
    # From Auckland's tomorrow to Curaçao's yesterday: dates do not go back.
    assert plan(CURACAO, 7, at("2026-11-23T18:30"), day, LONG_AGO) == Plan()
    after = plan(CURACAO, 7, at("2026-11-25T11:00"), day, LONG_AGO)
    assert after.due is not None and after.due.date == date(2026, 11, 25)


def test_a_first_digest_is_the_first_morning_after_joining() -> None:
    joined = at("2026-11-24T09:00")
    assert plan(AMSTERDAM, 7, joined + MINUTE, None, joined) == Plan()
    found = plan(AMSTERDAM, 7, at("2026-11-25T06:00"), None, joined)
    assert found == Plan(Due(date(2026, 11, 25), at("2026-11-25T06:00"), late=False))
    # Down on that morning, the day is rolled over; who was there before digests were has missed none.
    assert plan(AMSTERDAM, 7, at("2026-11-26T06:00"), None, joined).rolled == (date(2026, 11, 25),)
    assert plan(AMSTERDAM, 7, at("2026-11-26T06:00"), None, LONG_AGO).rolled == ()


def test_windows_follow_each_other_and_reach_back_a_week_at_most() -> None:
    now = at("2026-11-24T06:00")
    assert window(now, None, LONG_AGO).begins == now - FIRST
    assert window(now, None, now - HOUR).begins == now - FIRST
    assert window(now, None, now - 3 * DAY).begins == now - 3 * DAY
    assert window(now, now - 30 * HOUR, LONG_AGO).begins == now - 30 * HOUR
    assert window(now, now - 30 * DAY, LONG_AGO).begins == now - LONGEST
    span = window(now, now - DAY, LONG_AGO)
    assert span.holds(now - DAY) and not span.holds(now)
    # Seen before, matched since: a backlog or a correction. Matched before: it had its chance.
    assert span.met(now - 26 * HOUR, now - HOUR)
    assert not span.met(now - 26 * HOUR, now - 25 * HOUR)
    assert not span.met(now - 49 * HOUR, now - HOUR)


def test_quiet_signals_are_news_only_while_they_are_fresh() -> None:
    now = at("2026-11-24T06:00")
    assert tellable("", now - 9 * DAY, now)
    assert tellable("first-poll", now - 23 * HOUR, now)
    assert not tellable("first-poll", now - 25 * HOUR, now)
