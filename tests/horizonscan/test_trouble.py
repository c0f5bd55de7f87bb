"""Whatever is wrong with the machine, the data folder or a setting: one line that says what to do."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _call(data: Path, *words: str, **more: str) -> tuple[int, str, str]:
    environ = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "ELASTICSEARCH_URL")}
    environ |= {"HORIZONSCAN_DATA_DIR": str(data), "PYTHONPATH": str(ROOT), **more}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "horizonscan", *words],
        env=environ,
        capture_output=True,
        text=True,
        cwd=data.parent,
    )
    return done.returncode, done.stdout, done.stderr


def _one_line(err: str) -> str:
    (line,) = err.strip().splitlines()
    assert line.startswith("horizonscan")
    return line


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a ready store, at a path with a space and an accent."""
    folder = tmp_path / "mét spatie"
    assert _call(folder, "status")[0] == 0
    return folder


def test_a_store_made_by_a_newer_version_is_left_alone(data: Path) -> None:
    with sqlite3.connect(data / "horizonscan.sqlite3") as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('ingest', '0999_later', '2030-01-01')"
        )
    for words in (["search", "storm"], ["status"], ["up", "--no-live"]):
        status, _, err = _call(data, *words)
        assert status == 1
        assert "newer version of horizonscan (it has ingest 0999_later)" in _one_line(err)


def test_a_damaged_store_is_named(data: Path) -> None:
    for name in ("horizonscan.sqlite3-wal", "horizonscan.sqlite3-shm"):
        (data / name).unlink(missing_ok=True)
    (data / "horizonscan.sqlite3").write_bytes(b"not a database, " * 1000)
    status, _, err = _call(data, "search", "storm")
    assert status == 1
    assert "is damaged (file is not a database): put a copy of it back" in _one_line(err)


def test_a_damaged_pointer_to_the_index_is_mended(data: Path) -> None:
    assert _call(data, "search", "storm")[0] == 0
    (data / "index" / "CURRENT").write_bytes(b"\xff\xfe\xa4")
    assert _call(data, "status")[0] == 0
    status, out, _ = _call(data, "search", "storm", "--json")
    assert status == 0
    assert '"total": 0' in out


def test_a_file_where_the_index_should_be_is_one_line(data: Path) -> None:
    (data / "index").write_text("x")
    for words in (["search", "storm"], ["reindex"]):
        status, _, err = _call(data, *words)
        assert status == 1
        assert "/index" in _one_line(err)


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("DATABASE_URL", "mysql://someone:geheim@db/x", "use postgresql://"),
        ("DATABASE_URL", "geheim", "use postgresql://"),
        ("HORIZONSCAN_INGEST_WORKERS", "abc", "use a whole number from 1 to 64"),
        ("HORIZONSCAN_INGEST_WORKERS", "100000", "use a whole number from 1 to 64"),
        ("HORIZONSCAN_INGEST_WORKERS", "-1", "use a whole number from 1 to 64"),
        ("HORIZONSCAN_HOST_DELAY", "nan", "use a number of seconds"),
        ("HORIZONSCAN_KEEP_DAYS", "1e3", "use a whole number"),
        ("HORIZONSCAN_LVIE", "0", "is not a setting"),
    ],
)
def test_a_wrong_setting_is_one_line_without_secrets(
    tmp_path: Path, setting: str, value: str, message: str
) -> None:
    status, out, err = _call(tmp_path / "data", "config", **{setting: value})
    assert status == 2
    line = _one_line(err)
    assert setting in line
    assert message in line
    assert "geheim" not in out + err


def test_a_query_that_begins_with_a_minus_is_explained(data: Path) -> None:
    status, _, err = _call(data, "search", "-storm")
    assert status == 2
    assert "goes behind --" in _one_line(err)
    assert _call(data, "search", "--", "-storm")[0] == 0


def test_version_and_quarantine_without_an_action(data: Path) -> None:
    status, out, _ = _call(data, "--version")
    assert (status, out.split()[0]) == (0, "horizonscan")
    status, out, _ = _call(data, "quarantine")
    assert (status, out) == (0, "Nothing is in quarantine.\n")
