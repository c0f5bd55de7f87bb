"""The core algebra as Elasticsearch queries: term-level ones only, since everything is analysed already."""

from __future__ import annotations

from typing import Any, assert_never

from search.core import (
    And,
    Core,
    Everything,
    Fuzzy,
    Not,
    Nothing,
    Or,
    Period,
    Phrase,
    Prefix,
    Range,
    Term,
)

Query = dict[str, Any]

TIMES = ("published", "seen")
_UNLIMITED = 2**31 - 1
"""Words a phrase's open end may stand for: with less the server leaves the others out without a word. How
many there are is looked at before (`counting`)."""


def _textual(field: str) -> bool:
    return "folded" in field or "stems" in field


def _unscored(query: Query) -> Query:
    return {"constant_score": {"filter": query, "boost": 0.0}}


def _constant(query: Query) -> Query:
    return {"constant_score": {"filter": query, "boost": 1.0}}


def counting(phrase: Phrase, most: int) -> Query:
    """A query that its profile shows rewritten to the words that the phrase's open end stands for, `most` of
    them at most. No other interface of the server's core tells what words there are."""
    return {"prefix": {phrase.field: {"value": phrase.tokens[-1], "rewrite": f"top_terms_{most}"}}}


def _all(items: tuple[Core, ...]) -> Query:
    must = [compiled(item) for item in items if not isinstance(item, Not)]
    must_not = [compiled(item.item) for item in items if isinstance(item, Not)]
    return {"bool": {"must": must or [_unscored({"match_all": {}})], "must_not": must_not}}


def compiled(core: Core) -> Query:
    """The query for `core`, whose times are resolved. Fields that are no text add no score."""
    match core:
        case Term(field, token):
            found = {"term": {field: {"value": token}}}
            return found if _textual(field) else _unscored(found)
        case Phrase(field, tokens, is_open):
            text = " ".join(tokens)
            if not is_open:
                return {"match_phrase": {field: {"query": text, "analyzer": "whitespace", "slop": 0}}}
            options = {"query": text, "analyzer": "whitespace", "slop": 0, "max_expansions": _UNLIMITED}
            return _constant({"match_phrase_prefix": {field: options}})
        case Prefix(field, text):
            found = {"prefix": {field: {"value": text}}}
            return _constant(found) if _textual(field) else _unscored(found)
        case Fuzzy(field, token, distance):
            # With any other rewrite only the 50 nearest words of the index would be looked for.
            options = {"fuzziness": distance, "prefix_length": 0, "transpositions": True}
            return _constant({"fuzzy": {field: {"value": token, **options, "rewrite": "constant_score"}}})
        case Range(field, low, high):
            bounds: Query = {
                name: bound for name, bound in (("gte", low), ("lte", high)) if bound is not None
            }
            if field in TIMES:
                # A bare number would be read as milliseconds, whatever the field's own format.
                bounds["format"] = "epoch_second"
            return _unscored({"range": {field: bounds}})
        case Everything():
            return _unscored({"match_all": {}})
        case Nothing():
            return {"match_none": {}}
        case Not():
            return _all((core,))
        case And(items):
            return _all(items)
        case Or(items):
            return {"bool": {"should": [compiled(item) for item in items], "minimum_should_match": 1}}
        case Period():
            raise ValueError("times must be resolved before compiling")
    assert_never(core)
