"""The sample's dates: moved as they are written, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from horizonscan import sample

BY = timedelta(days=40, hours=13)


def test_each_way_of_writing_a_date_is_moved_and_keeps_its_form() -> None:
    assert sample.moved("x Fri, 02 Jan 2026 08:00:00 +0100 y", BY) == "x Wed, 11 Feb 2026 21:00:00 +0100 y"
    assert sample.moved("2026-01-02T07:00:00Z", BY) == "2026-02-11T20:00:00Z"
    assert sample.moved("2026-01-02T08:00:00+01:00", BY) == "2026-02-11T21:00:00+01:00"
    assert sample.moved('"dateAdded": "2026-01-02"', BY) == '"dateAdded": "2026-02-12"'


def test_what_is_no_date_stays() -> None:
    for text in ("CVE-2026-01-02", "2026-13-45", "1-2026-01-02", "Fri, 32 Jan 2026 08:00:00 +0100", "geen"):
        assert sample.moved(text, BY) == text


def test_the_newest_files_end_now_and_every_run_begins_afresh(tmp_path: Path) -> None:
    now = datetime(2026, 7, 1, 15, 20, 33, tzinfo=UTC)
    folder, described = sample.write(tmp_path, now)
    names = sorted(path.name for path in folder.iterdir())
    assert "horizon-cyber__20260701T1520.json" in names
    assert {name.partition("__")[0] for name in names} == set(described)
    assert "2026-01-02T" not in "".join(path.read_text() for path in folder.iterdir())
    (tmp_path / "horizonscan.sqlite3").write_text("old")
    (tmp_path / "mine.txt").write_text("kept")
    sample.clear(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
