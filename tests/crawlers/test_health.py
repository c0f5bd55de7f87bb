"""What makes which state: every one with its evidence, as a table, and what stands beside it."""

# ruff: noqa: E501 - a table: one case a line
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from crawlers.health import DOWN, SERIOUSNESS, Facts, decide
from crawlers.health.facts import Ahead, Lag, Mix, Rhythm, Volume
from crawlers.health.holidays import is_holiday
from crawlers.health.volume import tail

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


GOOD = Facts(
    kind="feed", result="answered", result_since=ago(days=9), last_polled=ago(minutes=5), last_answered=ago(minutes=5),
    last_changed=ago(hours=2), ingested=ago(hours=2), entries=20, entry_newest=ago(hours=3), format="rss",
)  # fmt: skip


def every(usual: float, longest: float = 0) -> Rhythm:
    """A rhythm in hours."""
    return Rhythm(timedelta(hours=usual), timedelta(hours=longest or usual))


def volume(day: int, *before: int, holiday: bool = False, **changes: object) -> Facts:
    facts = replace(GOOD, volume=Volume(day, before, holiday), unbroken=ago(days=9))
    return replace(facts, **changes)  # type: ignore[arg-type]


def languages(then: str, many: int, total: int, now: str, count: int, kept: int) -> Facts:
    return replace(GOOD, languages=(Mix(then, many, total), Mix(now, count, 20), kept))


FAILED = replace(GOOD, result="failed", last_error="answered 503 (unavailable)", result_since=ago(hours=1))

