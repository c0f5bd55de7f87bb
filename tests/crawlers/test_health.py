"""The health of a source: every state with its evidence, as a table; and since when it holds."""

# ruff: noqa: E501 - a table: one case a line
from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from crawlers import health
from crawlers.health import Facts, decide
from crawlers.models import PollResult
from ingest.models import Source, SourceState
from tests.conftest import Store

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


GOOD = Facts(
    kind="feed", result="answered", result_since=ago(days=9), last_polled=ago(minutes=5), last_answered=ago(minutes=5),
    last_changed=ago(hours=2), ingested=ago(hours=2), entries=20, entry_newest=ago(hours=3), format="rss",
)  # fmt: skip
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
    "daily, 4 days old": (replace(GOOD, entry_newest=ago(days=4), rhythm=timedelta(days=1)), "ok", "newest entry"),
    "daily, 6 days old": (
        replace(GOOD, entry_newest=ago(days=6), rhythm=timedelta(days=1)), "quiet", "6 days ago (usually one every 24 hours)",
    ),
    "hourly, 4 days old": (replace(GOOD, entry_newest=ago(days=4), rhythm=timedelta(hours=1)), "quiet", "4 days ago"),
    "hourly, 2 days old": (replace(GOOD, entry_newest=ago(days=2), rhythm=timedelta(hours=1)), "ok", ""),
    "daily, frozen in June": (
        replace(GOOD, entry_newest=datetime(2026, 6, 2, tzinfo=UTC), rhythm=timedelta(hours=4)), "stale", "frozen or abandoned",
    ),
    "yearly report, 8 months old": (replace(GOOD, entry_newest=ago(days=240), rhythm=timedelta(days=365)), "ok", ""),
    "unknown rhythm, 40 days old": (replace(GOOD, entry_newest=ago(days=40)), "quiet", "rhythm is not known"),
    "unknown rhythm, of 2016": (replace(GOOD, entry_newest=datetime(2016, 1, 1, tzinfo=UTC)), "stale", "2016-01-01"),
    "undated, changing": (replace(GOOD, entry_newest=None), "ok", "entries carry no dates, last change"),
    "undated, same for long": (replace(GOOD, entry_newest=None, last_changed=ago(days=50)), "quiet", "no dates"),
    "dated in the future": (replace(GOOD, entry_newest=ago(days=-3)), "ok", ""),
    "recorded in 2024": (
        replace(GOOD, kind="recorded", entry_newest=datetime(2024, 5, 1, tzinfo=UTC), seen_until=datetime(2024, 5, 2, tzinfo=UTC)),
        "ok", "2024-05-01",
    ),
    "ingested from a file, never polled": (replace(GOOD, result="", last_polled=None, last_answered=None), "ok", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_state_and_evidence(name: str) -> None:
    facts, state, words = CASES[name]
    found, evidence = decide(facts, NOW)
    assert found == state, evidence
    assert words in evidence and "\n" not in evidence


def test_since_is_the_moment_of_the_turn() -> None:
    assert health.since("ok", ago(days=3), "ok", NOW) == ago(days=3)
    assert health.since("ok", ago(days=3), "error", NOW) == NOW


def test_health_is_stored_with_its_turning_point(store: Store) -> None:
    source = Source.objects.create(slug="one", name="one", url="https://one.example/feed")
    began = timezone.now()
    SourceState.objects.create(
        source=source, last_polled=began, last_error="answered 404", failures=1, last_status=404
    )
    PollResult.objects.create(source=source, kind="failed", since=began)
    assert health.assess(None, began) == 1
    assert health.assess([source.pk], began + timedelta(hours=1)) == 0
    kept = SourceState.objects.get(source=source)
    assert (kept.health, kept.health_since) == ("error", began)
    assert kept.health_evidence.startswith("answered 404, once")
