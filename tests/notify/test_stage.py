"""The match stage in the sequence, and the command for subscriptions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accounts.models import AuditEvent
from horizonscan.commands import subscriptions as command
from horizonscan.errors import CommandError, UsageError
from ingest.corrections import correct
from ingest.models import Signal, SourceState, Work
from notify.models import Alert, Delivery, Match, Subscription
from search import engines
from search.embedded import Embedded
from search.engine import EngineUnavailable
from tasks import sequence
from tasks.sequence import take_turn
from tests.conftest import Store
from tests.ingest.documents import ingested, rss
from tests.notify.made import reader, source

LEAK = {
    "guid": "1",
    "title": "Ransomware legt gemeente plat",
    "description": "Hackers gijzelen de systemen van de gemeente met een cyberaanval.",
}
FIRST = {"guid": "0", "title": "Weerbericht", "description": "Het wordt zonnig."}


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Embedded:
    engine = Embedded(tmp_path / "index")
    monkeypatch.setattr(engines, "writer", lambda: engine)
    monkeypatch.setattr(engines, "reader", lambda: engine)
    monkeypatch.setattr(sequence, "_process", sequence._Process())
    return engine


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []

    def send(name: str, **_: object) -> bool:
        found.append(name)
        return True

    monkeypatch.setattr(sequence, "send", send)
    return found


def subscribe(**more: Any) -> Subscription:
    return Subscription.objects.create(user=reader(), domains=["cyber"], since="2020-01-01T00:00Z", **more)


def test_news_is_alerted_though_the_index_is_away(
    store: Store, index: Embedded, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe()
    paper = source("paper", language="nl")
    SourceState.objects.get_or_create(source=paper)
    ingested(paper, rss(FIRST))
    take_turn()
    assert sent == [], "nothing to deliver"

    def away(*_: object, **__: object) -> None:
        raise EngineUnavailable("no route")

    with monkeypatch.context() as patched:
        patched.setattr("search.indexing.index_waiting", away)
        ingested(paper, rss(FIRST, LEAK))
        done = take_turn()
    assert done.unavailable == "no route"
    assert done.matched >= 1
    assert sent == ["tasks.deliver"]
    assert Alert.objects.get().title == LEAK["title"]
    assert set(Work.objects.values_list("stage", flat=True)) == {"index"}


def test_a_correction_is_matched_and_a_raised_severity_alerts(
    store: Store, index: Embedded, sent: list[str]
) -> None:
    subscribe(least="D")
    paper = source("paper", language="nl")
    SourceState.objects.get_or_create(source=paper)
    ingested(paper, rss(FIRST))
    ingested(paper, rss(FIRST, LEAK))
    take_turn()
    assert not Alert.objects.exists()
    leak = Signal.objects.get(title=LEAK["title"])
    correct(leak.pk, "severity", "", "E", actor="analyst@example.org")
    take_turn()
    alert = Alert.objects.get()
    assert (alert.why, alert.severity) == ("first", "E")
    assert Delivery.objects.count() == len(sent) == 1
    correct(leak.pk, "domain", "cyber", False, actor="analyst@example.org")
    take_turn()
    assert not Match.objects.exists()
    assert not Work.objects.exists()


def run(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    import argparse

    parser = argparse.ArgumentParser()
    command.arguments(parser)
    capsys.readouterr()
    command.run(parser.parse_args(words))
    return capsys.readouterr().out


def test_the_command_adds_tests_and_changes(
    sqlite_store: Store, index: Embedded, capsys: pytest.CaptureFixture[str]
) -> None:
    who = reader().email
    paper = source("paper", language="nl")
    ingested(paper, rss(FIRST))
    ingested(paper, rss(FIRST, LEAK))
    take_turn()
    made = json.loads(
        run(capsys, "add", "--user", who, "--domain", "cyber", "--part", "sx", "--least", "c", "--json")
    )
    assert made["rule"] == "domain:cyber part:SX severity:>=C"
    assert "paused" in run(capsys, "pause", str(made["id"]))
    assert "paused already" in run(capsys, "pause", str(made["id"]))
    assert " paused instant " in run(capsys, "list", "--user", who)
    assert "active" in run(capsys, "resume", str(made["id"]))
    tested = json.loads(run(capsys, "test", "--domain", "cyber", "--json"))
    assert (tested["fired"], [item["title"] for item in tested["items"]]) == (1, [LEAK["title"]])
    assert "would have fired 1 time in the last 14 days" in run(capsys, "test", "--domain", "cyber")
    assert "would have fired 0 times" in run(capsys, "test", str(made["id"]))
    assert "deleted" in run(capsys, "delete", str(made["id"]))
    assert json.loads(run(capsys, "list", "--json"))["subscriptions"] == []
    assert AuditEvent.objects.filter(action__startswith="subscription.", origin="command line").count() == 4


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        (("add", "--user", "nobody@example.org"), CommandError, "no user here"),
        (("add", "--user", "reader@example.org", "--domain", "alchemy"), UsageError, "no domain alchemy"),
        (("add", "--user", "reader@example.org", "--query", "(a"), UsageError, "query: at character 1"),
        (("test", "--least", "Q"), UsageError, "severity is A to E"),
        (("test", "--days", "0"), UsageError, "--days"),
        (("pause", "77"), CommandError, "no subscription 77"),
    ],
)
def test_the_command_refuses_in_one_line(
    sqlite_store: Store,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    kind: type[Exception],
    said: str,
) -> None:
    reader()
    with pytest.raises(kind, match=said) as refused:
        run(capsys, *words)
    assert "\n" not in str(refused.value)
