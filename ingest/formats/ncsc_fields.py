"""The codes in NCSC-NL advisories: `NCSC-2026-0123 [1.01] [M/H] …`.

The advisory's number is its identity and `[1.00]` → `[1.01]` a new version of it. The level is likelihood /
damage (`H/H`, `M/H`: high, medium, low; until 2026) or the newer Urgent / Normaal; both are read.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from ingest.entries import RawEntry

ADVISORY = re.compile(r"NCSC-\d{4}-\d{3,6}", re.IGNORECASE)
_TITLE = re.compile(
    r"\s*(?P<id>NCSC-\d{4}-\d{3,6})\s*[:\-]?\s*\[\s*(?P<version>\d+(?:\.\d+)*)\s*\]"
    r"\s*(?:\[\s*(?P<level>[^\]]{1,40}?)\s*\]|(?P<word>urgent|normaal)\b)?",
    re.IGNORECASE,
)
_PAIR = re.compile(r"([HML])\s*/\s*([HML])", re.IGNORECASE)
_GRADES = {"H": "high", "M": "medium", "L": "low"}


def fields(advisory: str, version: str, level: str) -> dict[str, Any]:
    """The official fields of an advisory; brackets around `version` and `level` are taken off."""
    found: dict[str, Any] = {"record": "ncsc", "advisory": advisory.upper()}
    version, level = version.strip(" []"), level.strip(" []")
    if version:
        found["version"] = version
    if not level:
        return found
    found["level"] = level
    pair = _PAIR.fullmatch(level)
    if pair:
        found["likelihood"], found["damage"] = _GRADES[pair[1].upper()], _GRADES[pair[2].upper()]
    elif level.lower() in ("urgent", "normaal"):
        found["urgency"] = {"urgent": "urgent", "normaal": "normal"}[level.lower()]
    return found


def recognised(entry: RawEntry) -> RawEntry:
    """The entry with its official fields and the advisory's number as its id, where its title has one."""
    if entry.title[:5].upper() != "NCSC-":
        return entry
    found = _TITLE.match(entry.title)
    if found is None:
        return entry
    official = fields(found["id"], found["version"], found["level"] or found["word"] or "")
    return replace(entry, id=official["advisory"], official={**entry.official, **official})
