"""kill -9 of the indexing process at any moment, again and again: in the end the index equals SQL."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest.models import Signal, Work
from search.embedded import Embedded
from search.finding import find
from search.indexing import index_waiting, sweep
from tests.conftest import Store
from tests.search.signals import change
from tests.search.signals import store as stored

ROOT = Path(__file__).parents[2]
PROGRAM = """
import django
from config.logs import configure
django.setup()
configure()
from search import engines, holder
from search.indexing import index_waiting, rebuild
engine = engines.writer()
with holder.holding(wait=5):
    for turn in range(10_000):
        index_waiting(engine, limit=7)
        if turn == 0:
            print("indexing", flush=True)
        if turn % 5 == 4:
            rebuild(engine)
"""


def start(url: str, data_dir: Path) -> subprocess.Popen[str]:
    environment = {
        "HORIZONSCAN_DATA_DIR": str(data_dir),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(ROOT),
        "PATH": os.environ["PATH"],
    }
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


@pytest.mark.parametrize("kills", [3, pytest.param(15, marks=pytest.mark.full)])
def test_killed_while_indexing_and_rebuilding(
    store: Store, engine: Embedded, data_dir: Path, kills: int
) -> None:
    chance = random.Random(kills)
    signals = [stored(f"Bericht {number}", "tekst " * 20) for number in range(60)]
    for _ in range(kills):
        process = start(store.url, data_dir)
        assert process.stdout is not None
        assert process.stdout.readline() == "indexing\n"
        until = time.monotonic() + chance.uniform(0, 0.7)
        while time.monotonic() < until:
            changed = chance.choice(signals)
            change(changed, title=f"Gewijzigd {changed.revision} {changed.pk}")
            signals.append(stored(f"Nieuw {len(signals)}"))
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    while index_waiting(engine):
        pass
    assert sweep(engine) == (0, 0), "index and SQL hold the same versions"
    assert not Work.objects.exists()
    found = find("", limit=1_000)
    assert {hit.id: hit.title for hit in found.hits} == dict(Signal.objects.values_list("pk", "title"))
    assert (
        find("gewijzigd", limit=1_000).total == Signal.objects.filter(title__startswith="Gewijzigd").count()
    )
    assert find("bericht", limit=1_000).total == Signal.objects.filter(title__startswith="Bericht").count()
