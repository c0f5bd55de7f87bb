"""kill -9 of the matcher at whatever moment: every alert once, each with one row in the ledger."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from django.db import connection
from django.utils import timezone

from ingest.models import Entry, Signal, Work
from ingest.outbox import queue
from notify import matching
from notify.models import Alert, Delivery, Match, Reader
from tests.conftest import Store
from tests.notify.made import reader, source, subscription

COUNT = 600
MATCHER = """
import django; django.setup()
from notify.matching import match_some
print("ready", flush=True)
while match_some(20).signals:
    pass
"""


def _stored() -> None:
    now = timezone.now()
    desks = [source(f"desk-{n}") for n in range(50)]
    made = Signal.objects.bulk_create(
        Signal(
            source=desks[n % 50], identity=f"{n:032x}", title=f"Ransomware {n}", content_hash=f"{n:032x}",
            as_of=now, published=now, seen=now, language="en", domains=["cyber"],
        )
        for n in range(COUNT)
    )  # fmt: skip
    # Every third repeats the one before it.
    for n in range(1, COUNT, 3):
        made[n].duplicate_of = made[n - 1]
    Signal.objects.bulk_update(made, ["duplicate_of"])
    Entry.objects.bulk_create(
        Entry(
            source=s.source, identity=s.identity, content_hash=s.content_hash, signal=s, first_seen=now,
            last_seen=now,
        )
        for s in made
    )  # fmt: skip
    queue(made, (Work.Stage.MATCH,))


def _left() -> int:
    return Work.objects.count()


def test_killed_at_any_moment_nothing_is_lost_or_told_twice(store: Store, tmp_path: Path) -> None:
    chance = random.Random(2)
    users = [reader(f"reader{n}@example.org") for n in range(3)]
    for user in users:
        Reader.objects.create(user=user, daily_cap=30_000)
        subscription(user)
    subscription(users[0], mode="daily")
    _stored()
    connection.close()
    environment = {**os.environ, "DATABASE_URL": store.url, "HORIZONSCAN_DATA_DIR": str(tmp_path / "data")}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    killed = 0
    for _ in range(4):
        command = [sys.executable, "-P", "-c", MATCHER]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            before = _left()
            until = time.monotonic() + 30
            while _left() == before and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(chance.random() * 0.15)
            killed += process.poll() is None
            process.kill()
    assert killed, "it was always ready before it could be killed"
    while matching.match_waiting():
        pass
    assert not _left()
    groups = COUNT - len(range(1, COUNT, 3))
    assert Match.objects.count() == 4 * COUNT
    assert Alert.objects.count() == 3 * groups
    assert len(set(Alert.objects.values_list("subscription", "group"))) == 3 * groups
    told = list(Alert.objects.filter(held="").values_list("delivery", flat=True))
    assert None not in told
    assert len(set(told)) == len(told) == Delivery.objects.count()
