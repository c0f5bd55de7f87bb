"""What the lexicon judge says: domains with their words, title weight, prior, languages, sub-threats."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.entries import Domains
from ingest.judge.domains import judge, model, needs_review
from ingest.text.fold import fold


def ids(found: Domains) -> list[str]:
    return [each.id for each in found.asserted]


def test_a_headline_gets_its_domain_its_words_and_its_sub_threat() -> None:
    title, excerpt = (
        "Ransomware legt gemeente Voorbeeldstad plat",
        "Ook is er een datalek in één systeem; zie CVE-2026-1.",
    )
    found = judge(title, excerpt, "nl")
    assert ids(found) == ["cyber"] and found.asserted[0].primary and found.model == model() == "lexicon-0.1.0"
    text = f"{title}\n{excerpt}"
    words = {text[e.start : e.end] for e in found.asserted[0].evidence}
    assert words == {"Ransomware", "datalek", "CVE-2026"}
    assert found.asserted[0].threats[0] == "cyber.ransomware"
    assert {"cyber.data_breach", "cyber.vulnerability"} <= set(found.asserted[0].threats)


def test_several_domains_one_of_them_primary() -> None:
    found = judge("Sabotage van onderzeese kabel", "Drinkwatervoorziening viel uit, spionage vermoed.", "nl")
    assert ids(found) == ["infrastructure", "interference"]
    assert [each.primary for each in found.asserted] == [True, False]
    assert found.asserted[0].score >= found.asserted[1].score


def test_a_word_in_the_title_weighs_twice() -> None:
    inside, outside = judge("Aardbeving", "bij de kust", "nl"), judge("Bij de kust", "Aardbeving", "nl")
    assert inside.asserted[0].score == 2 * outside.asserted[0].score
    assert judge("Aardbeving", "", "nl", plain=True).asserted[0].score == outside.asserted[0].score


def test_an_ambiguous_word_counts_in_context_only() -> None:
    assert not judge("Nieuwe storing", "de tuin is open", "nl").asserted
    assert not judge("Lek in het kabinet", "persoonsgegevens niet in gevaar, olie", "nl").asserted
    assert "accidents" in ids(judge("Lek in tank", "ammoniak ontsnapt", "nl"))


def test_exclude_phrases_are_no_evidence() -> None:
    assert "accidents" in ids(judge("Fire and explosion", "toxic smoke, factory fire", "en"))
    assert not judge("Cyber Monday", "Cyber Week bij de winkel", "nl").asserted


def test_a_source_known_for_a_domain_needs_less_but_not_nothing() -> None:
    assert not judge("Category 5 Melissa", "", "en").asserted
    assert ids(judge("Category 5 Melissa", "", "en", prior=("climate",))) == ["climate"]
    assert not judge("Annual report published", "", "en", prior=("climate",)).asserted


def test_only_the_lexicon_of_the_language_is_used() -> None:
    assert "accidents" not in ids(judge("Brand identity", "a factory for your merk, ramp up", "en"))
    german = judge("Ransomware in Krankenhaus", "Angriff", "de")
    assert not german.asserted and not german.candidates and german.model == "lexicon-0.1.0 without de"
    assert ids(judge("CVE-2026-12345", "", None)) == ["cyber"]


def test_what_scores_little_is_a_candidate_and_asks_for_review() -> None:
    assert not needs_review(judge("De bakker is open", "", "nl"))
    found = judge("Iets", "Er was een coup in het leger", "nl")
    assert not found.asserted and [c.id for c in found.candidates] == ["geopolitics"] and needs_review(found)


_TEXT = st.lists(
    st.sampled_from(
        (
            "ransomware",
            "Oekraïne",
            "aardbeving",
            "½",
            "é",
            "e\u0301",
            "ﬁ",
            "…",
            "\n",
            "Cyber Monday",
            "datalek",
            "x",
        )
    )
).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(_TEXT, _TEXT)
def test_offsets_point_at_the_words_in_the_original(title: str, excerpt: str) -> None:
    text = f"{title}\n{excerpt}"
    found = judge(title, excerpt, "nl")
    for each in (*found.asserted, *found.candidates):
        assert each.evidence
        for evidence in each.evidence:
            word = fold(text[evidence.start : evidence.end]).lower()
            stem = fold(evidence.term).lower().strip("=*")
            assert word.startswith(stem), (word, stem)
