"""Recorded files: whose they are and when they were current, whatever their names look like."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.models import Source
from ingest.recorded import named, source_of, survey
from tests.conftest import Store
from tests.ingest.documents import rss


@pytest.mark.parametrize(
    ("file", "name", "date"),
    [
        ("kev.json", "kev", None),
        ("kev__2025-04-07.json", "kev", datetime(2025, 4, 7, tzinfo=UTC)),
        ("adviezen_2025-08.csv", "adviezen", datetime(2025, 8, 1, tzinfo=UTC)),
        ("headlines__cnn__20200515T1547.xml", "headlines__cnn", datetime(2020, 5, 15, 15, 47, tzinfo=UTC)),
        ("nos20260124.xml", "nos", datetime(2026, 1, 24, tzinfo=UTC)),
        ("icsa-22-006-01.json", "icsa-22-006-01", None),
        ("report_99999999.xml", "report_99999999", None),
        ("2026-01-02.xml", "2026-01-02", None),
    ],
)
def test_a_files_name_gives_its_source_and_date(file: str, name: str, date: datetime | None) -> None:
    assert named(Path(file)) == (name, date)


def test_snapshots_of_one_feed_are_one_source_oldest_first(sqlite_store: Store, tmp_path: Path) -> None:
    item = {"guid": "1", "title": "Storm"}
    for day in ("20260103", "20260101", "20260102"):
        (tmp_path / f"weer_{day}.xml").write_bytes(rss(item))
    (tmp_path / "anders.xml").write_bytes(rss(item))
    (tmp_path / "kapot.xml").write_bytes(b"\x00\x01\x02 nothing")
    found = survey([tmp_path])
    weather = [f for f in found if f.key == "file:weer"]
    assert [f.as_of.day for f in weather] == [1, 2, 3]
    assert [bool(f.refused) for f in found if f.key == "file:kapot"] == [True]
    assert {source_of(f).pk for f in weather} == {source_of(weather[0]).pk}
    assert Source.objects.count() == 1


def test_two_feeds_whose_names_look_alike_stay_two_sources(sqlite_store: Store, tmp_path: Path) -> None:
    paths = [tmp_path / "a.b.xml", tmp_path / "a-b.xml"]
    for path in paths:
        path.write_bytes(rss({"guid": "1", "title": "Storm"}))
    slugs = {source_of(f).slug for f in survey(paths)}
    assert len(slugs) == 2
