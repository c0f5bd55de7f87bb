"""`horizonscan parse`: one JSON line an entry, and no file stops the others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from horizonscan.cli import main
from tests.ingest.formats import samples


def _parse(capsys: pytest.CaptureFixture[str], *names: str) -> tuple[int, list[dict[str, Any]], str]:
    status = main(["parse", *names])
    out, err = capsys.readouterr()
    return status, [json.loads(line) for line in out.splitlines()], err


def test_every_entry_is_a_line_with_the_fields_people_script(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "feed.bin"
    file.write_text(samples.RSS, encoding="utf-8")
    status, lines, _ = _parse(capsys, str(file))
    assert status == 0 and len(lines) == 3
    first, second, third = lines
    wanted = ["source_file", "format", "id", "url", "title", "summary", "published", "updated", "language"]
    assert list(first) == wanted
    assert first["source_file"] == str(file) and first["format"] == "rss" and first["id"] == "nieuws-1"
    assert first["published"] == "2026-03-03T08:30:00Z" and first["updated"] is None
    assert first["language"] == "nl"
    assert second["title"] == "Café & brug: dicht" and second["id"] is None and second["published"] is None
    assert second["url"] == "https://nieuws.example/brug"
    assert third["url"] is None and third["published"] is None, "“gisteren” is no date"


def test_files_without_entries_or_without_sense_have_a_line_and_the_others_are_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty, page, good = tmp_path / "empty.xml", tmp_path / "page.xml", tmp_path / "good.json"
    empty.write_text("<rss version='2.0'><channel><title>x</title></channel></rss>", encoding="utf-8")
    page.write_text("<html><title>Nee</title></html>", encoding="utf-8")
    good.write_text(samples.JSON_FEED, encoding="utf-8")
    absent = tmp_path / "absent.xml"
    names = [str(name) for name in (empty, page, tmp_path, absent, good)]
    status, lines, _ = _parse(capsys, *names)
    assert status == 1
    assert lines[0] == {"source_file": str(empty), "entries": 0}
    assert lines[1]["error"].startswith("an HTML page titled “Nee”")
    assert lines[2] == {"source_file": str(tmp_path), "error": "a folder; name the files in it"}
    assert lines[3] == {"source_file": str(absent), "error": "no such file or directory"}
    assert [line["id"] for line in lines[4:]] == ["17", "b", "c"]


def test_a_file_that_broke_off_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cut.xml"
    file.write_text(samples.RSS[: samples.RSS.rindex("<item>") + 40], encoding="utf-8")
    status, lines, err = _parse(capsys, str(file))
    assert (status, len(lines)) == (0, 2)
    assert err == f"{file}: broke off; what is whole before that is shown (2)\n"


def test_an_entry_without_title_and_text_still_has_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bare.xml"
    file.write_text("<rss><channel><item><guid>g</guid></item></channel></rss>", encoding="utf-8")
    status, lines, _ = _parse(capsys, str(file))
    assert status == 0 and [(line["id"], line["title"]) for line in lines] == [("g", "")]


def test_it_needs_no_database_and_no_utf8_terminal(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(samples.RSS, encoding="utf-8")
    environment = {
        **os.environ,
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "HORIZONSCAN_DATA_DIR": str(tmp_path / "data"),
        "PYTHONIOENCODING": "ascii",
    }
    command = [sys.executable, "-P", "-m", "horizonscan", "parse", str(file)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[1])["title"] == "Café & brug: dicht"


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "big.xml"
    file.write_bytes(samples.RSS.encode() + b" " * 5000)
    environment = {
        **os.environ,
        "HORIZONSCAN_MAX_BODY": "4096",
        "HORIZONSCAN_DATA_DIR": str(tmp_path / "data"),
    }
    command = [sys.executable, "-P", "-m", "horizonscan", "parse", str(file)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"] == "larger than 4,096 bytes; HORIZONSCAN_MAX_BODY sets the limit"
