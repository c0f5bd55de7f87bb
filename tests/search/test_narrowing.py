"""Filters in a query's text: whatever is added or taken out, the rest of the query asks what it did."""

from __future__ import annotations

import pytest

from search.narrowing import added, chosen, conditions, exchanged, removed

QUERIES = [
    "",
    "storing",
    "storing OR uitval",
    "storing (drinkwater OR betalen",
    'storing "code oranje',
    "a AND domain:health",
    "-voetbal",
    "a)",
    "storing OR",
    "NOT (a OR b)",
    "titel:brug^3 ~",
]


@pytest.mark.parametrize("text", QUERIES)
def test_a_filter_goes_in_and_out_again(text: str) -> None:
    once = added(text, "domain", "cyber")
    assert "cyber" in chosen(once, "domain")
    assert added(once, "domain", "cyber") == once, "twice is once"
    assert len(conditions(once)) == len(conditions(text)) + 1
    assert "cyber" not in chosen(removed(once, "domain", "cyber"), "domain")
    assert len(conditions(removed(once, "domain", "cyber"))) == len(conditions(text))


def test_a_filter_is_found_under_every_name_it_has() -> None:
    assert removed("a domein:cyberdreigingen AND b", "domain", "cyber") == "a b"
    assert removed('x ernst:"zeer ernstig"', "severity", "D") == "x"
    assert chosen("ernst:geen taal:Nederlands", "severity") == ("none",)
    assert chosen("ernst:geen taal:Nederlands", "lang") == ("nl",)


def test_only_what_every_hit_must_meet_is_a_filter() -> None:
    for text in ("-domain:cyber a", "domain:cyber OR a", "NOT (domain:cyber b)"):
        assert chosen(text, "domain") == ()
        assert removed(text, "domain", "cyber") == text


def test_periods_take_each_others_place() -> None:
    text = "a published:>now-3d AND published:[2026-01-01 TO 2026-02-01] AND b"
    assert removed(text, "published") == "a b"
    assert exchanged(text, "published", "2026-11-24") == "a b published:2026-11-24"
    assert (
        exchanged("a", "published", "[2026-11-01 TO 2026-11-03]") == "a published:[2026-11-01 TO 2026-11-03]"
    )


def test_a_value_of_several_words_is_quoted() -> None:
    text = added("a", "source", "de bode")
    assert text == 'a source:"de bode"'
    assert removed(text, "source", "de bode") == "a"
