"""The fields a query can name, their Dutch and English other names, and what kind of value each takes."""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    TEXT = "text"
    KEYWORD = "keyword"
    LEVEL = "level"
    TIME = "time"
    ADDRESS = "address"


FIELDS: dict[str, Kind] = {
    "title": Kind.TEXT,
    "domain": Kind.KEYWORD,
    "threat": Kind.KEYWORD,
    "source": Kind.KEYWORD,
    "lang": Kind.KEYWORD,
    "origin": Kind.KEYWORD,
    "country": Kind.KEYWORD,
    "place": Kind.KEYWORD,
    "part": Kind.KEYWORD,
    "near": Kind.KEYWORD,
    "relevance": Kind.KEYWORD,
    "entity": Kind.KEYWORD,
    "severity": Kind.LEVEL,
    "published": Kind.TIME,
    "seen": Kind.TIME,
    "url": Kind.ADDRESS,
}

ALIASES: dict[str, str] = {
    "titel": "title",
    "domein": "domain",
    "dreiging": "threat",
    "bron": "source",
    "taal": "lang",
    "language": "lang",
    "herkomst": "origin",
    "land": "country",
    "plaats": "place",
    "deel": "part",
    "nabij": "near",
    "relevantie": "relevance",
    "entiteit": "entity",
    "ernst": "severity",
    "gepubliceerd": "published",
    "date": "published",
    "datum": "published",
    "gezien": "seen",
    "site": "url",
}

LEVELS = {"none": 0, "geen": 0, "a": 1, "b": 2, "c": 3, "d": 4, "e": 5}
"""Severity as stored: 0 for none, 1 to 5 for A (limited) to E (catastrophic)."""


def field(name: str) -> str | None:
    """The field that `name` means, None where it means none."""
    lowered = name.lower()
    lowered = ALIASES.get(lowered, lowered)
    return lowered if lowered in FIELDS else None
