"""The Elasticsearch index: an explicit strict mapping, so that nothing is ever guessed, and its settings."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from ingest.text.analyzer import version
from search.document import KEYWORDS, SearchDocument

_KEYWORD = {"type": "keyword"}
_SECONDS = {"type": "date", "format": "epoch_second"}


def _tokens(options: str) -> dict[str, Any]:
    return {"type": "text", "analyzer": "whitespace", "index_options": options}


PROPERTIES: dict[str, Any] = {
    "id": {"type": "long"},
    "revision": {"type": "long"},
    "key": {"type": "long"},
    "published": _SECONDS,
    "seen": _SECONDS,
    "severity": {"type": "byte"},
    # Analysed by us: what queries of this application use.
    "folded": _tokens("positions"),
    "title_folded": _tokens("positions"),
    "stems_nl": _tokens("freqs"),
    "stems_en": _tokens("freqs"),
    "title_stems_nl": _tokens("freqs"),
    "title_stems_en": _tokens("freqs"),
    # As written, with the server's own analyzer: for dashboards and other tools.
    "title": {"type": "text"},
    "excerpt": {"type": "text"},
    **dict.fromkeys(KEYWORDS, _KEYWORD),
}


def signature() -> str:
    """Changes when the mapping or the analysis does; an index with another one is built anew."""
    text = json.dumps([version(), PROPERTIES], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def mappings() -> dict[str, Any]:
    return {
        "dynamic": "strict",
        "_meta": {"analysis_version": version(), "signature": signature()},
        "properties": PROPERTIES,
    }


def settings() -> dict[str, Any]:
    """One primary shard: counts stay exact. A replica as soon as there is a second node.

    Versions of removed documents are remembered for seconds only: SQL decides what there is.
    """
    return {
        "number_of_shards": 1,
        "auto_expand_replicas": "0-1",
        "max_result_window": 12_000,
        "gc_deletes": "5s",
    }


def source(document: SearchDocument) -> dict[str, Any]:
    """The document as it is sent."""
    return {
        "id": document.id,
        "revision": document.revision,
        "key": document.key,
        "published": document.published,
        "seen": document.seen,
        "severity": document.severity,
        "title": document.title,
        "excerpt": document.excerpt,
        **document.texts,
        **{name: list(values) for name, values in document.keywords.items()},
    }
