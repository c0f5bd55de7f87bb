"""Highlights: what a reader sees marked is what made the signal match."""

from __future__ import annotations

import pytest

from search.analysis import query
from search.highlight import places, within

TEXT = "Overstromingen in Zeeuws-Vlaanderen: café Ærø onder water, dijk bij Ærø hield"


@pytest.mark.parametrize(
    ("asked", "marked"),
    [
        ("overstroming", ["Overstromingen"]),
        ('"overstroming"', []),
        ("zeeuws-vlaanderen", ["Zeeuws-Vlaanderen"]),
        ('"onder water" dijk', ["onder water", "dijk"]),
        ("aero", ["Ærø", "Ærø"]),
        ("vla*", ["Vlaanderen"]),
        ("zeeuws-vla*", ["Zeeuws-Vlaanderen"]),
        ("watr~1", ["water"]),
        ("title:dijk", ["dijk"]),
        ("dijk -water", ["dijk"]),
        ("NOT (dijk -water)", ["water"]),
        ("domain:dijk lang:water", []),
        ('"in zeeuws" zeeuws-vlaanderen', ["in Zeeuws-Vlaanderen"]),
        ("*", []),
    ],
)
def test_marked_words(asked: str, marked: list[str]) -> None:
    found = places(query(asked).core, TEXT, "nl", title=True)
    assert [TEXT[start:end] for start, end in found] == marked


@pytest.mark.parametrize(
    ("asked", "text", "marked"),
    [
        ("aanval", "Nieuwe cyberaanvallen op havens", ["aanvallen"]),
        ("water", "Drinkwatervoorziening", ["water"]),
        ("cyberaanval", "Een cyber-aanval", ["cyber-aanval"]),
        ("cyberaanval", "Een cyber aanval", ["cyber aanval"]),
        ("aanvallen", "Het leger viel de stad aan.", ["viel", "aan"]),
        ("coördinatie", "Crisiscoördinatie", ["coördinatie"]),
    ],
)
def test_of_a_dutch_word_what_matches_is_marked(asked: str, text: str, marked: list[str]) -> None:
    assert [text[start:end] for start, end in places(query(asked).core, text, "nl", title=True)] == marked


def test_a_title_query_marks_nothing_in_the_excerpt() -> None:
    assert places(query("title:dijk").core, TEXT, "nl", title=False) == []


def test_stems_are_marked_in_the_language_of_the_signal_only() -> None:
    asked = query("flood").core
    assert places(asked, "Floods", "en", title=True) == [(0, 6)]
    assert places(asked, "Floods", "", title=True) == [(0, 6)]
    assert places(asked, "Floods", "fr", title=True) == []


@pytest.mark.parametrize(
    ("one", "other", "distance", "close"),
    [("dijk", "dijk", 0, True), ("dijk", "djik", 1, True), ("dijk", "dij", 1, True), ("ca", "abc", 2, False)],
)
def test_distance_counts_a_swap_as_one(one: str, other: str, distance: int, close: bool) -> None:
    assert within(one, other, distance) is close
