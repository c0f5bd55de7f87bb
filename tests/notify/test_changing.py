"""Subscriptions made and changed: audited, seen by the next round, refused with the field that is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import AuditEvent
from ingest.models import Signal, Work
from ingest.outbox import queue
from notify import changing, matching
from notify.changing import SubscriptionError
from notify.models import Alert, Match, Subscription, Webhook
from search import engines
from search.indexing import index_waiting
from tests.conftest import Store
from tests.notify.made import NOW, changed, reader, signal, subscription

WHO = "reader@example.org"


@pytest.fixture(autouse=True)
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path / "index-data")
    (tmp_path / "index-data").mkdir()
    yield
    engines.writer().close()


def indexed() -> None:
    queue(list(Signal.objects.all()), (Work.Stage.INDEX,))
    index_waiting(engines.writer())


def test_the_whole_life_of_a_subscription(store: Store) -> None:
    early = signal("Ransomware before", by="a", at=NOW - timedelta(hours=2))
    indexed()
    mine = changing.add(reader(), now=NOW, domains=["cyber"], query="ransomware")
    matching.match_waiting(10, NOW)
    assert list(Match.objects.values_list("signal", flat=True)) == [early.pk], "the digest shows it"
    assert not Alert.objects.exists(), "it came before"

    worm = signal("A worm", by="b", at=NOW + timedelta(minutes=1))
    matching.match_waiting(10, NOW + timedelta(minutes=1))
    indexed()
    assert changing.edit(mine, actor=WHO, query="worm", now=NOW + timedelta(minutes=2))
    assert list(Match.objects.values_list("signal", flat=True)) == [worm.pk], "matched anew at once"
    assert mine.since == NOW + timedelta(minutes=2)
    assert not changing.edit(mine, actor=WHO, query="worm")

    assert changing.edit(mine, actor=WHO, name="Worms")
    assert mine.since == NOW + timedelta(minutes=2), "a name asks nothing anew"

    assert changing.pause(mine, actor=WHO, now=NOW + timedelta(minutes=3))
    assert not changing.pause(mine, actor=WHO)
    signal("A worm in the pause", by="c", at=NOW + timedelta(minutes=4))
    matching.match_waiting(10, NOW + timedelta(minutes=4))
    assert changing.resume(mine, actor=WHO, now=NOW + timedelta(minutes=5))
    for found in Signal.objects.all():
        changed(found)
    signal("A worm after it", by="d", at=NOW + timedelta(minutes=6))
    matching.match_waiting(10, NOW + timedelta(minutes=6))
    assert list(Alert.objects.values_list("title", flat=True)) == ["A worm after it"]

    assert changing.delete(mine, actor=WHO)
    assert not changing.delete(mine, actor=WHO)
    assert not changing.resume(mine, actor=WHO)
    actions = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    assert actions == [f"subscription.{a}" for a in ("add", "edit", "edit", "pause", "resume", "delete")]
    logged = str(list(AuditEvent.objects.values_list("object", "detail")))
    assert "worm" not in logged.lower()
    assert "ransomware" not in logged


def test_mutes_take_effect_at_once_and_can_be_taken_back(store: Store) -> None:
    first, second = signal(by="loud"), signal("Ransomware elsewhere", by="calm")
    copy = signal("Ransomware elsewhere", by="other", repeats=second)
    indexed()
    mine = changing.add(reader(), now=NOW, domains=["cyber"], query="ransomware")
    changing.rematch(mine, NOW)
    assert Match.objects.count() == 3
    assert changing.mute(mine, actor=WHO, source="loud")
    assert not changing.mute(mine, actor=WHO, source="loud")
    assert changing.mute(mine, actor=WHO, group=copy.pk)
    changing.rematch(mine, NOW)
    assert not Match.objects.exists()
    assert changing.unmute(mine, actor=WHO, source="loud")
    changing.rematch(mine, NOW)
    assert list(Match.objects.values_list("signal", flat=True)) == [first.pk]
    mine.refresh_from_db()
    assert (mine.muted_sources, mine.muted_groups) == ([], [copy.pk])


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"query": "severity:>=high"}, "query"),
        ({"query": '"open'}, "query"),
        ({"domains": ["alchemy"]}, "domains"),
        ({"threats": ["cyber.alchemy"]}, "threats"),
        ({"parts": ["XX"]}, "parts"),
        ({"least": "Z"}, "least"),
        ({"mode": "hourly"}, "mode"),
        ({"by_mail": False}, "by_mail"),
    ],
)
def test_what_cannot_stand_names_its_field(sqlite_store: Store, values: dict[str, Any], field: str) -> None:
    with pytest.raises(SubscriptionError) as refused:
        changing.add(reader(), now=NOW, **values)
    assert refused.value.field == field
    assert not Subscription.objects.exists()
    good = changing.add(reader(), now=NOW, domains=["cyber"])
    with pytest.raises(SubscriptionError):
        changing.edit(good, actor=WHO, **values)
    assert good.domains == ["cyber"]
    good.refresh_from_db()
    assert (good.domains, good.query, good.mode) == (["cyber"], "", "instant")


def test_nobody_posts_to_another_readers_webhook(sqlite_store: Store) -> None:
    theirs = Webhook.objects.create(user=reader("other@example.org"), url="https://h.example.org", secret="s")
    with pytest.raises(SubscriptionError, match="somebody else"):
        changing.add(reader(), now=NOW, domains=["cyber"], webhook=theirs)


def test_unknown_sources_and_signals_cannot_be_muted(sqlite_store: Store) -> None:
    mine = changing.add(reader(), now=NOW, domains=["cyber"])
    refused: list[dict[str, Any]] = [{"source": "nobody"}, {"group": 99}, {}]
    for values in refused:
        with pytest.raises(SubscriptionError):
            changing.mute(mine, actor=WHO, **values)


def test_a_broken_one_that_is_mended_works_again(store: Store) -> None:
    mine = changing.add(reader(), now=NOW - timedelta(hours=1), domains=["cyber"])
    Subscription.objects.filter(pk=mine.pk).update(query="severity:>=high", broken="why")
    mine.refresh_from_db()
    assert changing.edit(mine, actor=WHO, query="", now=NOW - timedelta(minutes=1))
    assert mine.broken == ""
    signal()
    matching.match_waiting(10, NOW)
    assert Alert.objects.count() == 1


def test_a_deletion_taken_back_tells_from_then_on(store: Store) -> None:
    row = subscription()
    assert not changing.restore(row, actor="a@example.org"), "it was not deleted"
    changing.delete(row, actor="a@example.org", now=NOW)
    assert changing.restore(row, actor="a@example.org", now=NOW + timedelta(hours=1))
    row.refresh_from_db()
    assert (row.deleted, row.since) == (None, NOW + timedelta(hours=1))
    assert AuditEvent.objects.latest("pk").action == "subscription.restore"
