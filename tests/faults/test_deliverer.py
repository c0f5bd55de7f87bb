"""kill -9 of the deliverer at every step: all arrives, under one id a row; what may be double says so."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone

from notify.delivering import Outage, deliver_waiting
from notify.models import Delivery
from tests.conftest import Store
from tests.faults.deliverer import STEPS, TAKEN
from tests.notify.alerted import alert
from tests.notify.made import reader, subscription
from tests.servers import smtp

ALERTS = 300


@contextmanager
def _deliverer(store: Store, sink: smtp.Sink, folder: Path) -> Iterator[subprocess.Popen[str]]:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("HORIZONSCAN_")}
    environ |= {"HORIZONSCAN_DATA_DIR": str(folder), "DATABASE_URL": store.url}
    environ |= {"EMAIL_URL": sink.url(), "HORIZONSCAN_LOG_LEVEL": "error"}
    words = [sys.executable, "-P", "-m", "tests.faults.deliverer"]
    # -P leaves the current folder out; the tests are not installed.
    environ["PYTHONPATH"] = str(Path(__file__).resolve().parent.parent.parent)
    with subprocess.Popen(
        words, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)


def _told(process: subprocess.Popen[str], line: str) -> str:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def _alerts() -> dict[str, str]:
    """300 waiting alerts: by message id the number in the headline."""
    user = reader()
    asked = subscription(user)
    now = timezone.now()
    rows = [alert(f"Ransomware number {n}", user=user, of=asked, at=now) for n in range(ALERTS)]
    return {row.message_id: str(n) for n, row in enumerate(rows)}


def _number(received: smtp.Received) -> str:
    return str(received.message["Subject"]).rpartition(" ")[2]


def _check(sink: smtp.Sink, wanted: dict[str, str]) -> Counter[str]:
    """Every alert arrived, under its own id alone; only what says so arrived twice. How often each came."""
    for received in sink.received:
        assert wanted[received.message_id] == _number(received), "one id for one row, always the same"
    came = Counter(sink.ids())
    assert set(came) == set(wanted), "every alert arrives"
    rows = {row.message_id: row for row in Delivery.objects.all()}
    assert len(rows) == ALERTS
    assert {row.state for row in rows.values()} == {Delivery.State.SENT}
    assert [key for key, times in came.items() if times > 1 and not rows[key].resent] == []
    return came


@pytest.mark.parametrize("rounds", [2, pytest.param(15, marks=pytest.mark.full)])
def test_killed_at_every_step_it_loses_nothing_and_doubles_only_what_it_must(
    store: Store, tmp_path: Path, rounds: int
) -> None:
    wanted = _alerts()
    kills: Counter[str] = Counter()
    with smtp.running() as sink, _deliverer(store, sink, tmp_path) as process:
        for turn in range(rounds):
            for step in STEPS:
                # One connection a run: the others come once a message.
                count = 1 if step == "connected" else 1 + turn % 3
                assert _told(process, f"{step} {count}") == "killed", f"it never came to {step}"
                kills[step] += 1
        # A kill that left a row `sending` shows in the row until the next run takes it over.
        assert _told(process, "go") == "done"
        came = _check(sink, wanted)
    doubled = sum(kills[step] for step in TAKEN)
    assert sum(came.values()) == ALERTS + doubled, "sent again once for each death that left it unknown"
    resent = Delivery.objects.filter(resent=True).count()
    unknown = sum(kills[step] for step in STEPS) - kills["made"] - kills["settled"]
    assert 0 < resent <= unknown


@pytest.mark.full
def test_killed_at_any_moment_from_outside(store: Store, tmp_path: Path) -> None:
    wanted = _alerts()
    chance = random.Random(5)
    with smtp.running() as sink, _deliverer(store, sink, tmp_path) as process:
        ended = "killed"
        for _ in range(60):
            ended = _told(process, f"after {chance.randint(5, 120)}")
            if Delivery.objects.exclude(state=Delivery.State.SENT).count() == 0:
                break
        assert ended in ("killed", "done")
        assert _told(process, "go") == "done"
        _check(sink, wanted)


@pytest.mark.full
def test_a_server_that_misbehaves_in_every_way_gets_all_of_it(store: Store) -> None:
    """Silent or gone after DATA, 4xx then 250, lines that fall at every step, 421: over 300 alerts."""
    wanted = _alerts()
    chance = random.Random(8)
    taken = [smtp.TAKE_AND_SILENCE, smtp.TAKE_AND_DROP]
    now, outage, rounds = timezone.now(), Outage(), 0
    with smtp.running() as sink, override_settings(EMAIL_URL=sink.url(timeout=0.3)):
        later = ["451 4.3.0 later", "421 4.3.2 closing", smtp.DROP]
        sink.mail.extend(chance.choice([*later, "250 OK"]) for _ in range(40))
        sink.rcpt.extend(chance.choice([*later, "452 4.2.2 full for now"]) for _ in range(60))
        sink.data.extend(chance.choice([*later, *taken]) for _ in range(60))
        while Delivery.objects.filter(state=Delivery.State.WAITING).exists() and rounds < 400:
            deliver_waiting(now, outage=outage, holder="deliver@test")
            now, rounds = now + timedelta(minutes=1), rounds + 1
        assert not sink.mail and not sink.rcpt and not sink.data, "all of it was gone through"
        came = _check(sink, wanted)
    assert sum(came.values()) > ALERTS, "what was taken without an answer came again"
