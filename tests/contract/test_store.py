"""SQL to a real Elasticsearch and back, on both stores: what the embedded engine passes as well."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from django.conf import settings

from ingest.models import Signal, Work
from search import engines
from search.elastic import Elastic
from search.embedded import Embedded
from search.engine import EngineUnavailable
from search.finding import find
from search.indexing import index_waiting, rebuild, sweep
from search.suggest import Suggestion
from tests.conftest import Store
from tests.search.conftest import data_dir
from tests.search.signals import change
from tests.search.signals import store as stored
from tests.servers import free_port

__all__ = ["data_dir"]


@pytest.fixture
def server(data_dir: object, elasticsearch_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Elastic]:
    """The engine in force, on index names of this test's own."""
    name = f"store-{uuid.uuid4().hex[:8]}"
    monkeypatch.setattr(settings, "ELASTICSEARCH_URL", elasticsearch_url)
    monkeypatch.setattr(settings, "HORIZONSCAN_INDEX_NAME", name)
    engine = engines.writer()
    assert isinstance(engine, Elastic)
    yield engine
    for index in engine.client.indices.get(index=f"{name}*", expand_wildcards="all"):
        engine.client.indices.delete(index=index)


def titles(query: str) -> list[str]:
    return sorted(hit.title for hit in find(query).hits)


def drain(server: Elastic) -> None:
    """Indexes until nothing waits, through outages, as the sequence does."""
    until = time.monotonic() + 40
    while Work.objects.exists() and time.monotonic() < until:
        try:
            index_waiting(server)
        except EngineUnavailable:
            time.sleep(0.5)


def test_a_signals_life(store: Store, server: Elastic) -> None:
    first, second, third = (stored(name) for name in ("Overstroming", "Stormen", "Droogte"))
    assert index_waiting(server) == 3
    assert titles("storm") == ["Stormen"]
    change(first, title="Overstromingen nemen af")
    second.delete()
    index_waiting(server)
    assert titles("") == ["Droogte", "Overstromingen nemen af"]
    server.delete([third.pk])
    assert sweep(server) == (1, 1)
    drain(server)
    assert titles("") == ["Droogte", "Overstromingen nemen af"]
    assert not Work.objects.exists()
    rebuild(server)
    assert titles("overstroming OR droogte") == ["Droogte", "Overstromingen nemen af"]
    assert sweep(server) == (0, 0)


def test_misspelt_words_are_told_alike(store: Store, server: Elastic, tmp_path: Path) -> None:
    embedded = Embedded(tmp_path / "index")
    for title in (
        "Overstroming in Limburg",
        "Overstromingen langs de Maas",
        "Overstroming voorbij",
        "Ransomware",
    ):
        stored(title)
    index_waiting(server)
    rebuild(embedded)
    for query in ("overstromng", "limburgh (ransomwaer OR maass)", "overstroming", '"overstromng"', "qqqqq"):
        told = [find(query, suggest=True, engine=engine).suggestions for engine in (server, embedded)]
        assert told[0] == told[1], query
    assert [each.replacement for each in told_of("limburgh ransomwaer", server)] == ["limburg", "ransomware"]
    embedded.close()


def told_of(query: str, engine: Elastic) -> Sequence[Suggestion]:
    return find(query, suggest=True, engine=engine).suggestions


def test_a_lost_index_is_built_anew(store: Store, server: Elastic) -> None:
    stored("Blijft vindbaar")
    index_waiting(server)
    for index in server.client.indices.get(index=f"{server.read}*"):
        server.client.indices.delete(index=index)
    stored("Komt erbij")
    while index_waiting(server):
        pass
    assert titles("") == ["Blijft vindbaar", "Komt erbij"]


def test_a_store_put_back_to_an_earlier_state_wins(store: Store, server: Elastic) -> None:
    signal = stored("Zoals het was")
    change(signal, title="Zoals het werd")
    index_waiting(server)
    Signal.objects.filter(pk=signal.pk).update(title="Zoals het was", revision=1)
    assert sweep(server) == (1, 1)
    drain(server)
    assert titles("") == titles("was") == ["Zoals het was"]
    assert sweep(server) == (0, 0)


def test_an_outage_leaves_the_work_and_counts_nothing(
    store: Store, server: Elastic, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored("Wacht")
    away = Elastic(f"http://127.0.0.1:{free_port()}", "away")
    with pytest.raises(EngineUnavailable):
        index_waiting(away)
    assert Work.objects.get().attempts == 0
    assert index_waiting(server) == 1
    assert titles("wacht") == ["Wacht"]
