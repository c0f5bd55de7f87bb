"""The search page as a reader uses it: asking, narrowing, paging, being told what is missing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, User
from crawlers.models import HealthChange
from ingest.models import Source, SourceState
from search.embedded import Embedded
from search.models import SavedSearch
from tests.web import found
from tests.web.conftest import ClientFor, words
from web import refusals
from web.histogram import missing, window

LINK = re.compile(r'<a id="(?P<id>[^"]+)"[^>]*?href="(?P<href>[^"]*)"(?P<rest>[^>]*)>')


@pytest.fixture
def engine(sqlite_store: Any, tmp_path: Path) -> Iterator[Embedded]:
    with found.indexed(tmp_path / "data") as engine:
        yield engine


@pytest.fixture
def corpus(engine: Embedded) -> Embedded:
    """Ten reports of cyber, two of them one group; three of infrastructure; four of no domain."""
    for number in range(10):
        found.store(
            f"Aanval {number} op netwerk",
            "De storing duurt voort.",
            hours=2 + 5 * number,
            by=f"desk{number % 3}",
            domains=["cyber"],
            threats=["cyber.ransomware"],
            severity="C" if number % 2 else "",
            countries=["NL"],
            parts={"NL": "direct"},
        )
    first, second = Source.objects.get(slug="desk0").signals.all()[:2]
    second.duplicate_of = first
    second.save()
    for number in range(3):
        found.store(f"Kabel {number} stuk", hours=3, domains=["infrastructure", "cyber"], language="en")
    for number in range(4):
        found.store(f"Voetbal {number} en een aanval", hours=1)
    found.index(engine)
    return engine


def _links(content: bytes) -> dict[str, tuple[str, str]]:
    text = content.decode()
    return {m["id"]: (html.unescape(m["href"]), m["rest"]) for m in LINK.finditer(text)}


def _follow(client: Client, content: bytes, name: str) -> bytes:
    return client.get(_links(content)[name][0]).content


def test_groups_and_signals_are_counted_and_signals_of_no_domain_wait(
    corpus: Embedded, client_for: ClientFor
) -> None:
    client = client_for("reader")
    content = client.get("/search", {"q": "aanval"}).content
    assert "10 signalen in 9 verhalen" in words(content)
    assert content.count(b'class="signal"') == 9
    assert "ook 4 zonder domein" in words(content) and "Voetbal" not in words(content)
    content = _follow(client, content, "with")
    assert "14 signalen in 13 verhalen" in words(content) and "Voetbal 3" in words(content)
    content = _follow(client, content, "without")
    assert "Voetbal" not in words(content)


def test_filters_are_in_the_query_and_can_be_taken_out(corpus: Embedded, client_for: ClientFor) -> None:
    client = client_for()
    content = client.get("/search", {"q": "aanval OR kabel"}).content
    assert "f-threat-cyber.ransomware" not in _links(content), "threats are of the domain that is chosen"
    content = _follow(client, content, "f-domain-cyber")
    assert 'value="(aanval OR kabel) domain:cyber"' in content.decode()
    assert 'aria-current="true"' in _links(content)["f-domain-cyber"][1]
    assert "f-threat-cyber.ransomware" in _links(content)
    content = _follow(client, content, "f-severity-C")
    assert "5 signalen" in words(content) and "C ernstig" in words(content)
    content = _follow(client, content, "f-severity-C")
    content = _follow(client, content, "f-domain-infrastructure")
    assert "3 signalen" in words(content)
    content = _follow(client, content, "f-domain-cyber")
    assert 'value="(aanval OR kabel) domain:infrastructure"' in content.decode()
    assert {"f-country-nl", "f-part-nl", "f-lang-en", "f-source-desk0"} <= set(
        _links(client.get("/search").content)
    )


def test_days_narrow_and_stay_to_choose_from(corpus: Embedded, client_for: ClientFor) -> None:
    client = client_for()
    day = f"{datetime.now(UTC):%Y%m%d}"
    content = client.get("/search", {"q": "domain:cyber"}).content
    assert len([name for name in _links(content) if name.startswith("day-")]) == 30
    content = _follow(client, content, f"day-{day}")
    assert f"published:{datetime.now(UTC):%Y-%m-%d}" in content.decode()
    links = _links(content)
    assert len([name for name in links if name.startswith("day-")]) == 30
    assert 'aria-current="true"' in links[f"day-{day}"][1]
    assert "published" not in links[f"day-{day}"][0] and "published" not in links["whole"][0]


def test_pages_go_forth_and_back_without_meeting_a_group_twice(
    engine: Embedded, client_for: ClientFor
) -> None:
    made = [found.store(f"storing {n}", hours=1 + n, domains=["cyber"]) for n in range(45)]
    for one, other in ((3, 30), (10, 44), (0, 1)):
        made[one].duplicate_of = made[other]
        made[one].save()
    found.index(engine)
    client = client_for()
    address, met, pages = "/search?q=storing", [], []
    while address:
        content = client.get(address).content
        met += re.findall(rb'data-signal="(\d+)"', content)
        pages.append(content)
        address = _links(content).get("following", ("",))[0] or _rel(content, "next")
    assert len(met) == len(set(met)) == 42 and len(pages) == 3
    back = client.get(_rel(pages[2], "prev")).content
    assert _shown(back) == _shown(pages[1])
    assert _shown(client.get(_rel(back, "prev")).content) == _shown(pages[0])


def _shown(content: bytes) -> list[bytes]:
    return re.findall(rb'data-signal="(\d+)"', content)


def _rel(content: bytes, rel: str) -> str:
    match = re.search(rf'rel="{rel}"[^>]*href="([^"]*)"', content.decode())
    return html.unescape(match[1]) if match else ""


def test_the_query_is_read_back_and_its_repairs_are_said(corpus: Embedded, client_for: ClientFor) -> None:
    text = words(client_for().get("/search", {"q": "(aanval OR kabel severity:>=C"}).content)
    assert "Gelezen als: aanval of ( kabel en ernst C (ernstig) of erger)" in text
    assert "haakje aan het eind gesloten" in text
    text = words(client_for(language="en").get("/search", {"q": "aanval -kabel"}).content)
    assert "Read as: aanval ; not kabel" in text


@pytest.mark.parametrize(
    ("query", "place", "said"),
    [
        ("aanval ernst:zwaar nu", "ernst:zwaar", "Achter ernst: staat A tot E of geen"),
        ("aanval gezien:>straks", "gezien:&gt;straks", "is geen tijd"),
        ("relevance:soms", "relevance:soms", "Achter relevantie:"),
        ("x " * 2_100, "x", "Maak hem korter of splits hem"),
        ("(" * 41 + "x", "(", "Haakjes staan meer dan 40 diep"),
    ],
)
def test_a_query_that_cannot_be_read_is_refused_at_its_place_and_kept(
    corpus: Embedded, client_for: ClientFor, query: str, place: str, said: str
) -> None:
    answer = client_for().get("/search", {"q": query})
    text = answer.content.decode()
    assert answer.status_code == 400 and said in words(answer.content)
    assert re.search(rf"<mark>{re.escape(place)}", text)
    assert f'value="{html.escape(query.strip())}"' in text and 'aria-invalid="true"' in text


def test_every_refusal_and_hint_is_known_in_both_languages(corpus: Embedded) -> None:
    for line in (
        "the query has more than 500 parts; split it",
        "nothing is stored here yet: `horizonscan up` gathers, `horizonscan ingest` takes files in",
        "no indexed signal has entity: yet",
        "there is no source 'x'; `horizonscan sources list` shows them",
        "no signal has lang:xx; there are en, nl",
        "more than 4,096 words begin with 'a': add letters before the * behind 'x'",
    ):
        assert refusals.said(line) != line


def test_words_that_were_meant_are_links(corpus: Embedded, client_for: ClientFor) -> None:
    client = client_for()
    content = client.get("/search", {"q": "netwrek"}).content
    assert "Geen signaal voldoet aan dit alles." in words(content)
    assert "Bedoelde u netwerk" in words(content)
    assert b"/search?q=netwerk" in content


def test_silent_sources_are_said_above_results_beside_values_and_on_days(
    corpus: Embedded, client_for: ClientFor
) -> None:
    quiet = Source.objects.get(slug="desk1")
    Source.objects.update(domain_prior=["cyber"])
    now = timezone.now()
    HealthChange.objects.create(
        source=quiet, state="empty", since=now - timedelta(days=5), until=now - timedelta(days=3, hours=12)
    )
    SourceState.objects.update_or_create(source=quiet, defaults={"health": "empty", "health_since": now})
    content = client_for().get("/search", {"q": "domain:cyber"}).content
    text = words(content)
    assert "1 van de 4 bronnen over cyberdreigingen ligt stil." in text and "desk1" in text
    assert "Cyberdreigingen 1 bron stil" in text
    assert "1 van de 4 bronnen ontbraken" in text and b" thin" in content


def test_a_day_is_incomplete_after_hours_without_a_source_not_minutes(corpus: Embedded) -> None:
    quiet = Source.objects.get(slug="desk1")
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    HealthChange.objects.create(
        source=quiet,
        state="error",
        since=datetime(2026, 11, 10, 20, tzinfo=UTC),
        until=datetime(2026, 11, 12, 5, tzinfo=UTC),
    )
    days = missing(["desk1"], datetime(2026, 11, 1).date(), now.date(), now)
    assert {day.day for day, count in days.items() if count} == {11}
    assert missing(["desk0"], datetime(2026, 11, 1).date(), now.date(), now) == {}


def test_the_strip_shows_what_is_asked_for_with_days_around() -> None:
    today = datetime(2026, 11, 24).date()
    assert window(None, today, None) == (today - timedelta(days=29), today)
    day = datetime(2026, 3, 10).date()
    low, high = window((day, day), today, None)
    assert (high - low).days == 29 and low < day < high
    year = datetime(2025, 1, 1).date()
    assert window((year, None), today, None) == (year, today)


def test_new_signals_are_counted_from_when_the_page_was_made(corpus: Embedded, client_for: ClientFor) -> None:
    client = client_for()
    since = int(timezone.now().timestamp()) - 5
    ask = {"q": "domain:cyber", "since": str(since)}
    assert client.get("/search/new", ask).status_code == 204
    found.store("Weer een aanval", hours=0, domains=["cyber"])
    found.store("Nog een", hours=0)
    found.index(corpus)
    answer = client.get("/search/new", ask)
    assert "1 nieuw signaal tonen" in words(answer.content)
    assert client.get("/search/new", {"q": "ernst:zwaar", "since": str(since)}).status_code == 204
    assert client.get("/search/new", {"q": "", "since": "x"}).status_code == 204


def test_htmx_gets_what_changes_and_history_the_whole_page(corpus: Embedded, client_for: ClientFor) -> None:
    client = client_for()
    whole = client.get("/search", {"q": "aanval"}).content
    assert b"<html" in whole and b"autofocus" in whole
    part = client.get("/search", {"q": "aanval"}, headers={"HX-Request": "true"}).content
    assert b"<html" not in part and b'id="page"' in part and b"autofocus" not in part
    again = client.get(
        "/search", {"q": "aanval"}, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    ).content
    assert b"<html" in again


def test_what_is_typed_is_completed(corpus: Embedded, client_for: ClientFor) -> None:
    client, english = client_for(), client_for(language="en", email="e@example.org")

    def options(text: str, by: Client = client) -> list[str]:
        found = by.get("/search/complete", {"q": text}).content.decode()
        return [html.unescape(each) for each in re.findall(r'value="([^"]*)"', found)]

    assert options("brand ern") == ["brand ernst:"]
    assert "sev" not in options("x", english) and options("sev", english) == ["severity:"]
    assert options("a domein:vit") == ["a domein:infrastructure"]
    assert options("-(domain:cyb") == ["-(domain:cyber"]
    assert "plaats:rotterdam" in options("plaats:rotterd")
    assert "land:nl" in options("land:nederl")
    assert options("ernst:>=D") == ["ernst:>=D"]
    assert "bron:desk1" in options("bron:desk")
    assert options("gewoon woord") == [] and options("niks:aa") == [] and options("") == []


def test_a_silent_search_server_leaves_the_rest_of_the_page(
    corpus: Embedded, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from search.engine import EngineUnavailable

    client = client_for()
    user: User = client.user  # type: ignore[attr-defined]
    SavedSearch.objects.create(user=user, name="haven", query="haven")

    def silent(*_: object) -> None:
        raise EngineUnavailable("no answer")

    with monkeypatch.context() as patch:
        patch.setattr(Embedded, "search", silent)
        first = client.get("/search", {"q": "aanval"})
        assert first.status_code == 200
        assert "De zoekserver antwoordt niet sinds" in words(first.content)
        assert "Gelezen als: aanval" in words(first.content) and "haven" in words(first.content)
        assert b'value="aanval"' in first.content
    assert "10 signalen" in words(client.get("/search", {"q": "aanval"}).content)


def test_a_missing_index_is_said(engine: Embedded, client_for: ClientFor) -> None:
    assert "De zoekindex wordt gebouwd" in words(client_for().get("/search").content)


def test_searches_are_kept_opened_and_deleted_by_their_owner_alone(
    corpus: Embedded, client_for: ClientFor
) -> None:
    client, other = client_for("reader"), client_for("analyst")
    answer = client.post("/searches", {"q": "geheime zaak", "name": " mijn  zaak ", "sort": "relevance"})
    assert answer.status_code == 302 and answer["Location"] == "/search?q=geheime+zaak&sort=relevance"
    kept = SavedSearch.objects.get()
    assert kept.name == "mijn zaak"
    assert "geheime" not in str(AuditEvent.objects.values_list("object", "detail"))
    assert client.get(f"/searches/{kept.pk}")["Location"] == answer["Location"]
    assert other.get(f"/searches/{kept.pk}").status_code == 404
    assert other.post(f"/searches/{kept.pk}/delete").status_code == 404
    assert "geheime" not in words(other.get("/searches").content)
    refused = client.post("/searches", {"q": "x ernst:zwaar", "name": "n"})
    assert refused.status_code == 400 and b'value="x ernst:zwaar"' in refused.content
    assert client.post("/searches", {"q": "x", "name": " "}).status_code == 400
    client.post("/searches", {"q": "haven", "name": "mijn zaak"})
    assert SavedSearch.objects.get().query == "haven", "one name, one search"
    client.post(f"/searches/{kept.pk}/delete")
    assert not SavedSearch.objects.exists()


def test_the_page_is_light(corpus: Embedded, client_for: ClientFor) -> None:
    from django.contrib.staticfiles import finders

    text = client_for().get("/search").content.decode()
    names = re.findall(r'(?:src|href)="/static/([^"]+\.(?:js|css))"', text)
    sizes = {name: Path(str(finders.find(name))).stat().st_size for name in names}
    assert {"web/search.js", "web/search.css", "web/base.css"} <= set(sizes)
    assert sum(sizes.values()) < 100_000, sizes
    assert (
        "style=" not in text and "onclick" not in text and "http://" not in re.sub(r"hx-\S+", "", _head(text))
    )


def _head(text: str) -> str:
    return text[: text.index("</head>")]


def test_the_canary_is_never_shown(corpus: Embedded, client_for: ClientFor) -> None:
    found.source("kanarie", kind=Source.Kind.CANARY)
    found.store("Proefbericht aanval", by="kanarie", domains=["cyber"])
    found.index(corpus)
    text = words(client_for().get("/search", {"q": "aanval", "all": "1"}).content)
    assert "Proefbericht" not in text and "14 signalen" in text


def test_strangers_are_sent_to_sign_in_and_back(engine: Embedded, client_for: ClientFor) -> None:
    answer = client_for("anyone").get("/search?q=geheim")
    assert answer.status_code == 302 and "next=%2Fsearch%3Fq%3Dgeheim" in answer["Location"]
