"""Entities of a text: what closed lists and fixed grammars know, and nothing else. Never a person.

Vulnerabilities, weaknesses, advisories, techniques, substances and indicators by grammar (`patterns`,
`indicators`); organisations, diseases and vital processes by list (`lists`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from ingest.entries import Entity, Evidence
from ingest.judge.entities import indicators, patterns
from ingest.judge.entities.lists import ListError, key_of, load
from ingest.judge.entities.matcher import Matcher
from ingest.judge.entities.words import hyphened
from ingest.judge.patterns import lowered
from ingest.judge.text import Text
from ingest.text.fold import fold

__all__ = ["ListError", "find", "kind_of", "load", "model", "name_of", "resolve"]

#: Changes with what the code does; what the lists say has a version of its own.
_CODE = "entities-1"
_MOST_EVIDENCE = 5
#: What one text can name, and one official record: a bulletin may list a thousand vulnerabilities.
_MOST = 100
_OFFICIAL = ("cveID", "cve", "cwe", "cwes", "advisory", "id", "aliases")


@lru_cache(maxsize=1)
def _matcher() -> Matcher:
    return Matcher(load(), patterns.TRIGGERS)


def model() -> str:
    """The version of this judge and of its lists, as stored with its judgements."""
    return f"{_CODE}.{load().version}"


def _strings(record: Any) -> Iterator[str]:
    """The identifiers that an official record holds in the fields that are for them."""
    if not isinstance(record, Mapping):
        return
    for name in _OFFICIAL:
        value = record.get(name)
        for each in value if isinstance(value, list | tuple) else (value,):
            if isinstance(each, str):
                yield each
    each = record.get("vulnerabilities")
    if isinstance(each, list | tuple):
        for vulnerability in each:
            yield from _strings(vulnerability)


def _typed(name: str) -> str:
    return hyphened(lowered(fold(name))).strip()


def _official(record: Mapping[str, Any]) -> Iterator[patterns.Named]:
    for value in _strings(record):
        if named := patterns.read(_typed(value)):
            yield named


def _found(text: Text, language: str | None) -> Iterator[patterns.Named]:
    """Everything that `text` names, identifiers first."""
    lists = load()
    low = hyphened(text.low)
    found = _matcher().find(text, language)
    fixed = list(patterns.find(low, found.triggers)) if found.triggers else []
    fixed += indicators.find(low, lists.domains)
    yield from fixed
    for start, end, form in found.names:
        if any(each.start < end and start < each.end for each in fixed):
            continue  # NCSC-2026-0012 is an advisory, and no word about the NCSC
        listed = lists.entities[form.owner]
        yield patterns.Named(
            listed.id, listed.kind, listed.names["nl" if language == "nl" else "en"], start, end
        )


def find(text: Text, language: str | None, official: Mapping[str, Any] = {}) -> tuple[Entity, ...]:
    """The entities that `text` and the `official` record name, in the order of the text.

    `name` is in Dutch for Dutch texts, else in English. `evidence` holds the first places where it is
    named, and is empty for what only the official record names. At most 100.
    """
    names: dict[str, patterns.Named] = {}
    places: dict[str, list[Evidence]] = {}
    for named in sorted(_found(text, language), key=lambda named: named.start):
        names.setdefault(named.id, named)
        evidence = places.setdefault(named.id, [])
        if len(evidence) < _MOST_EVIDENCE:
            evidence.append(text.evidence(text.folded[named.start : named.end], named.start, named.end))
    if official:
        for named in _official(official):
            names.setdefault(named.id, named)
    return tuple(
        Entity(named.id, named.kind, named.name, tuple(places.get(named.id, ())))
        for named in list(names.values())[:_MOST]
    )


def resolve(name: str) -> str:
    """The id of the entity that `name` (typed in any way: a name, an abbreviation, an id) is; empty if none.

    A name that means two things in two languages means the Dutch one.
    """
    lists = load()
    if listed := lists.keys.get(key_of(name)):
        return listed
    low = _typed(name)
    named = patterns.read(low)
    return named.id if named else indicators.read(low, lists.domains)


def kind_of(entity: str) -> str:
    """The kind of the entity with that id; empty where there is none."""
    if listed := load().entities.get(entity):
        return listed.kind
    named = patterns.read(entity)
    return named.kind if named else "indicator" if indicators.read(entity, load().domains) else ""


def name_of(entity: str, language: str | None = "nl") -> str:
    """The name of the entity with that id, for people; the id itself where nobody knows it any more."""
    lists = load()
    if listed := lists.entities.get(entity):
        return listed.names["nl" if language == "nl" else "en"]
    if named := patterns.read(entity):
        return named.name
    return indicators.name_of(entity) if indicators.read(entity, lists.domains) else entity
