"""The rejudging task: a little at a time, started only while nothing else waits for the workers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from config.celery import ROUTES, app, send, waiting
from ingest.judge import whole
from ingest.models import Judgement, Signal, Work
from ingest.rejudge import outdated
from tasks import rejudge as task
from tests.conftest import Store
from tests.ingest.documents import ingested, rss, source

COUNT = 5


@pytest.fixture
def upgraded(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five signals that older judges judged to be nothing."""
    items = ({"guid": str(n), "title": f"Datalek bij gemeente {n}"} for n in range(COUNT))
    ingested(source("krant", language="nl"), rss(*items))
    result: dict[str, list[str]] = {"domains": [], "candidates": []}
    Judgement.objects.update(model="judges-1", result=result, at=task._STARTED - timedelta(days=1))
    Signal.objects.update(domains=[])
    Work.objects.all().delete()
    monkeypatch.setattr(task, "LIMIT", 2)


def test_each_run_judges_a_few_and_has_them_indexed(upgraded: None, broker: str) -> None:
    left = []
    while outdated():
        task.rejudge()
        left.append(outdated())
    assert left == [3, 1, 0]
    assert {tuple(each) for each in Signal.objects.values_list("domains", flat=True)} == {("cyber",)}
    assert Work.objects.filter(stage="index").count() == COUNT
    assert waiting("sequence") == 1
    task.rejudge()
    assert outdated() == 0


def test_what_another_version_judged_meanwhile_is_left_to_it(upgraded: None, broker: str) -> None:
    ours = task._STARTED + timedelta(seconds=1)
    Judgement.objects.filter(signal__title__endswith=" 3").update(model="judges-9", at=ours)
    for _ in range(COUNT):
        task.rejudge()
    assert Judgement.objects.get(model="judges-9").signal.domains == []
    assert outdated() == 1


def test_a_data_file_that_is_wrong_is_said_and_costs_no_signal_anything(
    upgraded: None, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> object:
        raise ValueError("words.yaml, line 3: an invented mistake")

    monkeypatch.setattr(whole, "judge", broken)
    task.rejudge()
    said = capfd.readouterr()
    assert "words.yaml, line 3" in said.out + said.err
    assert Judgement.objects.filter(model="judges-1").count() == COUNT


def test_the_schedule_sends_it_and_news_comes_first(broker: str) -> None:
    assert "tasks.rejudge" in {each["task"] for each in app.conf.beat_schedule.values()}
    assert ROUTES["tasks.rejudge"] == ROUTES["tasks.ingest"]
    send("tasks.ingest", [[1]])
    send("tasks.rejudge", once=True)
    assert waiting("ingest") == 1, "as the scheduler does it, nothing is sent while something waits"
