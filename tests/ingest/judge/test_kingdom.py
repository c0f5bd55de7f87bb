"""What concerns which part of the Kingdom, how far, and why. Texts invented."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.entries import Kingdom, Reason
from ingest.judge import kingdom
from ingest.judge.kingdom import MOST_REASONS, PARTS, RELEVANCES, WORDING, judge, model, say
from ingest.judge.places import find
from ingest.judge.text import Text


def judged(title: str, domains: Sequence[str], language: str | None = "nl", source: str = "") -> Kingdom:
    text = Text(title, "")
    return judge(text, language, find(text, language), domains, source)


def classes(
    title: str, domains: Sequence[str], language: str | None = "nl", source: str = ""
) -> dict[str, str]:
    return {each.part: each.relevance for each in judged(title, domains, language, source).parts}


@pytest.mark.parametrize(
    ("title", "domains", "language", "found"),
    [
        ("Drugslab ontdekt in Zutphen", ["crime"], "nl", {"NL": "direct"}),
        ("Ransomware at the Port of Rotterdam", ["cyber"], "en", {"NL": "direct"}),
        ("AIVD waarschuwt voor spionage", ["interference"], "nl", {"NL": "direct"}),
        ("Kabinet neemt maatregelen tegen droogte", ["climate"], "nl", {"NL": "direct"}),
        ("Stroomstoring op Aruba", ["infrastructure"], "nl", {"AW": "direct"}),
        ("Hurricane hits Saba and Sint Eustatius", ["climate"], "en", {"BQ-SA": "direct", "BQ-SE": "direct"}),
        ("OM en NCSC onderzoeken hack", ["cyber"], "nl", {"NL": "direct"}),
        ("Marine patrouilleert bij Curaçao, Defensie in Den Helder", ["military"], "nl",
         {"NL": "direct", "CW": "direct"}),
    ],
)  # fmt: skip
def test_direct_is_what_happens_in_a_part_or_to_its_bodies(
    title: str, domains: list[str], language: str, found: dict[str, str]
) -> None:
    assert classes(title, domains, language) == found


@pytest.mark.parametrize(
    ("title", "domains", "language", "found"),
    [
        ("Explosie in Antwerpen", ["accidents"], "nl", {"NL": "near"}),
        ("EU members agree on sanctions", ["geopolitics"], "en", {"NL": "near"}),
        ("Kabel beschadigd in de Noordzee", ["infrastructure"], "nl", {"NL": "near"}),
        ("Clashes in Venezuela", ["geopolitics"], "en", {"AW": "near", "CW": "near", "BQ-BO": "near"}),
        ("Flood on Anguilla", ["climate"], "en", {"SX": "near", "BQ-SE": "near", "BQ-SA": "near"}),
    ],
)
def test_near_is_what_happens_to_a_neighbour_of_a_part(
    title: str, domains: list[str], language: str, found: dict[str, str]
) -> None:
    assert classes(title, domains, language) == found


def test_short_names_of_dutch_bodies_are_others_in_english() -> None:
    for title in ("CBS News reports a hack", "Users who surf there are infected", "NCSC warns of malware"):
        assert classes(title, ["cyber"], "en") == {"NL": "indirect"}, title


def test_a_storm_in_the_region_is_near_to_every_caribbean_part_and_to_no_other() -> None:
    found = classes("Hurricane kills ten in Haiti", ["climate"], "en")
    assert found == dict.fromkeys(PARTS[1:], "near")


@pytest.mark.parametrize(
    ("title", "domains", "language", "strongest"),
    [
        ("Nieuwe ransomware misbruikt lek in mailserver", ["cyber"], "nl", "indirect"),
        ("Russian missiles strike Kharkiv", ["military"], "en", "indirect"),
        ("China limits exports of rare earths", ["economic"], "en", "indirect"),
        ("Ebola spreads in Uganda, says WHO", ["health"], "en", "indirect"),
        ("Three killed in landslide in Peru", ["climate"], "en", ""),
        ("Bus crash kills ten in Bolivia", ["accidents"], "en", ""),
        ("Zimbabwe imposes quotas on cement", ["economic"], "en", ""),
    ],
)
def test_indirect_is_what_reaches_here_from_elsewhere_and_the_rest_is_nothing(
    title: str, domains: list[str], language: str, strongest: str
) -> None:
    assert judged(title, domains, language).strongest == strongest


def test_the_caribbean_parts_are_never_taken_for_the_netherlands() -> None:
    for title in ("Overval op Bonaire", "Politie op Sint Maarten houdt bende aan", "Droogte op Aruba"):
        assert "NL" not in classes(title, ["crime"])


def test_a_caribbean_source_writes_about_its_own_island() -> None:
    assert classes("Hospital warns of dengue", ["health"], "en", "SX") == {"SX": "direct"}
    assert classes("Ziekenhuis waarschuwt voor dengue", ["health"], "nl", "CW") == {"CW": "direct"}
    assert classes("Dengue in Bolivia", ["health"], "en", "SX") == {}


def test_a_dutch_text_that_names_another_country_is_not_about_the_netherlands() -> None:
    assert classes("Politie rolt bende op in Peru", ["crime"]) == {}


def test_without_a_threat_nothing_concerns_the_kingdom() -> None:
    assert judged("Zwolle krijgt een nieuw zwembad", []) == Kingdom((), model())


def test_words_that_hint_at_a_threat_stand_in_where_no_domain_was_asserted() -> None:
    assert classes("Hennepkwekerij gevonden in Zwolle", []) == {"NL": "direct"}


def test_the_strongest_part_comes_first_with_its_reasons_and_their_words() -> None:
    found = judged("Kabel kapot tussen Venezuela en Curaçao", ["infrastructure"])
    assert [(each.part, each.relevance) for each in found.parts] == [
        ("CW", "direct"), ("AW", "near"), ("BQ-BO", "near"),
    ]  # fmt: skip
    assert found.strongest == "direct"
    (reason,) = found.parts[0].reasons
    assert (reason.rule, reason.value, reason.level) == ("place", "Curaçao", "direct")
    assert reason.evidence is not None
    assert say(reason, "nl") == "gebeurt in of rond Curaçao"
    assert say(reason, "en") == "happens in or around Curaçao"


def test_every_rule_has_words_in_both_languages() -> None:
    source = Path(kingdom.__file__).read_text(encoding="utf-8")
    rules = set(re.findall(r'(?:Reason|_named|case\.reason)\(\s*"(\w+)"', source))
    assert rules == set(WORDING)
    for rule in WORDING:
        for language in ("nl", "en"):
            assert say(Reason(rule, "Breda"), language).strip()
        assert say(Reason(rule, "Breda"), "nl") != say(Reason(rule, "Breda"), "en")


@given(
    st.text(max_size=200),
    st.sampled_from(["nl", "en", None]),
    st.lists(st.sampled_from(["crime", "cyber", "climate", "no_such_domain"]), max_size=3, unique=True),
    st.sampled_from(["", "NL", "sx", "??"]),
)
@settings(max_examples=100, deadline=None)
def test_any_text_gives_known_parts_and_levels(
    text: str, language: str | None, domains: list[str], source: str
) -> None:
    for each in judged(text, domains, language, source).parts:
        assert each.part in PARTS
        assert each.relevance in RELEVANCES
        assert 1 <= len(each.reasons) <= MOST_REASONS
        for reason in each.reasons:
            assert (
                reason.evidence is None or 0 <= reason.evidence.start < reason.evidence.end <= len(text) + 1
            )
