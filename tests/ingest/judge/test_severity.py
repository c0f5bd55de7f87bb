"""Severity of texts: what people said happened, in numbers and words. All examples are invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.entries import Severity
from ingest.judge.severity import judge, model
from ingest.judge.text import Text


def severity(title: str, language: str | None, *domains: str, excerpt: str = "") -> Severity:
    return judge(Text(title, excerpt), language, domains)


def rules(found: Severity) -> set[str]:
    return {reason.rule for reason in found.reasons}


@pytest.mark.parametrize(
    ("level", "rule", "value", "domain", "language", "title"),
    [
        ("B", "counts.dead", "3", "accidents", "nl", "Drie doden door explosie in fabriek"),
        ("C", "counts.dead", "24", "extremism", "nl", "Vierentwintig mensen gedood bij aanslag"),
        ("D", "counts.dead", "290", "extremism", "nl", "Aanslagen eisen 290 levens"),
        ("E", "counts.dead", "1200", "climate", "nl", "Zeker 1.200 mensen om het leven gekomen"),
        ("C", "counts.dead", "~30", "climate", "nl", "Tientallen doden bij overstroming"),
        ("D", "counts.dead", "312", "climate", "nl", "Dodental na overstromingen loopt op tot 312"),
        ("A", "counts.injured", "2", "accidents", "nl", "Brand in loods: twee gewonden"),
        ("B", "counts.missing", "16", "climate", "nl", "Nog 16 mensen vermist na aardverschuiving"),
        ("C", "counts.displaced", "~200000", "climate", "nl", "Honderdduizenden mensen geevacueerd"),
        ("B", "counts.customers", "40000", "infrastructure", "nl", "40.000 huishoudens zonder stroom"),
        ("A", "counts.customers", "1435", "infrastructure", "nl", "1435 huishoudens een uur zonder stroom"),
        ("B", "counts.records", "2500000", "cyber", "nl", "Gegevens van 2,5 miljoen klanten gelekt"),
        ("B", "counts.drugs", "1500", "crime", "nl", "1.500 kilo cocaine onderschept in haven"),
        ("B", "counts.dead", "4", "military", "en", "At least four people are killed in an airstrike"),
        ("C", "counts.dead", "40", "accidents", "en", "Trains collide, killing 40 people and injuring 120"),
        ("D", "counts.dead", "400", "military", "en", "Gunmen raid kills as many as 400 villagers"),
        ("E", "counts.dead", "37000", "climate", "en", "Death toll of the earthquake surpasses 37,000"),
        ("C", "counts.dead", "36", "accidents", "en", "Thirty-six miners are killed in a mine collapse"),
        ("C", "counts.injured", "120", "extremism", "en", "Over 120 people are injured in riots"),
        ("C", "counts.displaced", "300000", "climate", "en", "Over 300,000 people are displaced by floods"),
        ("C", "counts.customers", "1500000", "infrastructure", "en", "1.5 million customers lose power"),
        ("B", "counts.burnt", "12000", "climate", "en", "Wildfire has burned 12,000 acres"),
        ("B", "counts.flights", "400", "infrastructure", "en", "More than 400 flights cancelled"),
        ("C", "counts.loss", "2000000000", "climate", "en", "Flood causes $2 billion in damage"),
        ("C", "counts.cases", "4058", "health", "en", "City reports a record 4,058 new cases"),
        ("B", "counts.hostages", "12", "crime", "en", "Gang abducts 12 children from a school"),
    ],
)  # fmt: skip
def test_numbers_give_a_level_and_are_shown(
    level: str, rule: str, value: str, domain: str, language: str, title: str
) -> None:
    found = severity(title, language, domain)
    assert found.level == level and found.model == model()
    reason = next(reason for reason in found.reasons if reason.rule == rule)
    assert reason.value == value and reason.evidence is not None
    assert title[reason.evidence.start : reason.evidence.end].lower() == reason.evidence.term


@pytest.mark.parametrize(
    ("level", "rule", "domain", "language", "title"),
    [
        ("A", "code_yellow", "climate", "nl", "Code geel voor gladheid"),
        ("B", "code_orange", "climate", "nl", "KNMI: code oranje voor storm"),
        ("C", "code_red", "climate", "nl", "Code rood in het hele land"),
        ("B", "strike", "military", "nl", "Luchtaanval op haven van Voorbeeldstad"),
        ("C", "infra_vital", "infrastructure", "nl", "Landelijke stroomstoring treft hele land"),
        ("A", "drug_crime", "crime", "nl", "Drugslab gevonden in schuur"),
        ("B", "cyber_attack", "cyber", "nl", "Gemeente Voorbeeldstad getroffen door ransomware"),
        ("B", "cyber_exploited", "cyber", "nl", "Lek in router wordt actief misbruikt"),
        ("B", "cyber_exploited", "cyber", "nl", "Centrum waarschuwt voor misbruik van lek in mailserver"),
        ("B", "cyber_exploited", "cyber", "en", "Agency warns of exploited flaw in firewalls"),
        ("A", "code_yellow", "climate", "nl", "Code geel om zware regenval"),
        ("B", "quake", "climate", "nl", "Aardbeving gevoeld in hele provincie"),
        ("B", "eruption", "climate", "en", "Quake of 5.1 prompts tsunami warning"),
        ("B", "emergency_declared", "climate", "en", "Governor declares a state of emergency"),
        ("B", "fighting", "military", "en", "Rebels capture the town of Exampleville"),
        ("C", "infra_vital", "infrastructure", "en", "Nationwide blackout hits island"),
        ("B", "cyber_attack", "cyber", "en", "Hospital hit by ransomware"),
        ("A", "storm_forms", "climate", "nl", "IJzel maakt wegen glad"),
        ("A", "storm_forms", "climate", "en", "Tropical storm forms in the Atlantic"),
        ("D", "outbreak_grave", "health", "en", "Ministry confirms Ebola outbreak in capital"),
    ],
)  # fmt: skip
def test_what_happened_has_a_level_where_no_number_says_more(
    level: str, rule: str, domain: str, language: str, title: str
) -> None:
    found = severity(title, language, domain)
    assert found.level == level and f"events.{rule}" in rules(found)


@pytest.mark.parametrize(
    ("domain", "language", "title"),
    [
        ("accidents", "nl", "OM eist zes jaar cel voor dodelijke aanslag met drie doden"),
        ("crime", "nl", "Rechtbank veroordeelt drugshandelaar voor liquidatie"),
        ("extremism", "nl", "Herdenking van aanslag met 38 doden"),
        ("accidents", "nl", "Tien jaar na de vuurwerkramp met 23 doden"),
        ("accidents", "nl", "Rampoefening met veertig gewonden in haven"),
        ("accidents", "nl", "Nieuwe film over kernramp trekt volle zalen"),
        ("military", "nl", "Waarom de luchtaanval niet werkt"),
        ("military", "nl", "Komt er een luchtaanval?"),
        ("military", "nl", "Kabinet wil sancties na luchtaanvallen"),
        ("infrastructure", "nl", "Gemeente wil nieuwe dijk tegen overstroming"),
        ("accidents", "en", "Court convicts man over crash that killed nine people"),
        ("extremism", "en", "City marks anniversary of bombing that killed 52 people"),
        ("military", "en", "Parliament votes on a bill after the airstrikes"),
        ("cyber", "en", "Opinion: why the next cyberattack is coming"),
        ("accidents", "en", "Drill simulates a plane crash with 30 dead"),
        ("health", "en", "Minister approves vaccine against measles outbreak"),
        ("climate", "en", "Road deaths: 640 people were killed last year"),
    ],
)  # fmt: skip
def test_trials_memories_exercises_policy_and_opinion_have_none(
    domain: str, language: str, title: str
) -> None:
    assert severity(title, language, domain) == Severity("", (), model())


def test_a_number_outlives_policy_in_the_same_headline_an_event_does_not() -> None:
    assert severity("Kabinet wil maatregelen na aanslag met veertien doden", "nl", "extremism").level == "C"
    assert severity("Kabinet wil maatregelen na aanslagen", "nl", "extremism").level == ""


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "Geen doden bij incident"),
        ("nl", "Bij het incident raakte niemand gewond"),
        ("nl", "Incident zonder dodelijke slachtoffers"),
        ("nl", "Geen zenuwgas gevonden in kantoor"),
        ("en", "No injuries reported after the incident"),
        ("en", "The incident injured no one"),
        ("en", "No deaths, zero casualties"),
        ("en", "The province has zero cases"),
        ("nl", "Door een fout kan brand uitbreken in woningen"),
        ("en", "Experts say a fault could cause explosion"),
    ],
)
def test_what_is_denied_or_only_possible_is_not_counted(language: str, text: str) -> None:
    assert severity(text, language, "accidents", "health").level == ""


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("nl", "Een 32-jarige man gedood bij aanslag", "1"),
        ("nl", "Een man (66) en een vrouw (61) gedood", "1"),
        ("nl", "Gewapende mannen vielen in 2019 aan en vijf mensen werden gedood", "5"),
        ("nl", "Tussen 01.45 en 01.50 uur zijn twee mensen gedood", "2"),
        ("nl", "Op 21 juli zijn twee militairen gedood", "2"),
        ("nl", "Met 71 messteken zijn drie mensen gedood", "3"),
        ("nl", "Tien tot vijftien mensen gedood", "15"),
        ("nl", "Twaalf kinderen en twee leraren gedood", "14"),
        ("en", "A 24-year-old soldier is killed near the border", "1"),
        ("en", "Thirteen people, including five attackers, are killed", "13"),
        ("en", "At least 57 people, including 10 children and three women, are killed", "57"),
        ("en", "Ten soldiers and a civilian are killed", "10"),
        ("en", "On May 12 at 10:30, four people are killed by an F-16", "4"),
        ("en", "Six people are killed and 25 others injured", "6"),
        ("en", "80% of homes lost, nine people killed", "9"),
        ("en", "An S-300 missile kills two dozen people", "24"),
        ("en", "Tens of thousands of people are killed", "~20000"),
    ],
)
def test_ages_years_times_names_and_parts_are_no_counts(language: str, text: str, value: str) -> None:
    found = severity(text, language, "military")
    assert {r.value for r in found.reasons if r.rule == "counts.dead"} == {value}


def test_money_and_people_are_not_taken_for_each_other() -> None:
    found = severity("Losgeld van 400.000 euro na ransomware, een medewerker gewond", "nl", "cyber")
    assert {(r.rule, r.value) for r in found.reasons if r.rule.startswith("counts")} >= {
        ("counts.loss", "400000")
    }
    assert all(r.value != "400000" for r in found.reasons if r.rule == "counts.injured")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "Spits pleegt aanslag op keeper: doodschop in de 80e minuut van de wedstrijd"),
        ("nl", "Feyenoord opent aanval in slotfase"),
        ("nl", "Storm van kritiek op trainer"),
        ("nl", "Coureur verongelukt bijna: grand prix eindigt met code rood"),
        ("en", "Striker kills the game in the 80th minute of the cup final"),
        ("en", "Party wins in a landslide"),
        ("en", "New movie tells of an earthquake that killed 300"),
        ("nl", "Bakker verkoopt duizend broden"),
    ],
)
def test_sport_film_and_figures_of_speech_have_none(language: str, text: str) -> None:
    assert severity(text, language).level == ""


def test_a_text_of_no_domain_needs_strong_words_in_its_headline() -> None:
    assert severity("Twee fietsers gewond bij botsing", "nl").level == ""
    assert severity("Man overleden in woning", "nl").level == ""
    assert severity("Zelfmoordaanslag op hotel", "nl").level == "B"
    assert severity("Bijna 30 doden door ongeluk met bus", "nl").level == "C"
    assert severity("Nieuwe brug geopend", "nl", excerpt="Bij het oude pont vielen 30 doden.").level == ""


def test_deaths_of_an_epidemic_add_up_differently() -> None:
    assert severity("Earthquake death toll rises to 28,855", "en", "climate").level == "E"
    found = severity("Country reports 387 deaths from COVID-19, bringing the death toll to 28,855", "en")
    assert found.level == "D"


def test_the_title_counts_more_than_the_background() -> None:
    found = severity("Twee doden bij vergelding", "nl", "extremism", excerpt="Eerder vielen 250 doden.")
    assert found.level == "B"


def test_languages() -> None:
    assert severity("Drie doden bij explosie", None, "accidents").level == "B"
    assert severity("Three people are killed in an explosion", None, "accidents").level == "B"
    assert severity("Drei Tote bei Explosion", "de", "accidents").level == ""


def test_offsets_hold_in_folded_text() -> None:
    title = "Ça ira: geëvacueerd werden ½ de straat; drieëntwintig mensen gedood"
    found = severity(title, "nl", "accidents")
    reason = next(r for r in found.reasons if r.rule == "counts.dead")
    assert reason.value == "23" and reason.evidence is not None
    assert title[reason.evidence.start : reason.evidence.end] == "drieëntwintig mensen gedood"


_ODD = ("death toll", "including", "½", "٣", "９", "0", "…", "om het leven", "M 6.4 -", "CVSS", "9,8")
_HOSTILE = st.one_of(
    st.text(max_size=600),
    st.lists(
        st.sampled_from(
            ["doden", "killed", "12", "1.000.000", "million", "of", "-", "and", ".", "\n", "(", "no", *_ODD]
        ),
        max_size=120,
    ).map(" ".join),
)


@settings(max_examples=300, deadline=None)
@given(_HOSTILE, st.sampled_from(["nl", "en", None, "de"]), st.sampled_from([(), ("climate",), ("cyber",)]))
def test_any_text_is_judged_and_evidence_lies_inside_it(
    text: str, language: str | None, domains: tuple[str, ...]
) -> None:
    found = judge(Text(text[:40], text[40:]), language, domains)
    assert found.level in ("", *"ABCDE")
    assert found.level == max((reason.level for reason in found.reasons), default="")
    whole = f"{text[:40]}\n{text[40:]}"
    for reason in found.reasons:
        if reason.evidence is not None:
            assert 0 <= reason.evidence.start < reason.evidence.end <= len(whole)


@pytest.mark.parametrize(
    "piece", ["doden ", "12 ", "million ", "killed, ", "1.", "cvss ", "m 6 - ", "geen ", "(", "twenty-"]
)
def test_a_long_text_of_one_piece_ends(piece: str) -> None:
    text = piece * (6000 // len(piece))
    assert judge(Text("", text), None, ("climate",)).level in ("", *"ABCDE")
