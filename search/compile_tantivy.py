"""The core algebra as tantivy queries. Its own query parser is not used: it drops what it cannot read."""

from __future__ import annotations

import string
from typing import assert_never

import tantivy
from tantivy import FieldType, Occur

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

_ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in string.punctuation})
_WITH_POSITIONS = ("folded", "title_folded")


def _option(field: str) -> str:
    return "position" if field in _WITH_POSITIONS else "freq" if "stems" in field else "basic"


def _begins(text: str) -> str:
    """A regular expression (it must match the whole term) for terms that begin with `text`."""
    return text.translate(_ESCAPED) + ".*"


def _all(schema: tantivy.Schema, items: tuple[Core, ...]) -> tantivy.Query:
    clauses = [
        (Occur.MustNot, compiled(schema, item.item))
        if isinstance(item, Not)
        else (Occur.Must, compiled(schema, item))
        for item in items
    ]
    if all(occur == Occur.MustNot for occur, _ in clauses):
        # Alone, exclusions match nothing here.
        clauses.append((Occur.Must, tantivy.Query.const_score_query(tantivy.Query.all_query(), 0.0)))
    return tantivy.Query.boolean_query(clauses)


def compiled(schema: tantivy.Schema, core: Core) -> tantivy.Query:
    """The tantivy query for `core`, whose times are resolved. Fields that are no text add no score."""
    query = tantivy.Query
    match core:
        case Term(field, token):
            found = query.term_query(schema, field, token, _option(field))
            return found if "folded" in field or "stems" in field else query.const_score_query(found, 0.0)
        case Phrase(field, tokens, is_open):
            if not is_open:
                return query.phrase_query(schema, field, list(tokens))
            exact = [token.translate(_ESCAPED) for token in tokens[:-1]]
            found = query.regex_phrase_query(schema, field, [*exact, _begins(tokens[-1])])
            return query.const_score_query(found, 1.0)
        case Prefix(field, text):
            score = 1.0 if "folded" in field else 0.0
            return query.const_score_query(query.regex_query(schema, field, _begins(text)), score)
        case Fuzzy(field, token, distance):
            found = query.fuzzy_term_query(schema, field, token, distance, transposition_cost_one=True)
            return query.const_score_query(found, 1.0)
        case Range(field, low, high):
            found = query.range_query(schema, field, FieldType.Unsigned, low, high)
            return query.const_score_query(found, 0.0)
        case Everything():
            return query.const_score_query(query.all_query(), 0.0)
        case Nothing():
            return query.empty_query()
        case Not():
            return _all(schema, (core,))
        case And(items):
            return _all(schema, items)
        case Or(items):
            return query.boolean_query([(Occur.Should, compiled(schema, item)) for item in items])
        case Period():
            raise ValueError("times must be resolved before compiling")
    assert_never(core)