CASES: dict[str, tuple[Facts, str, str]] = {
    "never polled": (Facts("feed"), "new", "not polled yet"),
    "polled, not ingested": (replace(GOOD, ingested=None), "new", "not ingested yet"),
    "fresh": (GOOD, "ok", "20 entries, newest entry 2026-11-24 09:00 UTC"),
    "gone": (replace(GOOD, result="gone", result_since=ago(days=2)), "gone", "410 Gone on 2026-11-22"),
    "reserved": (replace(GOOD, result="reserved", tdm_basis="tdmrep.json: / 1"), "reserved", "tdmrep.json: / 1"),
    "blocked": (replace(GOOD, result="blocked", last_error="robots.txt disallows /x"), "blocked", "robots.txt"),
    "one failure": (replace(FAILED, failures=1), "ok", "last poll failed: answered 503"),
    "two failures": (replace(FAILED, failures=2), "ok", "last poll failed"),
    "three failures": (replace(FAILED, failures=3), "error", "answered 503 (unavailable), 3 times in a row"),
    "never answered": (replace(FAILED, failures=1, last_answered=None, ingested=None), "error", "usable answer never"),
    "refused": (replace(GOOD, refused="a web page, not a feed"), "error", "refused: a web page, not a feed"),
    "no entries": (replace(GOOD, entries=0), "empty", "read as rss, but holds 0 entries"),
    "blocked by consent": (replace(GOOD, result="consent", last_error="redirects to the consent wall of x"), "consent", "consent wall of x, since"),
    "daily, 4 days old": (replace(GOOD, entry_newest=ago(days=4), rhythm=every(24)), "ok", "newest entry"),
    "daily, 6 days old": (replace(GOOD, entry_newest=ago(days=6), rhythm=every(24)), "quiet", "6 days ago (usually one every 24 hours)"),
    "hourly, 4 days old": (replace(GOOD, entry_newest=ago(days=4), rhythm=every(1)), "quiet", "4 days ago"),
    "hourly, 2 days old": (replace(GOOD, entry_newest=ago(days=2), rhythm=every(1)), "ok", ""),
    "an office over Christmas": (replace(GOOD, entry_newest=ago(days=9), rhythm=every(3, 65)), "quiet", ""),
    "comes in bursts, a month between": (replace(GOOD, entry_newest=ago(days=40), rhythm=every(0.1, 24 * 30)), "ok", ""),
    "hourly, 11 days old": (replace(GOOD, entry_newest=ago(days=11), rhythm=every(1)), "frozen", "11 days ago (usually one every 60 minutes)"),
    "daily, frozen in June": (replace(GOOD, entry_newest=datetime(2026, 6, 2, tzinfo=UTC), rhythm=every(4)), "frozen", "newest entry 2026-06-02 00:00 UTC"),
    "frozen, but made anew each time": (
        replace(GOOD, entry_newest=ago(days=40), rhythm=every(4)), "frozen", "its bytes changed on 2026-11-24 10:00 UTC, its entries did not",
    ),
    "frozen, byte for byte": (replace(GOOD, entry_newest=ago(days=40), last_changed=ago(days=40), rhythm=every(4)), "frozen", "with the same entries"),
    "old dates, but new ones come in": (replace(GOOD, entry_newest=ago(days=400), arrived=ago(hours=5), rhythm=every(24)), "ok", "last one that was new 2026-11-24"),
    "yearly report, 8 months old": (replace(GOOD, entry_newest=ago(days=240), rhythm=every(24 * 365)), "ok", ""),
    "unknown rhythm, 40 days old": (replace(GOOD, entry_newest=ago(days=40)), "quiet", "rhythm is not known"),
    "unknown rhythm, of 2016": (replace(GOOD, entry_newest=datetime(2016, 1, 1, tzinfo=UTC)), "stale", "2016-01-01"),
    "undated, changing": (replace(GOOD, entry_newest=None), "ok", "entries carry no dates, last change"),
    "undated, same for long": (replace(GOOD, entry_newest=None, last_changed=ago(days=50)), "quiet", "no dates"),
    "undated, bytes change, entries do not": (replace(GOOD, entry_newest=None, arrived=ago(days=50), rhythm=every(24)), "frozen", "entries did not"),
    "dated in the future": (replace(GOOD, entry_newest=ago(days=-3)), "ok", ""),
    "not looked at for a month": (replace(GOOD, entry_newest=ago(days=30, hours=3), last_answered=ago(days=30), rhythm=every(1)), "ok", ""),
    "recorded in 2024": (
        replace(GOOD, kind="recorded", entry_newest=datetime(2024, 5, 1, tzinfo=UTC), seen_until=datetime(2024, 5, 2, tzinfo=UTC)),
        "ok", "2024-05-01",
    ),
    "ingested from a file, never polled": (replace(GOOD, result="", last_polled=None, last_answered=None), "ok", ""),
    "nothing where forty are usual": (volume(0, 40, 35, 44, 38), "volume", "silence: 0 new entries in 24 hours; the same Tuesday hours in weeks before: 40, 35, 44, 38"),
    "five where forty are usual": (volume(5, 40, 35, 44, 38), "volume", "silence: 5 new"),
    "twenty where forty are usual": (volume(20, 40, 35, 44, 38), "ok", ""),
    "nothing where five are usual": (volume(0, 5, 6, 4, 5), "ok", ""),
    "nothing on a holiday": (volume(0, 40, 35, 44, 38, holiday=True), "ok", ""),
    "nothing on a Sunday as always": (volume(0, 0, 1, 0, 0), "ok", ""),
    "nothing, and one such week before": (volume(0, 40, 0, 44, 38), "ok", ""),
    "nothing, with two weeks known": (volume(0, 40, 35), "ok", ""),
    "nothing, for we paused": (volume(0, 40, 35, 44, 38, unbroken=ago(hours=5)), "ok", ""),
    "nothing, and it fails": (volume(0, 40, 35, 44, 38, result="failed", failures=1, last_error="reset"), "ok", "reset"),
    "a flood": (volume(400, 40, 35, 44, 38), "volume", "flood: 400 new entries in 24 hours"),
    "a busy day": (volume(100, 40, 35, 44, 38), "ok", ""),
    "a flood as three weeks ago": (volume(400, 40, 35, 380, 38), "ok", ""),
    "twelve where one is usual": (volume(12, 1, 0, 2, 1), "ok", ""),
    "dated ahead": (replace(GOOD, ahead=Ahead(9, 40, timedelta(hours=2))), "skew", "9 of its newest 40 entries lay 2 hours in the future"),
    "one announcement": (replace(GOOD, ahead=Ahead(1, 40, timedelta(days=9))), "ok", ""),
    "minutes ahead": (replace(GOOD, ahead=Ahead(20, 40, timedelta(minutes=12))), "ok", ""),
    "five hours behind, every one": (replace(GOOD, lag=Lag(20, timedelta(hours=5), timedelta(hours=5.2))), "skew", "5.0 to 5.2 hours after their own date"),
    "behind as far as we poll": (replace(GOOD, interval=timedelta(hours=6), lag=Lag(20, timedelta(hours=5), timedelta(hours=5.2))), "ok", ""),
    "late, each by another time": (replace(GOOD, lag=Lag(20, timedelta(hours=2), timedelta(hours=9))), "ok", ""),
    "now in English": (languages("nl", 96, 100, "en", 19, 1), "language", "19 of its newest 20 entries are in en; of the 100 before them 96 were in nl"),
    "in two languages, as ever": (languages("nl", 60, 100, "en", 12, 8), "ok", ""),
    "a few English ones": (languages("nl", 96, 100, "nl", 15, 15), "ok", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_state_and_evidence(name: str) -> None:
    facts, state, words = CASES[name]
    found = decide(facts, NOW)
    assert found.state == state, found.evidence
    assert words in found.evidence and "\n" not in found.evidence
    assert bool(found.faults) == (state not in ("ok", "new"))
    assert all(fault.fault in SERIOUSNESS for fault in found.faults)


def test_of_several_faults_the_most_serious_is_the_state_and_the_others_are_named() -> None:
    facts = replace(
        volume(0, 40, 35, 44, 38), ahead=Ahead(9, 40, timedelta(hours=2)),
        entry_newest=ago(days=40), rhythm=every(1), languages=(Mix("nl", 96, 100), Mix("en", 20, 20), 0),
    )  # fmt: skip
    found = decide(facts, NOW)
    assert found.state == "frozen"
    assert [fault.fault for fault in found.faults] == ["frozen", "silence", "skew", "language"]
    for word in ("; also volume: silence", "; also skew: 9 of", "; also language: 20 of"):
        assert word in found.evidence
    assert decide(replace(facts, result="gone", result_since=ago(days=1)), NOW).state == "gone"


def test_what_counts_as_down() -> None:
    assert {"gone", "reserved", "blocked", "consent", "error", "empty", "frozen", "stale", "silence"} <= DOWN
    assert not DOWN & {"flood", "skew", "language", "quiet"}


def test_the_bound_on_a_poisson_tail_holds_on_both_sides() -> None:
    assert tail(0, 10) == pytest.approx(4.54e-5, rel=0.01)
    assert tail(2, 10) > 0.00277 and tail(30, 10) > 1e-7  # the chances themselves
    assert tail(2, 10) < 0.03 and tail(30, 10) < 1e-5
    assert (tail(10, 10), tail(5, 0), tail(0, 0)) == (1.0, 0.0, 1.0)


@pytest.mark.parametrize("mean", [5, 40, 400])
def test_days_that_vary_as_news_does_raise_no_alarm(mean: int) -> None:
    """Gamma-distributed days, standard deviation a third of the mean; a source that stops is still seen."""
    random = Random(4)
    days = [[round(random.gammavariate(9, mean / 9)) for _ in range(5)] for _ in range(1000)]
    alarms = sum(decide(volume(day, *before), NOW).state == "volume" for day, *before in days)
    assert alarms <= 3
    if mean >= 40:
        stopped = sum(decide(volume(0, *before), NOW).state == "volume" for _, *before in days)
        assert stopped >= 980


@pytest.mark.parametrize(
    ("day", "country", "rests"),
    [
        ("2026-12-25", "XX", True), ("2026-04-06", "NL", True), ("2026-05-14", "DE", True),  # Easter Monday, Ascension
        ("2026-04-27", "NL", True), ("2026-04-27", "US", False), ("2026-11-26", "US", True), ("2026-11-26", "NL", False),
        ("2026-07-02", "CW", True), ("2026-09-06", "BQ-SA", True), ("2026-08-31", "GB", True), ("2026-11-24", "NL", False),
    ],
)  # fmt: skip
def test_holidays(day: str, country: str, rests: bool) -> None:
    assert is_holiday(datetime.fromisoformat(day).date(), country) is rests
