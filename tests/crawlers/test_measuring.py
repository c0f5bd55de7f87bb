"""What the newest entries of a source tell of its rhythm, clock and language."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crawlers.health import Facts, clocks, languages, measuring
from crawlers.health.measuring import Row

NOW = datetime(2026, 11, 24, 12, 7, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def rows(number: int, lag: timedelta = 5 * MINUTE, every: timedelta = HOUR) -> list[Row]:
    """Entries that came every so often, each so long after its own date; newest first."""
    return [
        Row(came=NOW - n * every, stated=NOW - n * every - lag, language="nl", first=False)
        for n in range(number)
    ]


def facts(found: list[Row], recorded: bool = False) -> Facts:
    return replace(Facts("feed"), **measuring.read(measuring.measure(found, recorded=recorded)))


def test_the_rhythm_is_the_median_gap_and_the_ninth_in_ten() -> None:
    rhythm = facts(rows(40)).rhythm
    assert rhythm is not None and (rhythm.usual, rhythm.longest) == (HOUR, HOUR)
    pinned = Row(NOW, NOW - 3000 * 24 * HOUR, "nl", False)
    assert facts([*rows(40), pinned]).rhythm == rhythm, "one entry of years ago makes no slow source"
    assert facts(rows(4)).rhythm is None
    bulk = [replace(row, stated=None, first=True) for row in rows(40)]
    assert facts(bulk).rhythm is None, "undated entries of a first document came at once"
    assert facts([replace(row, stated=None) for row in rows(40)]).rhythm == rhythm


def test_a_clock_that_is_wrong_by_hours_is_told_from_one_that_is_not() -> None:
    assert clocks.judge(facts(rows(40))) is None
    behind = clocks.judge(facts(rows(40, lag=5 * HOUR)))
    assert behind is not None and "5.0 to 5.0 hours after their own date" in behind.evidence
    ahead = clocks.judge(facts(rows(40, lag=-2 * HOUR)))
    assert ahead is not None and "40 of its newest 40 entries lay 2 hours in the future" in ahead.evidence
    midnight = [replace(r, stated=r.came.replace(hour=0, minute=0)) for r in rows(60, every=24 * HOUR)]
    assert clocks.judge(facts(midnight)) is None, "a date without a time of day says nothing"
    assert clocks.judge(facts([replace(row, own=False) for row in rows(40, lag=5 * HOUR)])) is None
    assert clocks.judge(facts(rows(40, lag=5 * HOUR), recorded=True)) is None


def test_a_language_is_compared_with_that_of_the_entries_before() -> None:
    english = [replace(row, language="en") for row in rows(20)]
    turned = languages.judge(facts([*english, *rows(60)]))
    assert turned is not None and "20 of its newest 20 entries are in en" in turned.evidence
    assert languages.judge(facts(rows(80))) is None
    assert languages.judge(facts([*english[:8], *rows(72)])) is None
    assert languages.judge(facts([*english, *rows(20)])) is None, "too few before"
