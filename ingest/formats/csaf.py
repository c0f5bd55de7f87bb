"""CSAF 2.0 advisories (OASIS Common Security Advisory Framework), one advisory a document.

The official record holds what an analyst decides by (identity, version, status, severity, CVEs with scores,
products) and a digest of the whole document, so that any change is a new version without storing all of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from ingest.entries import FormatError, ParsedDocument, RawEntry
from ingest.formats.document import Document
from ingest.formats.syndication import LONGEST_TEXT
from ingest.formats.values import jsonable, mapping, optional, sequence, string
from ingest.text.times import read as read_time

NAME = "csaf"
_MOST = 500
_DEEPEST = 16
_SUMMARIES = ("summary", "description", "general", "details")


def recognises(document: Document) -> bool:
    about = mapping(document.members.get("document"))
    return string(about.get("csaf_version")).startswith("2.") or {"tracking", "publisher", "category"} <= set(
        about
    )


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in sequence(value) if isinstance(item, Mapping)]


def _page(about: Mapping[str, Any]) -> str | None:
    """The advisory's own page: its `self` reference that is no JSON, else its first."""
    own = [
        string(item.get("url"))
        for item in _objects(about.get("references"))
        if item.get("category") == "self"
    ]
    pages = [url for url in own if url and not url.lower().endswith(".json")]
    return next(iter(pages or own), None) or None


def _summary(about: Mapping[str, Any], vulnerabilities: list[Mapping[str, Any]]) -> str:
    notes = _objects(about.get("notes"))
    for category in _SUMMARIES:
        texts = [string(note.get("text")) for note in notes if note.get("category") == category]
        # "general" holds disclaimers as well; the vulnerabilities' own words come first.
        if category == "general":
            texts = [
                string(n.get("text")) for v in vulnerabilities for n in _objects(v.get("notes"))
            ] or texts
        text = "\n".join(text for text in texts if text)
        if text:
            return text[:LONGEST_TEXT]
    return ""


def _score(vulnerability: Mapping[str, Any]) -> dict[str, Any]:
    """The highest CVSS base score of a vulnerability, with its words; empty without one."""
    found: dict[str, Any] = {}
    for score in _objects(vulnerability.get("scores")):
        for name in ("cvss_v4", "cvss_v3", "cvss_v2"):
            cvss = mapping(score.get(name))
            base = cvss.get("baseScore")
            if isinstance(base, int | float) and base > found.get("score", -1):
                found = {
                    "score": base,
                    "severity": cvss.get("baseSeverity"),
                    "vector": cvss.get("vectorString"),
                }
    return found


def _vulnerability(vulnerability: Mapping[str, Any]) -> dict[str, Any]:
    status = mapping(vulnerability.get("product_status"))
    return {
        "cve": vulnerability.get("cve"),
        "title": vulnerability.get("title"),
        "cwe": mapping(vulnerability.get("cwe")).get("id"),
        **_score(vulnerability),
        "threats": [threat.get("details") for threat in _objects(vulnerability.get("threats"))][:20],
        "product_status": {name: len(sequence(products)) for name, products in status.items()},
    }


def _branches(branches: Any, depth: int = 0) -> Iterator[str]:
    for branch in _objects(branches):
        name = string(mapping(branch.get("product")).get("name"))
        if name:
            yield name
        if depth < _DEEPEST:
            yield from _branches(branch.get("branches"), depth + 1)


def _products(tree: Mapping[str, Any]) -> list[str]:
    names = [string(item.get("name")) for item in _objects(tree.get("full_product_names"))]
    names += _branches(tree.get("branches"))
    return list(dict.fromkeys(name for name in names if name))[:_MOST]


def _official(whole: Mapping[str, Any]) -> dict[str, Any]:
    about = mapping(whole.get("document"))
    tracking = mapping(about.get("tracking"))
    history = _objects(tracking.get("revision_history"))
    publisher = mapping(about.get("publisher"))
    canonical = orjson.dumps(jsonable(whole), option=orjson.OPT_SORT_KEYS)
    found: dict[str, Any] = jsonable(
        {
            "id": tracking.get("id"),
            "aliases": tracking.get("aliases"),
            "version": tracking.get("version"),
            "status": tracking.get("status"),
            "initial_release_date": tracking.get("initial_release_date"),
            "current_release_date": tracking.get("current_release_date"),
            "revision": history[-1].get("summary") if history else None,
            "category": about.get("category"),
            "csaf_version": about.get("csaf_version"),
            "lang": about.get("lang"),
            "publisher": {name: publisher.get(name) for name in ("name", "namespace", "category")},
            "tlp": mapping(mapping(about.get("distribution")).get("tlp")).get("label"),
            "aggregate_severity": mapping(about.get("aggregate_severity")).get("text"),
            "vulnerabilities": [_vulnerability(v) for v in _objects(whole.get("vulnerabilities"))[:_MOST]],
            "products": _products(mapping(whole.get("product_tree"))),
        }
    )
    return {"record": "csaf", **found, "digest": hashlib.sha256(canonical).hexdigest()}


def parse(document: Document) -> ParsedDocument:
    """The one advisory; none where the document broke off. Raises FormatError where it has no tracking id."""
    whole = document.members
    about = mapping(whole.get("document"))
    tracking, publisher = mapping(about.get("tracking")), mapping(about.get("publisher"))
    entries: list[RawEntry] = []
    if not document.json_truncated:
        number = string(tracking.get("id"))
        if not number:
            raise FormatError("a CSAF advisory without document.tracking.id: nobody can tell which one it is")
        entries.append(
            RawEntry(
                id=number,
                url=_page(about),
                title=string(about.get("title")) or number,
                summary=_summary(about, _objects(whole.get("vulnerabilities"))),
                published=optional(tracking.get("initial_release_date")),
                updated=optional(tracking.get("current_release_date")),
                language=optional(about.get("lang")),
                official=_official(whole),
            )
        )
    return ParsedDocument(
        format=NAME,
        entries=entries,
        feed_id=optional(publisher.get("namespace")) or optional(publisher.get("name")),
        title=string(publisher.get("name")),
        language=optional(about.get("lang")),
        dated=read_time(optional(tracking.get("current_release_date"))),
        truncated=document.json_truncated,
    )
