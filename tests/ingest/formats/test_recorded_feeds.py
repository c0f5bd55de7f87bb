"""Real recorded documents: the formats give the entries that were counted by hand, and refuse the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.entries import FormatError, ParsedDocument
from ingest.formats import parse
from tests import recorded

READ = ("rss", "atom", "jsonfeed", "cap ", "edxl", "kev", "csv (NCSC", "csaf 2.0")
NOT_READ = ("rss-in-json",)


def _rows(name: str) -> list[tuple[Path, dict[str, Any]]]:
    folder = recorded.folder(name)
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return [(folder / row["path"], row) for row in map(json.loads, lines)]


def _is_read(kind: str) -> bool:
    return kind.startswith(READ) and not kind.startswith(NOT_READ)


def test_nearly_every_file_of_the_formats_gives_nearly_every_entry() -> None:
    short: list[str] = []
    files = 0
    for path, row in _rows("feeds"):
        if not _is_read(row["kind"]):
            continue
        files += 1
        try:
            found = len(parse(path.read_bytes()).entries)
        except FormatError as error:
            short.append(f"{row['path']} ({row['kind']}): {error}")
            continue
        if found < 0.98 * row["entries"] or found > row["entries"]:
            short.append(f"{row['path']} ({row['kind']}): {found} of {row['entries']}")
    print(f"{files - len(short)} of {files} files", *short, sep="\n")
    assert files > 100 and len(short) <= 0.05 * files, "\n".join(short)


def test_everything_else_is_refused_with_a_reason() -> None:
    for path, row in _rows("feeds"):
        if not _is_read(row["kind"]):
            with pytest.raises(FormatError) as refused:
                parse(path.read_bytes())
            assert len(str(refused.value)) > 20, row["path"]


def test_files_cut_where_files_are_cut_give_a_prefix() -> None:
    for path, row in _rows("feeds"):
        if not _is_read(row["kind"]) or row["bytes"] > 200_000:
            continue
        body = path.read_bytes()
        whole = list(parse(body).entries)
        for cut in (4096, 8192, 12288, 16384):
            if cut < len(body):
                part = list(parse(body[:cut]).entries)
                assert part == whole[: len(part)], f"{row['path']} cut at {cut}"


def test_both_states_of_the_kev_catalogue_say_when_they_are_of() -> None:
    released = [parse(path.read_bytes()).dated for path, row in _rows("feeds") if row["kind"] == "kev json"]
    assert all(released) and len(set(released)) == len(released)


def _read(path: Path, row: dict[str, Any]) -> ParsedDocument | None:
    headers = {name.lower(): value for name, value in (row["http_headers"] or {}).items()}
    try:
        return parse(path.read_bytes(), content_type=headers.get("content-type"))
    except FormatError as error:
        assert "\n" not in str(error)
        return None


def test_no_hostile_case_crashes_and_every_text_can_be_stored() -> None:
    for path, row in _rows("hostile"):
        document = _read(path, row)
        for entry in document.entries if document else ():
            for value in (entry.id, entry.url, entry.title, entry.summary, entry.published, entry.updated):
                assert "\x00" not in (value or "") and (value or "").encode() is not None, row["path"]


def test_bombs_and_pages_are_refused_and_broken_off_files_keep_what_is_whole() -> None:
    cases = 0
    for path, row in _rows("hostile"):
        document = _read(path, row)
        if row["cls"] in ("xml bomb / XXE", "HTML page served where a feed was asked"):
            assert document is None, row["path"]
            cases += 1
        elif row["cls"] == "in-the-wild":
            whole = path.read_bytes().count(b"</item>")
            assert (len(document.entries) if document else 0) == whole, row["path"]
            assert document is None or document.truncated
            cases += 1
    assert cases >= 14


def test_hostile_cases_agree_with_what_their_suites_expect() -> None:
    """The simple expectations: of feedparser's on an entry's title, link or id; of gofeed's on the count."""
    names = {"title": "title", "link": "url", "id": "id"}
    checked = wrong = 0
    notes: list[str] = []
    for path, row in _rows("hostile"):
        kind, expect = row["expect_kind"] or "", row["expect"] or ""
        document = _read(path, row)
        if kind.startswith("gofeed") and document is not None:
            wanted = json.loads((recorded.folder("hostile") / expect).read_text(encoding="utf-8-sig"))
            count = len(wanted.get("items") or wanted.get("entries") or [])
            checked += 1
            if count != len(document.entries):
                wrong += 1
                notes.append(f"{row['path']}: {len(document.entries)} of {count} entries")
        for name, field in names.items():
            start = f"not bozo and entries[0]['{name}'] == "
            if not expect.startswith(start) or document is None or "relative" in row["cls"]:
                continue
            wanted_text = _literal(expect[len(start) :])
            if wanted_text is None or "sanitis" in row["cls"]:
                continue
            checked += 1
            if not document.entries or getattr(document.entries[0], field) != wanted_text:
                wrong += 1
                got = getattr(document.entries[0], field) if document.entries else None
                notes.append(f"{row['path']}: {got!r}, not {wanted_text!r}")
    print(f"{checked - wrong} of {checked} as expected", *notes, sep="\n")
    assert checked > 200 and wrong <= 0.05 * checked, "\n".join(notes)


def _literal(text: str) -> str | None:
    import ast

    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None
