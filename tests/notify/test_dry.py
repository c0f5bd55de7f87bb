"""The dry run tells what the match stage would have told: the same signals go through both."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from ingest.models import Entry, Signal, Work
from ingest.outbox import queue
from notify import dry, matching
from notify.dry import dry_run
from notify.models import Alert, Subscription
from search import engines
from search.engine import EngineUnavailable, IndexMissing
from search.indexing import index_waiting
from search.query import QueryError
from tests.conftest import Store
from tests.notify.made import NOW, reader, sighted, signal, source, subscription


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An embedded index of this test's own."""
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path / "index-data")
    (tmp_path / "index-data").mkdir()
    yield
    engines.writer().close()


def indexed() -> None:
    queue(list(Signal.objects.all()), (Work.Stage.INDEX,))
    while index_waiting(engines.writer()):
        pass


def story(chance: random.Random, number: int, minutes: int) -> None:
    """One more thing happens: a signal of its own, a copy, an update, or a sighting of an earlier one."""
    at = NOW - timedelta(days=10) + timedelta(minutes=minutes)
    roots = list(Signal.objects.filter(duplicate_of=None).order_by("-pk")[:6])
    kind = chance.random()
    domains = chance.choice((["cyber"], ["cyber"], ["health"]))
    if roots and kind < 0.3:
        sighted(chance.choice(roots), f"desk-{number}", at)
        return
    more: dict[str, Any] = {
        "by": f"desk-{chance.randrange(9)}",
        "severity": chance.choice(("", "A", "C", "D")),
        "at": at,
    }
    if roots and kind < 0.5:
        signal(f"Ransomware {number}", repeats=chance.choice(roots), domains=domains, **more)
    else:
        signal(f"Ransomware {number}", domains=domains, quiet=chance.choice(("", "", "old")), **more)


def test_it_tells_what_was_told(store: Store, index: None) -> None:
    chance = random.Random(11)
    mine = subscription(query="ransomware")
    minutes = 0
    for number in range(90):
        minutes += chance.choice((1, 20, 200))
        story(chance, number, minutes)
        matching.match_waiting(10, NOW - timedelta(days=10) + timedelta(minutes=minutes))
    indexed()
    told = list(Alert.objects.order_by("pk").values_list("at", "group", "why", "held", "severity", "owners"))
    ran = dry_run(mine, NOW)
    items = [(i.at, i.group, i.why, i.held, i.severity, i.owners) for i in reversed(ran.items)]
    assert items == told
    assert ran.fired == sum(held == "" for _, _, _, held, *_ in told)
    assert {why for _, _, why, *_ in told} == {"first", "severity", "owners"}
    assert {held for _, _, _, held, *_ in told} == {"", "cooldown", "cap"}
    assert ran.days_held == pytest.approx(10, abs=0.3)


def test_an_unsaved_rule_and_its_limits(store: Store, index: None) -> None:
    for number in range(12):
        signal(f"Ransomware {number}", by=f"desk-{number}", at=NOW - timedelta(hours=1))
    signal("Long ago", at=NOW - timedelta(days=15))
    signal("At a first poll", quiet="first-poll", at=NOW - timedelta(hours=1))
    indexed()
    ran = dry_run(Subscription(domains=["cyber"]), NOW)
    assert (ran.fired, len(ran.items), ran.matched, ran.days_held) == (6, 12, 13, 14.0)
    daily = dry_run(Subscription(domains=["cyber"], mode="daily"), NOW)
    assert daily.fired == 12
    assert dry_run(Subscription(domains=["cyber"], least="A"), NOW).items == []
    assert dry_run(Subscription(domains=["cyber"], muted_sources=["desk-3"]), NOW).matched == 12
    assert dry_run(Subscription(domains=["cyber"]), NOW, days=16).items[-1].title == "Long ago"


def test_what_the_readers_other_subscriptions_sent_counts_for_the_cap(store: Store, index: None) -> None:
    user = reader()
    subscription(user, domains=["health"])
    for number in range(4):
        signal(f"Virus {number}", by=f"clinic-{number}", domains=["health"], at=NOW - timedelta(hours=2))
    matching.match_waiting(10, NOW - timedelta(hours=2))
    for number in range(4):
        signal(f"Ransomware {number}", by=f"desk-{number}", at=NOW - timedelta(hours=1))
    indexed()
    assert dry_run(Subscription(user=user, domains=["cyber"]), NOW).fired == 2
    assert dry_run(Subscription(domains=["cyber"]), NOW).fired == 4


def test_relative_times_count_from_when_a_signal_came_in(store: Store, index: None) -> None:
    then = NOW - timedelta(days=5)
    signal("Fresh then", by="a", at=then, published=then - timedelta(hours=2))
    signal("Stale then", by="b", at=then, published=then - timedelta(hours=40))
    indexed()
    for query in ("published:>=now-24h", "(published:>=now-24h OR nothinglikeit)"):
        ran = dry_run(Subscription(query=query), NOW)
        assert [item.title for item in ran.items] == ["Fresh then"]


def test_a_rule_that_cannot_be_read_and_an_index_that_is_not_there(sqlite_store: Store, index: None) -> None:
    with pytest.raises(QueryError):
        dry_run(Subscription(query="severity:>=high"), NOW)
    with pytest.raises((IndexMissing, EngineUnavailable)):
        dry_run(Subscription(domains=["cyber"]), NOW)


def test_an_empty_store_has_no_history(store: Store, index: None) -> None:
    source("desk-a")
    made = signal()
    indexed()
    Entry.objects.all().delete()
    made.delete()
    ran = dry_run(Subscription(domains=["cyber"]), NOW)
    assert (ran.fired, ran.days_held) == (0, 0.0)


def test_an_alert_told_at_the_very_moment_of_a_signal_is_no_trouble() -> None:
    told = dry._Event(NOW, None)
    seen = dry._Event(NOW, None, order=(0, NOW, 1))
    assert sorted([seen, told], key=lambda event: event.order) == [told, seen]
