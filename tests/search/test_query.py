# ruff: noqa: SIM905 - lists of words are read as text
"""The query language by itself: precedence, leniency, limits, errors, and times that stay relative."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import core
from search.analysis import query
from search.core import MAX_SECOND, Period, Range, Term, resolved
from search.query import QueryError, parse
from search.query.parser import MAX_DEPTH, MAX_LENGTH, MAX_NODES
from search.query.times import period
from search.query.tree import Conjunction, Disjunction, Negation, Word

NOW = datetime(2026, 11, 24, 9, 30, 15, tzinfo=UTC)


def second(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def test_not_binds_before_and_before_or() -> None:
    tree = parse("a b OR NOT c d").tree
    a, b, c, d = (
        Word(None, letter, position) for letter, position in zip("abcd", (0, 2, 11, 13), strict=True)
    )
    assert tree == Disjunction((Conjunction((a, b)), Conjunction((Negation(c), d))))


def test_words_inside_words_are_no_operators() -> None:
    assert parse("well-known ANDROID e-mail").notes == ()
    phrase = core.Phrase("folded", ("well", "known"))
    assert query("well-known").core == core.Or((phrase, core.Term("stems_nl", "wellknown")))


def test_notes_name_the_place() -> None:
    parsed = parse('dijk AND (water "hoog')
    assert [(note.position, str(note)) for note in parsed.notes] == [
        (9, "at character 10: parenthesis closed at the end"),
        (16, "at character 17: quotation closed at the end"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("severity:hoog", "severity: takes A to E or none, not 'hoog'"),
        ("published:gauw", "published: 'gauw' is not a time; use 2026-11-24"),
        ("published:2026-13-45", "is not a time"),
        ("published:>=now-99999999d", "is not a time"),
        ("seen:[2026-01-01 TO later]", "seen: 'later' is not a time"),
        ("domain:>=cyber", "domain: cannot be compared"),
        ("[a TO b]", "needs published:, seen: or severity:"),
        ("title:[a TO b]", "needs published:, seen: or severity:"),
        ("a" * (MAX_LENGTH + 1), f"{MAX_LENGTH} is the most"),
        ("a " * (MAX_NODES + 1), f"more than {MAX_NODES} parts"),
        ("(" * (MAX_DEPTH + 1) + "a", f"more than {MAX_DEPTH} deep"),
    ],
)
def test_what_cannot_be_guessed_is_one_line_that_says_what_to_write(text: str, message: str) -> None:
    with pytest.raises(QueryError) as raised:
        query(text)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "text", ["(" * 4_000, '"' * 4_000, "- " * 2_000, "NOT " * 1_000, "a:" * 2_000, "[" * 4_000, "~^" * 2_000]
)
def test_endless_queries_end(text: str) -> None:
    try:
        query(text)
    except QueryError as error:
        assert str(error)


_SIGNS = '" ( ) - + ! * ~ ~2 ^3 : >= < [ ] { } && ||'.split()
_WORDS = "domain: titel: severity: published: url: C now-24h 2026-11-24 now/d dijk água 洪水 x https://a.b/c".split()
_PIECES = st.sampled_from([*_SIGNS, *_WORDS, " TO ", " AND ", " OR ", " NOT ", " "])


@settings(max_examples=400)
@given(st.lists(_PIECES | st.text(max_size=4), max_size=14).map("".join))
def test_any_text_gives_a_query_or_one_line(text: str) -> None:
    try:
        found = query(text)
    except QueryError as error:
        assert str(error)
        assert "\n" not in str(error)
        return
    fixed = resolved(found.core, NOW)
    assert not any(isinstance(leaf, Period) for leaf in core.leaves(fixed))
    assert all(0 <= note.position <= len(text) for note in found.notes)


def test_relative_times_stay_relative_until_there_is_a_clock() -> None:
    found = query("published:>=now-24h").core
    assert found == Period("published", "now-24h", None, high_included=False)
    assert resolved(found, NOW) == Range("published", second("2026-11-23T09:30:15"), None)


@pytest.mark.parametrize(
    ("literal", "start", "end"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-02", "2026-02-01", "2026-03-01"),
        ("2026-12-31", "2026-12-31", "2027-01-01"),
        ("2026-11-24T12:30", "2026-11-24T12:30", "2026-11-24T12:31"),
        ("2026-11-24T12:30:15Z", "2026-11-24T12:30:15", "2026-11-24T12:30:16"),
        ("2026-11-24T12:30+0200", "2026-11-24T10:30", "2026-11-24T10:31"),
        ("now", "2026-11-24T09:30:15", "2026-11-24T09:30:16"),
        ("now-2h/h", "2026-11-24T07:00", "2026-11-24T08:00"),
        ("now/w", "2026-11-23", "2026-11-30"),
        ("now-1M", "2026-10-24T09:30:15", "2026-10-24T09:30:16"),
        ("now-9M+1d/d", "2026-02-25", "2026-02-26"),
        ("now/y", "2026-01-01", "2027-01-01"),
        ("gisteren", "2026-11-23", "2026-11-24"),
    ],
)
def test_a_literal_is_a_period(literal: str, start: str, end: str) -> None:
    assert period(literal, NOW) == (second(start), second(end))


def test_months_end_where_they_end() -> None:
    assert period("now-1M/d", datetime(2026, 3, 31, tzinfo=UTC)) == (
        second("2026-02-28"),
        second("2026-03-01"),
    )


def test_bounds_outside_of_what_is_stored_are_clamped() -> None:
    assert resolved(query("published:>=1900").core, NOW) == Range("published", 0, None)
    assert resolved(query("published:<=9998").core, NOW) == Range("published", None, MAX_SECOND)
    assert resolved(query("published:>9998").core, NOW) == core.Nothing()
    assert resolved(query("published:<1900").core, NOW) == core.Nothing()


def test_a_plain_word_is_the_word_or_its_dutch_or_english_stem() -> None:
    assert query("Floods").core == core.Or(
        (Term("folded", "floods"), Term("stems_nl", "flood"), Term("stems_en", "flood"))
    )
