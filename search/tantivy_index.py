"""One tantivy index, on disk or in memory: its schema, writing documents, and answering requests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tantivy

from search.answers import days, facets, following
from search.compile_tantivy import compiled
from search.core import And, Core, Range, open_ends
from search.document import KEYWORDS, SearchDocument
from search.engine import (
    DAY,
    FACETS,
    MAX_OFFSET,
    OPEN_WORDS,
    Answer,
    Hit,
    Request,
    TooBroad,
    scored,
)

TEXTS = {
    "folded": "position",
    "title_folded": "position",
    "stems_nl": "freq",
    "stems_en": "freq",
    "title_stems_nl": "freq",
    "title_stems_en": "freq",
}
NUMBERS = ("id", "revision", "key", "published", "seen", "severity")
_TIED = 2 * MAX_OFFSET
_BUCKETS = 60_000
"""Above the number of distinct values of any facet: with less, several segments miscount."""


@cache
def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name, option in TEXTS.items():
        builder.add_text_field(name, tokenizer_name="whitespace", index_option=option)
    for name in KEYWORDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=name in FACETS)
    for name in NUMBERS:
        builder.add_unsigned_field(name, indexed=True, fast=True)
    return builder.build()


def described() -> tuple[object, ...]:
    """What the index's form depends on; a change makes existing indices unusable."""
    return (version("tantivy"), sorted(TEXTS.items()), KEYWORDS, NUMBERS, FACETS)


def made(folder: Path | None = None) -> tantivy.Index:
    """A new, empty index in an existing folder; in memory without one."""
    return tantivy.Index(schema(), path=str(folder)) if folder else tantivy.Index(schema())


def document(found: SearchDocument) -> tantivy.Document:
    made = tantivy.Document()
    for name in TEXTS:
        made.add_text(name, found.texts[name])
    for name in KEYWORDS:
        for value in found.keywords[name]:
            made.add_text(name, value)
    for name in NUMBERS:
        made.add_unsigned(name, getattr(found, name))
    return made


def known(searcher: tantivy.Searcher, ids: Sequence[int]) -> dict[int, int]:
    """The version of each of `ids` that the index holds."""
    if not ids or not searcher.num_docs:
        return {}
    query = tantivy.Query.term_set_query(schema(), "id", list(ids))
    where = [address for _, address in searcher.search(query, limit=2 * len(ids), count=False).hits]
    numbers = zip(
        searcher.fast_field_values("id", where), searcher.fast_field_values("revision", where), strict=True
    )
    return {int(number or 0): int(revision or 0) for number, revision in numbers}


def versions(searcher: tantivy.Searcher, above: int) -> Iterator[tuple[int, int]]:
    """(id, version) by rising id; a snapshot, however long reading takes."""
    step = 10_000
    while True:
        query = tantivy.Query.range_query(schema(), "id", tantivy.FieldType.Unsigned, above + 1, None)
        hits = searcher.search(
            query, limit=step, count=False, order_by_field="id", order=tantivy.Order.Asc
        ).hits
        revisions = searcher.fast_field_values("revision", [address for _, address in hits])
        for (number, _), revision in zip(hits, revisions, strict=True):
            yield int(number), int(revision or 0)
        if len(hits) < step:
            return
        above = int(hits[-1][0])


def _total(found: tantivy.SearchResult) -> int:
    """The exact count, which the package's type stubs do not know of."""
    return int(getattr(found, "count", None) or 0)


def _by_time(searcher: tantivy.Searcher, request: Request, query: tantivy.Query) -> tuple[list[Hit], int]:
    """The page and the exact total. Behind `after` the total is counted apart from the page."""
    paged = query
    if request.after is not None:
        if request.after <= 0:
            return [], _total(searcher.search(query, limit=1))
        paged = compiled(schema(), And((request.core, Range("key", None, request.after - 1))))
    found = searcher.search(
        paged, limit=max(1, request.limit), order_by_field="key", count=request.after is None
    )
    total = _total(found) if request.after is None else _total(searcher.search(query, limit=1))
    hits = found.hits[: request.limit]
    ids = searcher.fast_field_values("id", [address for _, address in hits])
    return [Hit(int(number or 0), int(key)) for (key, _), number in zip(hits, ids, strict=True)], int(
        total or 0
    )


def _by_score(searcher: tantivy.Searcher, request: Request, query: tantivy.Query) -> tuple[list[Hit], int]:
    """The page by score, ties by time, and the exact total.

    tantivy breaks ties by its own order, so all hits that tie with the last one are looked at as well.
    """
    start = request.after or 0
    end = min(start + request.limit, MAX_OFFSET + request.limit)
    size = max(1, end)
    while True:
        found = searcher.search(query, limit=size)
        if len(found.hits) < size or size >= _TIED or found.hits[-1][0] < found.hits[max(0, end - 1)][0]:
            break
        size = min(_TIED, 4 * size + 100)
    where = [address for _, address in found.hits]
    ids, keys = searcher.fast_field_values("id", where), searcher.fast_field_values("key", where)
    hits = [
        Hit(int(number or 0), int(key or 0), float(score))
        for (score, _), number, key in zip(found.hits, ids, keys, strict=True)
    ]
    hits.sort(key=lambda hit: (-hit.score, -hit.key))
    return hits[start:end], _total(found)


def _terms(field: str) -> dict[str, Any]:
    return {"terms": {"field": field, "size": _BUCKETS, "segment_size": _BUCKETS}}


def _aggregated(searcher: tantivy.Searcher, request: Request, query: tantivy.Query) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    if request.facets:
        asked |= {name: _terms(name) for name in FACETS}
    if request.histogram:
        asked["day"] = {"histogram": {"field": "published", "interval": DAY, "min_doc_count": 1}}
    found = searcher.aggregate(query, asked) if asked else {}
    return {name: {bucket["key"]: bucket["doc_count"] for bucket in found[name]["buckets"]} for name in found}


def answer(searcher: tantivy.Searcher, request: Request) -> Answer:
    """Answers from one snapshot of the index. Raises EngineError where the query is too broad for it."""
    core: Core = request.core
    for phrase in open_ends(core):
        if (
            len(searcher.terms_with_prefix(phrase.field, phrase.tokens[-1], limit=OPEN_WORDS + 1))
            > OPEN_WORDS
        ):
            raise TooBroad(phrase)
    by_score = request.sort == "relevance" and scored(core)
    query = compiled(schema(), core)
    hits, total = (_by_score if by_score else _by_time)(searcher, request, query)
    counted = _aggregated(searcher, request, query)
    return Answer(
        total,
        hits,
        following(request, by_score, hits),
        facets(counted) if request.facets else {},
        days(counted["day"]) if request.histogram else (),
    )
