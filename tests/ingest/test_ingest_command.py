"""`horizonscan ingest` on folders as people keep them: odd names, pipes, files too large to be read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.ingest.documents import rss


def ingest(data: Path, *paths: Path | bytes, **environment: str) -> dict[str, Any]:
    """The figures of one run in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-P", "-m", "horizonscan", "ingest", *paths, "--json", "--data-dir", str(data)],
        capture_output=True,
        env={**os.environ, "DATABASE_URL": "", "ELASTICSEARCH_URL": "", **environment},
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr.decode(errors="replace")[-2000:]
    figures: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    kinds = ("new", "updated", "seen", "sightings", "rejected")
    assert figures["entries"] == sum(figures[kind] for kind in kinds)
    return figures


def item(name: str) -> dict[str, str]:
    return {"guid": name, "title": f"Bericht {name}", "link": f"https://nieuws.example/{name}"}


def feed(**members: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", **members})


def test_a_folder_of_odd_files_costs_nothing_but_what_cannot_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "feeds"
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "two\nlines ☃.xml").write_bytes(rss(item("lines")))
    (folder / "deep" / "deeper" / "a.xml").write_bytes(rss(item("deep")))
    (folder / ".git" / "hidden.xml").write_bytes(rss(item("hidden")))
    (folder / "deep" / "loop").symlink_to(folder)
    (folder / "dangling.xml").symlink_to(tmp_path / "nowhere")
    (folder / "zero.xml").touch()
    (folder / "large.xml").write_bytes(rss(item("large")) + b" " * (10 * 1024 * 1024))
    os.mkfifo(folder / "pipe")
    latin = os.fsencode(folder / "caf") + b"\xe9.xml"
    for name, body in ((latin, rss(item("latin"))), (os.fsencode(folder / "no") + b"\xff.xml", b"no feed")):
        Path(os.fsdecode(name)).write_bytes(body)
    (folder / "title.json").write_text(
        feed(title="half \ud800 a \x00 pair", feed_url="https://x.example/\ud800", items=[item("half")])
    )
    figures = ingest(tmp_path / "data", folder)
    assert (figures["files"], figures["new"]) == (7, 4)
    refused = {Path(each["file"]).name: each["reason"] for each in figures["refused"]}
    assert set(refused) == {"zero.xml", "large.xml", "no\\xff.xml"}
    assert "HORIZONSCAN_MAX_BODY" in refused["large.xml"]
    assert ingest(tmp_path / "data", latin)["seen"] == 1
    assert ingest(tmp_path / "data", folder / "large.xml", HORIZONSCAN_MAX_BODY="20000000")["new"] == 1
    assert "not a file" in ingest(tmp_path / "data", folder / "pipe")["refused"][0]["reason"]


def test_names_that_differ_only_beyond_what_a_column_holds_stay_two(tmp_path: Path) -> None:
    long = "x" * 5_000
    for n in (1, 2):
        members = {"feed_url": f"https://x.example/{long}{n}", "title": long}
        items = [{"id": f"{long}{k}", "title": f"{n}.{k}"} for k in range(3)]
        (tmp_path / f"{n}.json").write_text(feed(**members, items=items))
    files = (tmp_path / "1.json", tmp_path / "2.json")
    assert ingest(tmp_path / "data", *files)["new"] == 6
    assert ingest(tmp_path / "data", *files)["seen"] == 6
