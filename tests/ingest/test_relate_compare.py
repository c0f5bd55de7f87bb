"""Two signals compared: repeats, updates and look-alikes. All texts are invented."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ingest.relate.compare import Verdict, compare
from ingest.relate.text import Given, Text

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
LEAD = (
    "In de haven van Delfzijl is maandagochtend een tankschip gezonken na een aanvaring met een kraan. "
    "De zeven bemanningsleden zijn door de brandweer van boord gehaald."
)
FULL = (
    f"{LEAD} Het schip vervoerde stookolie en ligt op zijn kant in de geul. Rijkswaterstaat heeft "
    "schermen gelegd om de olie tegen te houden. De scheepvaart vaart om via Emden, zegt een woordvoerder."
)
PAPER = Given("1", "Tankschip gezonken bij Delfzijl", FULL, "", "krant.example", "krant", AT)


def verdict(one: Given, other: Given) -> str:
    """What two are to each other, whichever comes first."""
    there = compare(Text(one), Text(other))
    assert there == compare(Text(other), Text(one))
    return there.verdict.value


def elsewhere(**changes: object) -> Given:
    """The article in another paper, an hour later."""
    given = replace(
        PAPER, key="2", source="bode.example", publisher="bode", published=AT + timedelta(hours=1)
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def again(**changes: object) -> Given:
    """Another article of the same paper, an hour later."""
    given = replace(PAPER, key="2", published=AT + timedelta(hours=1))
    return replace(given, **changes)  # type: ignore[arg-type]


def test_wire_copy_is_a_repeat_whole_or_its_lead_alone_under_any_headline() -> None:
    assert verdict(PAPER, elsewhere()) == "duplicate"
    assert verdict(PAPER, elsewhere(title="Olie in de Eems na aanvaring", text=LEAD)) == "duplicate"
    stamped = f"May 07, 2026 5:00 AM DELFZIJL (ANP) - {LEAD} Lees verder"
    assert verdict(PAPER, elsewhere(text=stamped)) == "duplicate"
    reworded = LEAD.replace("is maandagochtend een tankschip gezonken", "zonk vanochtend een tankschip")
    assert verdict(PAPER, elsewhere(text=reworded)) == "duplicate"


def test_the_same_event_in_other_words_is_none() -> None:
    words = (
        "Een tanker is maandag in het Groningse Delfzijl omgeslagen toen hij een havenkraan raakte. Alle "
        "zeven opvarenden werden gered; stookolie stroomt in de Eems."
    )
    assert verdict(PAPER, elsewhere(text=words)) == "different"


def test_published_far_apart_never_joins() -> None:
    assert verdict(PAPER, elsewhere(published=AT + timedelta(hours=71))) == "duplicate"
    assert verdict(PAPER, elsewhere(published=AT + timedelta(hours=73))) == "different"


@pytest.mark.parametrize(
    ("there", "here"),
    [("Delfzijl", "Harlingen"), ("zeven bemanningsleden", "negen bemanningsleden"), ("maandag", "dinsdag")],
)
def test_one_frame_with_another_place_number_or_day_is_kept_apart(there: str, here: str) -> None:
    changed = LEAD.replace(there, here)
    assert verdict(replace(PAPER, text=LEAD), elsewhere(title="Tanker vergaan", text=changed)) == "different"


def test_the_same_article_edited_is_a_repeat_and_rewritten_an_update() -> None:
    page = "https://krant.example/binnenland/tankschip-gezonken-delfzijl"
    first = replace(PAPER, url=page)
    assert verdict(first, again(url=page)) == "duplicate"
    assert verdict(first, again(url=page, title="Tanker gezonken bij Delfzijl")) == "duplicate"
    news = "De stookolie uit het gezonken tankschip bij Delfzijl bereikt de Waddenzee, meldt Rijkswaterstaat."
    assert verdict(first, again(url=page, text=news)) == "update"
    assert verdict(first, again(url=page, text=FULL.replace("zeven", "zes"))) == "update"
    other = "Podcast: koks over hun lievelingsgerecht. Vandaag vertelt een bakker hoe hij zuurdesem maakt."
    assert verdict(first, again(url=page, title="Koken met koks", text=other)) == "different"


def test_one_article_number_under_another_address_is_the_same_page() -> None:
    first = replace(PAPER, url="https://krant.example/a/tanker-gezonken~a1b2c3d4")
    assert (
        verdict(first, again(url="https://krant.example/a/olie-in-de-eems~a1b2c3d4", title="Olie"))
        == "duplicate"
    )
    assert (
        verdict(first, again(url="https://krant.example/a/x~a1b2c3d4", title="Olie", text=LEAD)) == "update"
    )


def test_a_publishers_newer_version_under_another_address_is_an_update() -> None:
    assert verdict(PAPER, again(title="Olie in de Eems", text=LEAD)) == "update"
    assert verdict(PAPER, again(title="Tankschip gezonken bij Delfzijl, zegt haven")) == "duplicate"


def test_a_live_report_that_goes_on_under_another_title_is_an_update() -> None:
    text = "Volg de berging van het gezonken tankschip in de haven van Delfzijl op de voet in ons liveblog."
    first = replace(PAPER, title="LIVE | Duikers zoeken lek in gezonken tankschip", text=text)
    assert verdict(first, again(title="LIVE | Lek in gezonken tankschip gedicht", text=text)) == "update"


def test_what_a_source_repeats_daily_is_news_each_day() -> None:
    text = "Elke ochtend om zeven uur het weer van vandaag in heel Nederland, met kaarten van regen en wind."
    monday = replace(PAPER, title="Vandaag buien en wind", text=text)
    assert (
        verdict(monday, again(title="Vandaag zon", text=text, published=AT + timedelta(hours=24)))
        == "different"
    )
    warning = "Code Groen. Er zijn momenteel geen waarschuwingen van kracht."
    groningen = replace(PAPER, title="Waarschuwingen Groningen", text=warning)
    assert (
        verdict(groningen, again(title="Waarschuwingen Zeeland", text=warning, published=AT)) == "different"
    )
    quake = "Een aardbeving met een kracht van {} is geregistreerd bij {}, meldt het instituut voor geologie."
    loppersum = replace(PAPER, title="Beving 2,1 bij Loppersum", text=quake.format("2,1", "Loppersum"))
    assert (
        verdict(loppersum, again(title="Beving 2,4 bij Zeerijp", text=quake.format("2,4", "Zeerijp")))
        == "different"
    )


def test_a_channels_standing_text_joins_nothing_alone_or_behind_another() -> None:
    standing = (
        "Ochtendblik is het dagelijkse programma van de regionale omroep, elke werkdag om zeven uur, met "
        "presentatoren uit de hele provincie en muziek van eigen bodem."
    )
    one = replace(PAPER, title="Fietsdief betrapt | Ochtendblik", text=standing)
    assert verdict(one, again(title="Wegdek hersteld | Ochtendblik", text=standing)) == "different"
    told = f"De gemeente repareert de dijkweg na de vorst. {standing}"
    assert verdict(one, again(title="Dijkweg hersteld na vorst | Ochtendblik", text=told)) == "different"
    calls = (
        "{} Subscribe to our channel: https://kanaal.example/x Follow us on Net: https://net.example/kanaal"
    )
    first = replace(
        PAPER, title="Brug dicht", text=calls.format("De brug bij Sneek is dicht voor onderhoud.")
    )
    other = again(
        title="Oogst begonnen", text=calls.format("De eerste aardappels zijn van het land gehaald.")
    )
    assert verdict(first, other) == "different"


def test_one_form_filled_in_anew_is_kept_apart() -> None:
    text = "Gewijzigde bladzijden: {}. Gewijzigd door de redactie, zonder toelichting, in de gewone ronde."
    one = replace(PAPER, title="wijziging van kade", text=text.format("kade"))
    assert verdict(one, again(title="wijziging van sluis", text=text.format("sluis"))) == "different"


def test_dates_in_titles_keep_daily_figures_apart() -> None:
    first = replace(PAPER, title="Cijfers van 2 maart")
    assert verdict(first, again(title="Cijfers van 3 maart")) == "different"
    # A day of the week says nothing against a day of the month.
    assert verdict(first, elsewhere(title="Cijfers van maandag")) == "duplicate"


def test_a_round_up_that_contains_an_item_is_not_the_item() -> None:
    text = f"{LEAD} Verder in dit overzicht: de brug bij Sneek is dicht, en in Assen begint de kermis."
    assert (
        verdict(replace(PAPER, text=LEAD), elsewhere(title="Nieuwsoverzicht van maandag", text=text))
        == "different"
    )


ADVISORY = "NCSC-2026-{} [{}] [M/H] Kwetsbaarheden verholpen in Pakket"


def advisory(number: str, version: str, days: int = 0, **changes: object) -> Given:
    given = Given(
        number, ADVISORY.format(number, version), "Kwetsbaarheden verholpen in Pakket", "", "ncsc", "ncsc",
        AT + timedelta(days=days),
    )  # fmt: skip
    return replace(given, **changes)  # type: ignore[arg-type]


def test_an_advisorys_next_version_is_an_update_and_another_number_another_advisory() -> None:
    first = advisory("0012", "1.00")
    assert verdict(first, advisory("0012", "1.01", days=200)) == "update"
    assert verdict(first, advisory("0013", "1.00")) == "different"
    assert (
        verdict(first, advisory("0012", "1.00", text="Kwetsbaarheden verholpen in Pakket (ingetrokken)"))
        == "update"
    )
    assert verdict(first, advisory("0012", "1.00")) == "duplicate"
    assert (
        verdict(first, advisory("0012", "1.00", source="csaf", text="Er zijn lekken gedicht.")) == "duplicate"
    )
    reason = compare(Text(first), Text(advisory("0012", "1.01"))).reason
    assert reason == "another version of NCSC-2026-0012: 1.00 and 1.01"


def test_a_catalogue_entry_that_is_edited_is_an_update_however_little_changed() -> None:
    text = "A buffer overflow in Example Gateway allows remote code execution. Known ransomware use: {}."
    first = Given("1", "CVE-2026-1234 Example Gateway Overflow", text.format("Unknown"), "", "kev", "kev", AT)
    assert verdict(first, replace(first, text=text.format("Known"))) == "update"
    other = replace(first, title="CVE-2026-1235 Example Gateway Overflow")
    assert verdict(first, other) == "different"
    # A paper that writes of it is another thing than the catalogue.
    paper = replace(
        first, source="krant", publisher="krant", title="Lek in gateway (CVE-2026-1234)", text=LEAD
    )
    assert verdict(first, paper) == "different"


def test_titles_without_text_are_repeats_only_where_they_are_the_same() -> None:
    bare = replace(PAPER, title="Zeven opvarenden gered van gezonken tankschip", text="")
    assert verdict(bare, elsewhere(title=bare.title, text="")) == "duplicate"
    assert verdict(bare, elsewhere(title=f"{bare.title} bij Delfzijl", text="")) == "different"
    assert verdict(replace(bare, title="Code geel"), elsewhere(title="Code geel", text="")) == "different"


def test_the_reason_is_in_words() -> None:
    assert compare(Text(PAPER), Text(elsewhere(text=LEAD))).reason == "the same 26 of 26 words"


@pytest.mark.parametrize(
    "text", ["a " * 4000, "A. " * 3000, "9,9" * 2000, "(" * 5000, "LIVE | " * 1000, "é" * 5000]
)
def test_hostile_texts_cost_little(text: str) -> None:
    one = replace(PAPER, title=text, text=text, url=f"https://x.example/{text[:1500]}")
    started = time.process_time()
    compare(Text(one), Text(elsewhere(title=text + "x", text="b " + text)))
    assert time.process_time() - started < 5
    assert compare(Text(one), Text(one)).verdict in Verdict
