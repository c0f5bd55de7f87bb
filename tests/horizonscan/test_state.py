"""What `status` says of sources that gave nothing, and when a first start counts as offline."""

from __future__ import annotations

from django.utils import timezone

from horizonscan import state
from horizonscan.watch import offline
from ingest.models import Entry, Fetch, Source, SourceState
from tests.conftest import Store


def _source(slug: str, **values: object) -> Source:
    enabled = bool(values.pop("enabled", True))
    source = Source.objects.create(slug=slug, name=slug, enabled=enabled)
    SourceState.objects.create(source=source, **values)
    return source


def test_every_enabled_source_that_gave_nothing_is_named_with_its_reason(store: Store) -> None:
    now = timezone.now()
    gave = _source("gave", last_polled=now)
    Entry.objects.create(
        source=gave, identity="i", content_hash="c", first_seen=now, last_seen=now, url="https://a.example/1"
    )
    _source("refused", last_polled=now, refused="an HTML page, not a feed")
    _source("failing", last_polled=now, last_error="the host's name cannot be resolved")
    waits = _source("waits", last_polled=now)
    Fetch.objects.create(source=waits, as_of=now, body=b"x", body_hash="h", size=1)
    _source("empty", last_polled=now, ingested=now, health="empty", health_evidence="holds 0 entries")
    _source("asleep")
    _source("off", enabled=False)
    lines = state.sources()
    assert {each["slug"]: each["why"] for each in state.silent(lines)} == {
        "refused": "an HTML page, not a feed",
        "failing": "the host's name cannot be resolved",
        "waits": "1 fetched documents wait for ingest",
        "empty": "holds 0 entries",
        "asleep": "not polled yet",
    }
    assert {each.slug: each.entries for each in lines}["gave"] == 1
    assert state.waiting()["fetches"] == 1
    assert state.counts()["entries"] == 1


def test_a_first_start_is_offline_when_all_of_some_polls_failed_or_none_ended() -> None:
    assert offline(polled=3, answered=0, sources=60, seconds=2) is None
    assert offline(polled=9, answered=0, sources=60, seconds=2) is True
    assert offline(polled=9, answered=1, sources=60, seconds=2) is False
    assert offline(polled=2, answered=0, sources=2, seconds=2) is True
    assert offline(polled=0, answered=0, sources=60, seconds=60) is True
    assert offline(polled=0, answered=0, sources=0, seconds=60) is False
