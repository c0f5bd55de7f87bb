"""A signal is found by every source that reported it, not only by the one that came first."""

from __future__ import annotations

from pathlib import Path

from search import finding
from search.embedded import Embedded
from search.indexing import index_waiting
from tests.conftest import Store
from tests.ingest.documents import ingested, rss, source

ITEM = {"guid": "1", "title": "Dijkdoorbraak bij Venlo", "link": "https://nieuws.example/artikel/1"}


def test_a_later_report_makes_the_signal_findable_by_its_source(store: Store, tmp_path: Path) -> None:
    engine = Embedded(tmp_path / "index")
    ingested(source("paper"), rss(ITEM))
    index_waiting(engine)
    assert finding.find("source:other", engine=engine).total == 0
    ingested(source("other"), rss({**ITEM, "guid": "2"}))
    index_waiting(engine)
    for query in ("source:other", "source:paper", "source:paper AND source:other dijkdoorbraak"):
        assert finding.find(query, engine=engine).total == 1, query
    engine.close()
