"""CISA's catalogue of Known Exploited Vulnerabilities (JSON)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ingest.entries import ParsedDocument, RawEntry
from ingest.formats.document import Document
from ingest.formats.syndication import MAX_ENTRIES
from ingest.formats.values import jsonable, mapping, optional, sequence, string
from ingest.text.times import read as read_time

NAME = "kev"


def recognises(document: Document) -> bool:
    """A catalogue names its version or release; where it broke off before that, its first record tells."""
    catalogue = document.members
    records = catalogue.get("vulnerabilities")
    if not isinstance(records, list):
        return False
    if "catalogVersion" in catalogue or "dateReleased" in catalogue:
        return not records or "cveID" in mapping(records[0])
    return bool(records) and {"cveID", "dateAdded"} <= set(mapping(records[0]))


def _entry(record: Mapping[str, Any]) -> RawEntry:
    number, product = string(record.get("cveID")), string(record.get("product"))
    name = string(record.get("vulnerabilityName"))
    # The catalogue has no page per record; the one the notes name is the National Vulnerability Database's.
    page = f"https://nvd.nist.gov/vuln/detail/{number}"
    text = (string(record.get("shortDescription")), string(record.get("requiredAction")))
    return RawEntry(
        id=number,
        url=page if page in string(record.get("notes")) else None,
        title=name or f"{number} {product}".strip(),
        summary=f"{number}: {' '.join(part for part in text if part)}",
        published=optional(record.get("dateAdded")),
        language="en",
        official={"record": "kev", **jsonable(record)},
    )


def parse(document: Document) -> ParsedDocument:
    catalogue = document.members
    entries: list[RawEntry] = []
    problems: list[str] = []
    for place, record in enumerate(sequence(catalogue.get("vulnerabilities")), 1):
        if len(entries) >= MAX_ENTRIES:
            problems.append(f"only the first {MAX_ENTRIES:,} records were read")
            break
        if string(mapping(record).get("cveID")):
            entries.append(_entry(record))
        else:
            problems.append(f"record {place} has no cveID")
    released = optional(catalogue.get("dateReleased"))
    return ParsedDocument(
        format=NAME,
        entries=entries,
        title=string(catalogue.get("title")),
        language="en",
        dated=read_time(released),
        problems=problems,
        truncated=document.json_truncated,
    )
