"""A database made by a released version is brought up to date and still holds what it held."""

from __future__ import annotations

import gzip
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections

from ingest.models import Entry, Judgement, Signal, Source, Version
from ingest.pipeline import drain
from search import finding
from search.embedded import Embedded
from search.indexing import rebuild
from tests import conftest, snapshots
from tests.ingest.documents import MONDAY, fetched, rss, source

SNAPSHOTS = sorted(Path(snapshots.__file__).parent.glob("*.sql.gz"))


def _sqlite(text: str, folder: Path) -> str:
    path = folder / "old.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.executescript(text)
    connection.close()
    return f"sqlite:///{path}"


def _postgresql(text: str, templates: dict[str, str]) -> str:
    import psycopg

    conftest.postgresql_template(templates)
    name = f"old_{uuid.uuid4().hex[:8]}"
    conftest.execute(templates["server"], f"CREATE DATABASE {name}")
    url = f"{templates['base']}/{name}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(text.encode())
    return url


@pytest.fixture(params=SNAPSHOTS, ids=lambda path: path.name.removesuffix(".sql.gz"))
def released(
    request: pytest.FixtureRequest, tmp_path: Path, _templates: dict[str, str]
) -> Iterator[dict[str, int]]:
    """A released version's database as the default one, not yet migrated; its row counts by table."""
    text = gzip.decompress(request.param.read_bytes()).decode()
    old = request.param.name.endswith("-sqlite.sql.gz")
    conftest.use(_sqlite(text, tmp_path) if old else _postgresql(text, _templates))
    with connections["default"].cursor() as cursor:
        counts = {}
        for table in ("source", "signal", "version", "entry", "judgement"):
            cursor.execute(f"SELECT count(*) FROM ingest_{table}")
            counts[table] = cursor.fetchone()[0]
    yield counts
    connections["default"].close()


def test_there_is_a_snapshot_for_each_kind_of_store() -> None:
    kinds = {path.name.removesuffix(".sql.gz").rpartition("-")[2] for path in SNAPSHOTS}
    assert kinds == {"sqlite", "postgresql"}


def test_a_released_database_is_migrated_and_goes_on(released: dict[str, int], tmp_path: Path) -> None:
    call_command("migrate", verbosity=0)
    kept = {
        "source": Source.objects.count(),
        "signal": Signal.objects.count(),
        "version": Version.objects.count(),
        "entry": Entry.objects.count(),
        "judgement": Judgement.objects.count(),
    }
    assert kept == released
    assert released["signal"] > 100
    engine = Embedded(tmp_path / "index")
    rebuild(engine)
    assert finding.find("", engine=engine).total == released["signal"]
    engine.close()
    paper = source("after-the-upgrade")
    fetched(paper, rss({"guid": "1", "title": "Dijkdoorbraak bij Venlo"}), MONDAY)
    assert drain(paper.pk, "test").new == 1
