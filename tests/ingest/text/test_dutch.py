"""Dutch words: what they are found under, in words that tell why."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.text.analyzer import found_stems, joined_stems, parts, query_stems, search_stems, version
from ingest.text.dutch import vocabulary
from ingest.text.dutch.vocabulary import VocabularyError


def finds(query: str, text: str) -> bool:
    """Whether one query word finds a Dutch text."""
    asked = joined_stems(query) or query_stems(query, "nl")
    return not set(asked).isdisjoint(search_stems(text, "nl"))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("drinkwater", "drinkwatervoorziening"),
        ("voorziening", "drinkwatervoorziening"),
        ("aanval", "cyberaanvallen"),
        ("cyberaanval", "een cyber-aanval"),
        ("cyber-aanval", "cyberaanvallen"),
        ("organisatie", "mensenrechtenorganisaties"),
        ("aanvallen", "Hij viel de stad aan."),
        ("aanvallen", "dreigt opnieuw aan te vallen"),
        ("stelen", "er werd gestolen"),
        ("waterleiding", "breuk in gas- en waterleiding"),
        ("gasleiding", "breuk in gas- en waterleiding"),
        ("antiterreur", "de anti-terreureenheid"),
        ("pannenkoeken", "pannekoek"),
        ("contact", "kontakten"),
        ("kiev", "Kyiv"),
        ("djihadist", "jihadisten"),
        ("schip", "scheepjes"),
    ],
)
def test_found(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("slag", "verslag"),
        ("organist", "organisatie"),
        ("bom", "bomen"),
        ("brief", "briefing"),
        ("ei", "beleid"),
        ("cyberaanval", "een aanval"),
        ("drinkwater", "water om te drinken"),
        ("gasleiding", "een gas, en een waterleiding"),
        # The clause ends between verb and particle.
        ("aanvallen", "De regering viel. Aan zee was het stil."),
    ],
)
def test_kept_apart(query: str, text: str) -> None:
    assert not finds(query, text)


def test_a_part_stands_where_it_stands_in_the_word() -> None:
    text = "Nieuwe drinkwatervoorziening"
    places = {key: [text[start:end] for start, end in spans] for key, spans in found_stems(text, "nl")}
    assert places["water"] == ["water"]
    assert places["drink_water"] == ["drinkwater"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Phishing", "line 2: 'Phishing' must be letters a-z and digits, lower case"),
        ("phishing noun", "line 2: after 'phishing' stands nothing or one of: verb, adjective, whole"),
        ("datalek = data", "line 2: a compound is written 'word = part part'"),
        ("kyiv ~", "line 2: spellings are written 'word ~ other ~ other', letters a-z only"),
    ],
)
def test_a_mistake_in_the_fields_own_words_is_one_line(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "dutch.txt"
    path.write_text(f"# own words\n{line}\n", encoding="utf-8")
    with pytest.raises(VocabularyError) as told:
        vocabulary.own(path)
    assert str(told.value) == f"dutch.txt {message}"


def test_own_words_spellings_and_compounds_are_read(tmp_path: Path) -> None:
    path = tmp_path / "dutch.txt"
    path.write_text("drugslab\nhack verb  # hacken\nhoogwater = hoog water\nkyiv ~ kiev\n", encoding="utf-8")
    found = vocabulary.own(path)
    assert found.words == {"drugslab": "Nlr", "hack": "V"}
    assert found.fixed == {"hoogwater": ("hoog", "water")} and found.same == {"kiev": "kyiv"}


def test_an_index_is_of_the_vocabulary_that_made_it() -> None:
    assert version().startswith("2-") and version().endswith(vocabulary.version())


@pytest.mark.parametrize(
    ("form", "key"),
    [
        ("schepen", "schip"),
        ("gewonden", "gewond"),
        ("historische", "historisch"),
        ("evacueerde", "evacueer"),
        ("gestreamd", "stream"),
        ("verborgen", "verberg"),
        ("scheepvaartbedrijven", "schip_vaart_bedrijf"),
        ("hoogwaterbeschermingsprogramma", "hoog_water_bescherm_programma"),
    ],
)
def test_keys(form: str, key: str) -> None:
    assert key in search_stems(form, "nl")


def test_a_verb_that_is_spelled_like_a_noun_has_a_key_of_its_own() -> None:
    assert not finds("lijk", "Het leek rustig.")
    assert not finds("wijk", "drie weken geleden")
    assert finds("wijk", "twee wijken onder water")


def test_parts_are_as_they_are_written() -> None:
    assert parts("beveiligingslekken") == ("beveiligings", "lekken")
    assert parts("verslag") == () == parts("phishing")


def test_hostile_words_cost_little_and_change_nothing() -> None:
    for text in (
        "a" * 3_000,
        "ge" * 1_500,
        "viel aan " * 500,
        "-".join(["aan"] * 800),
        "aan te vallen " * 300,
    ):
        assert len(search_stems(text, "nl")) < 2_000
