"""Judging again: after an upgrade new judges judge every stored signal, however often they are cut short."""

from __future__ import annotations

import os
import signal as signals
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from ingest.corrections import correct, undo
from ingest.entries import Judged, Severity
from ingest.judge import whole
from ingest.models import Judgement, Signal, Work
from ingest.rejudge import Rejudged, outdated, rejudge
from tests.conftest import Store
from tests.ingest.documents import HOUR, MONDAY, ingested, rss, source
from tests.ingest.test_snapshots import released as released

ROOT = Path(__file__).parents[2]
_judge = whole.judge


class Upgrade:
    """New judges: every text about a leak is severe now. Remembers what it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, model: str = "judges-2") -> None:
        self.asked: list[str] = []
        monkeypatch.setattr(whole, "model", lambda: model)
        monkeypatch.setattr(whole, "judge", self)

    def __call__(self, title: str, excerpt: str, language: str | None, **more: Any) -> Judged:
        if title != "-":  # with which the judges are tried
            self.asked.append(title)
        found = _judge(title, excerpt, language, **more)
        return replace(found, severity=Severity("D" if "Datalek" in title else "", (), "severity-2"))


def filled(count: int = 10) -> None:
    """So many signals of one source, every second one about a leak, all judged and indexed."""
    titles = [f"Datalek bij gemeente {n}" if n % 2 else f"Markt in dorp {n}" for n in range(count)]
    ingested(
        source("krant", language="nl"),
        rss(*({"guid": str(n), "title": title} for n, title in enumerate(titles))),
    )
    # As if the judges of then had had no word on severity.
    Signal.objects.update(severity="")
    Work.objects.all().delete()


def severities() -> list[str]:
    return list(Signal.objects.order_by("pk").values_list("severity", flat=True))


def test_what_other_judges_judged_is_judged_again_latest_first_and_shown_where_it_changed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled()
    assert outdated() == 0
    upgrade = Upgrade(monkeypatch)
    assert outdated() == 10
    seen: list[int] = []
    done = rejudge(limit=4, progress=lambda d: seen.append(d.judged), batch=3)
    assert (seen, done.judged, done.changed) == ([3, 4], 4, 2)
    assert upgrade.asked[0] == "Datalek bij gemeente 9"
    assert outdated() == 6
    assert rejudge() == Rejudged(judged=6, changed=3)
    assert severities() == ["", "D"] * 5
    assert set(Work.objects.values_list("stage", "revision")) == {("match", 2), ("index", 2)}
    assert Work.objects.count() == 10, "what says the same is not matched and indexed again"
    assert set(Judgement.objects.values_list("model", flat=True)) == {"judges-2"}
    assert Judgement.objects.get(signal__title__endswith=" 9").result["severity"] == "D"
    assert (outdated(), rejudge()) == (0, Rejudged())
    assert rejudge(everything=True) == Rejudged(judged=10)


def test_a_persons_word_outlives_new_judges(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(2)
    leak = Signal.objects.get(title="Datalek bij gemeente 1")
    milder = correct(leak.pk, "severity", "", "A", actor="operator")
    correct(leak.pk, "domain", "crime", True, actor="operator")
    Upgrade(monkeypatch)
    rejudge()
    leak.refresh_from_db()
    assert (leak.severity, leak.domains) == ("A", ["cyber", "crime"])

    # Taken back, what the judges of now say stands, not those the person contradicted.
    undo(milder.pk, actor="operator")
    leak.refresh_from_db()
    assert (leak.severity, leak.domains) == ("D", ["cyber", "crime"])


def test_a_version_that_arrives_while_judging_is_not_overwritten(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(2)
    upgrade = Upgrade(monkeypatch)
    paper = Signal.objects.all()[0].source

    def judge(title: str, excerpt: str, language: str | None, **more: Any) -> Judged:
        if title == "Datalek bij gemeente 1" and title not in upgrade.asked:
            upgrade.asked.append(title)
            ingested(paper, rss({"guid": "1", "title": "Gemeente weer bereikbaar"}), MONDAY + HOUR)
        return upgrade(title, excerpt, language, **more)

    monkeypatch.setattr(whole, "judge", judge)
    assert rejudge() == Rejudged(judged=1, left=1)
    changed = Signal.objects.get(title="Gemeente weer bereikbaar")
    assert (changed.severity, changed.judgement.content_hash) == ("", changed.content_hash)
    assert outdated() == 0


def test_a_text_that_no_judge_can_read_keeps_what_it_had_and_the_others_go_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(6)
    upgrade = Upgrade(monkeypatch)

    def judge(title: str, excerpt: str, language: str | None, **more: Any) -> Judged:
        if title.endswith((" 5", " 2")):
            raise ValueError("an invented mistake of a judge")
        return upgrade(title, excerpt, language, **more)

    monkeypatch.setattr(whole, "judge", judge)
    # The limit counts what was judged: the bad ones, first in line, do not use it up.
    assert rejudge(limit=2, batch=1) == Rejudged(judged=2, changed=1, failed=1)
    assert rejudge() == Rejudged(judged=2, changed=1, failed=2)
    assert outdated() == 2


def test_interrupted_it_keeps_whole_batches_and_goes_on_from_there(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled()
    upgrade = Upgrade(monkeypatch)

    def interrupt(done: Rejudged) -> None:
        if done.judged >= 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rejudge(progress=interrupt, batch=3)
    assert outdated() == 4
    rejudge(batch=3)
    assert len(upgrade.asked) == 10, "nothing is judged twice"
    assert severities() == ["", "D"] * 5


KILLED = """
import sys, time
import django
django.setup()
from ingest.judge import whole
from ingest.rejudge import rejudge
whole.model = lambda: "judges-2"
def judged(done):
    print(done.judged, flush=True)
    time.sleep(0.02)
rejudge(progress=judged, batch=1)
"""


def test_killed_it_loses_nothing(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    filled(30)
    environment = {
        **os.environ,
        "DATABASE_URL": store.url,
        "HORIZONSCAN_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for _ in range(5):
        process.stdout.readline()
    process.send_signal(signals.SIGKILL)
    process.wait()
    monkeypatch.setattr(whole, "model", lambda: "judges-2")
    left = outdated()
    assert 0 < left <= 25
    assert rejudge().judged == left
    assert set(Judgement.objects.values_list("model", flat=True)) == {"judges-2"}
    assert Judgement.objects.count() == 30


def test_a_released_database_gets_the_judgements_of_now(
    released: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("migrate", verbosity=0)
    monkeypatch.setattr(whole, "model", lambda: "judges-of-now")
    assert outdated() == released["judgement"]
    done = rejudge()
    assert (done.judged, done.failed, done.left) == (released["judgement"], 0, 0)
    assert outdated() == 0
    assert all("severity_reasons" in result for result in Judgement.objects.values_list("result", flat=True))
    # One of them corrected, taken back: what stands is what the judges of now said.
    signal = Signal.objects.exclude(domains=[]).first()
    assert signal is not None
    before = signal.domains
    undo(correct(signal.pk, "domain", before[0], False, actor="operator").pk, actor="operator")
    signal.refresh_from_db()
    assert signal.domains == before
