"""The one analyzer: what becomes a token, where it stood, and under which stems it is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.analyzer import MAX_TOKEN, STEMMED, found_stems, query_stems, search_stems, tokens, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Overstroming in Zeeland!", ["overstroming", "in", "zeeland"]),
        ("CVE-2026-12345", ["cve", "2026", "12345"]),
        ("versie 1.5", ["versie", "1", "5"]),
        ("don't don’t", ["don", "t", "don", "t"]),
        ("snake_case", ["snake", "case"]),
        ("geëvacueerd Coördinatie ÉÉN", ["geevacueerd", "coordinatie", "een"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("Tromsø Ærø Œuvre Łódź đ ı", ["tromso", "aero", "oeuvre", "lodz", "d", "i"]),
        ("İstanbul ΟΔΟΣ οδός", ["istanbul", "οδοσ", "οδοσ"]),
        ("ﬁets ①", ["fiets", "1"]),
        ("洪水警報 in 東京", ["洪", "水", "警", "報", "in", "東", "京"]),
        ("Київ мост", ["киів", "мост"]),
        ("…—«»", []),
        ("", []),
    ],
)
def test_tokens_are_folded_runs_of_letters_and_digits(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_offsets_count_code_points_of_the_text_as_written() -> None:
    text = "De Ærø-veerboot (½ vol) vóór Straße"
    assert [(token.text, text[token.start : token.end]) for token in tokens(text)] == [
        ("de", "De"),
        ("aero", "Ærø"),
        ("veerboot", "veerboot"),
        ("1", "½"),
        ("2", "½"),
        ("vol", "vol"),
        ("voor", "vóór"),
        ("strasse", "Straße"),
    ]


@given(st.text(max_size=60))
def test_tokens_and_words_agree_and_survive_a_second_time(text: str) -> None:
    found = words(text)
    assert [token.text for token in tokens(text)] == found
    assert words(" ".join(found)) == found
    assert all(token and not any(c.isspace() for c in token) for token in found)
    for language in STEMMED:
        stems = search_stems(text, language)
        assert len(stems) >= len(found)
        assert sorted(stem for stem, _ in found_stems(text, language)) == sorted(stems)
        assert not any(c.isspace() for stem in stems for c in stem)
    places = [(token.start, token.end) for token in tokens(text)]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)


@pytest.mark.parametrize("letter", ["w", "𝐀", "\U0001e900", "ß"])
def test_no_token_is_longer_than_engines_take(letter: str) -> None:
    for token in words(letter * 1_000):
        assert len(token.encode("utf-16-le")) // 2 <= MAX_TOKEN


def test_stems_join_forms_of_a_word() -> None:
    told: dict[str, list[tuple[str, ...]]] = {
        "nl": [("overstroming", "overstromingen"), ("ziekenhuis", "ziekenhuizen"), ("dijk", "dijken")],
        "en": [("flood", "floods", "flooding", "flooded")],
    }
    for language, forms in told.items():
        for each in forms:
            assert len({query_stems(word, language) for word in each}) == 1
    assert query_stems("dijken", "nl") != query_stems("dijken", "en")
    assert search_stems("dijken water", "nl") == ["dijk", "water"]


def test_a_sign_that_folds_to_letters_separates() -> None:
    assert words("Delta™ meldt: Japanâ€™s ℃") == ["delta", "meldt", "japana", "s"]
    assert [t.text for t in tokens("Delta™-pomp")] == ["delta", "pomp"]
