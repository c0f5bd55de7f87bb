"""Which engine is in force: Elasticsearch where ELASTICSEARCH_URL names one, else the embedded one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from search.embedded import Embedded
from search.engine import Engine


@lru_cache(maxsize=4)
def _engine(url: str, name: str, folder: Path, authorities: str) -> Engine:
    """One engine a process and place: connections, open files and the writer lock are shared."""
    if url:
        from search.elastic import Elastic

        return Elastic(url, name, authorities)
    return Embedded(folder)


def reader() -> Engine:
    """The engine to search with. Opens nothing yet."""
    return _engine(
        settings.ELASTICSEARCH_URL,
        settings.HORIZONSCAN_INDEX_NAME,
        Path(settings.DATA_DIR) / "index",
        settings.HORIZONSCAN_CA_BUNDLE,
    )


def writer() -> Engine:
    """The engine to index with: only for whoever holds the sequence (`search.holder`)."""
    return reader()
