"""NCSC-NL advisory lists as CSV: number, version, level, description, link, date seen.

Columns are found by their names, in Dutch or English; a list without a header is read in the order above.
Daily lists are joined into longer ones, so the header may come again further down.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence

from ingest.entries import ParsedDocument, RawEntry
from ingest.formats import ncsc_fields
from ingest.formats.document import Document
from ingest.formats.syndication import MAX_ENTRIES
from ingest.formats.values import optional, string
from ingest.text.times import read as read_time

NAME = "ncsc"
_ORDER = ("id", "version", "level", "title", "link", "seen")
_NAMES = {
    "id": {"advisoryid", "advisory", "id", "advies", "adviesid", "kenmerk"},
    "version": {"version", "versie"},
    "level": {"severity", "level", "ernst", "inschaling", "kansschade", "prioriteit"},
    "title": {"description", "title", "omschrijving", "titel", "beschrijving"},
    "link": {"link", "url"},
    "seen": {"seenon", "seen", "date", "datum", "published", "publicatiedatum", "gepubliceerd"},
}
_SIGN = re.compile(r"[^a-z]")
_DATE_END = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?$")


def _header(row: Sequence[str]) -> dict[str, int]:
    """Where each field stands, where `row` is a header; empty where it is not."""
    names = [_SIGN.sub("", cell.lower()) for cell in row]
    found = {
        field: next((place for place, name in enumerate(names) if name in known), -1)
        for field, known in _NAMES.items()
    }
    found = {field: place for field, place in found.items() if place >= 0}
    return found if {"id", "version"} <= set(found) and ("title" in found or "link" in found) else {}


def _separator(line: str) -> str:
    return max(",;\t", key=line.count)


def _first_line(document: Document) -> str:
    return next((line for line in document.text[:10_000].splitlines() if line.strip()), "")


def recognises(document: Document) -> bool:
    if document.kind != "text":
        return False
    line = _first_line(document)
    row = next(csv.reader([line], delimiter=_separator(line)), [])
    return bool(_header(row)) or (len(row) >= 4 and bool(ncsc_fields.ADVISORY.fullmatch(row[0].strip())))


def _entry(cells: Mapping[str, str]) -> RawEntry:
    official = ncsc_fields.fields(cells["id"], cells.get("version", ""), cells.get("level", ""))
    seen = optional(cells.get("seen"))
    if seen:
        official["seen"] = seen
    return RawEntry(
        id=official["advisory"],
        url=optional(cells.get("link")),
        title=cells.get("title") or official["advisory"],
        # The number is how advisories are referred to; without it here it could not be searched.
        summary=" ".join(word for word in (official["advisory"], official.get("version")) if word),
        published=seen,
        updated=seen,
        language="nl",
        official=official,
    )


def _whole(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a last row without a line end is whole: all columns, and a date as long as the others'."""
    last, before = rows[-1], rows[-2] if len(rows) > 1 else rows[-1]
    date = last[-1].strip()
    if len(last) < len(rows[0]) or not _DATE_END.search(date):
        return False
    return bool(_header(before)) or len(before[-1].strip()) == len(date)


def _rows(text: str, problems: list[str]) -> tuple[list[list[str]], bool]:
    """The rows, and whether the last one was cut in two (and is left out)."""
    rows: list[list[str]] = []
    separator = _separator(text[:10_000].lstrip().partition("\n")[0])
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True)
    try:
        for row in reader:
            if len(rows) > MAX_ENTRIES:
                problems.append(f"only the first {MAX_ENTRIES:,} lines were read")
                return rows, False
            if any(cell.strip() for cell in row):
                rows.append(row)
    except csv.Error as error:
        problems.append(f"line {reader.line_num}: {error}")
        return rows, True
    if not rows or text.endswith(("\n", "\r")) or _whole(rows):
        return rows, False
    return rows[:-1], True


def parse(document: Document) -> ParsedDocument:
    problems: list[str] = []
    rows, truncated = _rows(document.text.lstrip("\ufeff"), problems)
    places = dict(zip(_ORDER, range(len(_ORDER)), strict=True))
    entries: list[RawEntry] = []
    for number, row in enumerate(rows, 1):
        header = _header(row)
        if header:
            places = header
            continue
        cells = {field: string(row[place]) for field, place in places.items() if place < len(row)}
        if not cells.get("id") or len(row) < 3:
            problems.append(f"row {number} is no advisory")
            continue
        entries.append(_entry(cells))
    seen = max((entry.updated for entry in entries if entry.updated), default=None)
    return ParsedDocument(
        format=NAME,
        entries=entries,
        title="NCSC-NL",
        language="nl",
        dated=read_time(seen),
        problems=problems,
        truncated=truncated,
    )
