"""A node of its own is killed and frozen during indexing: nothing is lost, nobody waits for ever."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest
from django.conf import settings

from ingest.models import Signal, Work
from search import engines
from search.engine import EngineUnavailable
from search.finding import find
from search.indexing import index_waiting, sweep
from tests.conftest import Store, missing
from tests.contract.test_store import data_dir
from tests.search.signals import store as stored
from tests.servers import Missing, elasticsearch

__all__ = ["data_dir"]


@pytest.mark.full
def test_a_server_killed_and_frozen_while_indexing(
    sqlite_store: Store, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        running = elasticsearch.started()
        node = running.__enter__()
    except Missing as reason:
        missing(str(reason))
    try:
        monkeypatch.setattr(settings, "ELASTICSEARCH_URL", node.url)
        monkeypatch.setattr("search.elastic.SEARCH_SECONDS", 2.0)
        monkeypatch.setattr("search.elastic.WRITE_SECONDS", 3.0)
        engine = engines.writer()
        for number in range(300):
            stored(f"Bericht {number}")
        for _ in range(5):
            index_waiting(engine, limit=20)
        node.kill()
        with pytest.raises(EngineUnavailable):
            index_waiting(engine, limit=20)
        assert not Work.objects.exclude(attempts=0).exists()
        node.start()
        for _ in range(5):
            index_waiting(engine, limit=20)
        node.send(signal.SIGSTOP)
        started = time.monotonic()
        with pytest.raises(EngineUnavailable):
            index_waiting(engine, limit=20)
        assert time.monotonic() - started < 30
        node.send(signal.SIGCONT)
        until = time.monotonic() + 60
        while Work.objects.exists() and time.monotonic() < until:
            try:
                index_waiting(engine)
            except EngineUnavailable:
                time.sleep(0.5)
        assert sweep(engine) == (0, 0)
        assert find("bericht", limit=1).total == Signal.objects.count() == 300
    finally:
        running.__exit__(None, None, None)
