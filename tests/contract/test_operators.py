"""Every operator, written by hand: what it finds on both engines, and the repairs it reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from search.analysis import query
from search.engine import Engine
from tests.contract.corpus import NEWEST, View
from tests.contract.queries import Case, Meaning, begins, between, close, graded, phrase, word
from tests.contract.test_queries import mismatches


def _and(*meanings: Meaning) -> Meaning:
    return lambda view: all(meaning(view) for meaning in meanings)


def _or(*meanings: Meaning) -> Meaning:
    return lambda view: any(meaning(view) for meaning in meanings)


def _not(meaning: Meaning) -> Meaning:
    return lambda view: not meaning(view)


def _host(*hosts: str) -> Meaning:
    ends = tuple(end for host in hosts for end in (f"//{host}", f".{host}"))
    return lambda view: any(end in view.facts.url.lower() for end in ends)


def everything(view: View) -> bool:
    return True


def nothing(view: View) -> bool:
    return False


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


DAY = timedelta(days=1)
MIDNIGHT = NEWEST.replace(hour=0, minute=0)
CASES = [
    Case("", everything),
    Case("*", everything),
    Case("!!!", nothing),
    Case("dijk", word("dijk")),
    Case("Dijken", word("dijk")),
    Case("flooding", word("floods")),
    Case('"dijken"', phrase("dijken")),
    Case("cafe", word("café")),
    Case("COÖRDINATIE", word("coordinatie")),
    Case("Strasse", word("Straße")),
    Case("lodz", word("Łódź")),
    Case("AEro", word("Ærø")),
    Case("CVE-2026-12345", phrase("cve 2026 12345")),
    Case("cve-2026*", begins("cve 2026")),
    Case("cve-2*", begins("cve 2")),
    Case("1.5", phrase("1 5")),
    Case("don't", phrase("don t")),
    Case("don’t", phrase("don t")),
    Case("foto's", phrase("foto s")),
    Case("洪水", phrase("洪水")),
    Case("水警", phrase("水警")),
    Case("東*", begins("東")),
    Case("overstr*", begins("overstr")),
    Case("x*", begins("x")),
    Case("overstromng~1", close("overstromng", 1)),
    Case("ovrestroming~1", close("overstroming", 1)),
    Case("ovestromng~2", close("ovestromng", 2)),
    Case("ziekenhuis~", close("ziekenhuis", 1)),
    Case("title:dijken", word("dijk", title=True)),
    Case("titel:storm*", begins("storm", title=True)),
    Case('title:"de dijk"', phrase("de dijk", title=True)),
    Case("title:vacine~1", close("vacine", 1, title=True)),
    Case("title:(dijk OR flood)", _or(word("dijk", title=True), word("flood", title=True))),
    Case("dijk storm", _and(word("dijk"), word("storm"))),
    Case("dijk AND storm", _and(word("dijk"), word("storm"))),
    Case("dijk && +storm", _and(word("dijk"), word("storm"))),
    Case("dijk EN storm", _and(word("dijk"), word("storm"))),
    Case("dijk OF storm", _or(word("dijk"), word("storm"))),
    Case("dijk NIET storm", _and(word("dijk"), _not(word("storm")))),
    Case("dijk OR storm", _or(word("dijk"), word("storm"))),
    Case("dijk || storm", _or(word("dijk"), word("storm"))),
    Case(
        "dijk water OR storm port", _or(_and(word("dijk"), word("water")), _and(word("storm"), word("port")))
    ),
    Case("dijk NOT storm", _and(word("dijk"), _not(word("storm")))),
    Case("dijk -storm", _and(word("dijk"), _not(word("storm")))),
    Case("dijk !storm", _and(word("dijk"), _not(word("storm")))),
    Case("dijk AND NOT storm", _and(word("dijk"), _not(word("storm")))),
    Case("NOT dijk", _not(word("dijk"))),
    Case("-dijk -storm", _and(_not(word("dijk")), _not(word("storm")))),
    Case("NOT NOT dijk", word("dijk")),
    Case("dijk OR NOT storm", _or(word("dijk"), _not(word("storm")))),
    Case("NOT (dijk OR storm)", _not(_or(word("dijk"), word("storm")))),
    Case("-(dijk storm)", _not(_and(word("dijk"), word("storm")))),
    Case(
        "dijk (storm OR (haven -water))",
        _and(word("dijk"), _or(word("storm"), _and(word("haven"), _not(word("water"))))),
    ),
    Case("domain:cyber", lambda view: "cyber" in view.facts.domains),
    Case("domein:CYBER", lambda view: "cyber" in view.facts.domains),
    Case("-domain:cyber", lambda view: "cyber" not in view.facts.domains),
    Case("domain:*", lambda view: bool(view.facts.domains)),
    Case("-domain:*", lambda view: not view.facts.domains),
    Case("domain:(cyber OR health)", lambda view: bool({"cyber", "health"} & set(view.facts.domains))),
    Case("domain:c*", lambda view: any(name.startswith("c") for name in view.facts.domains)),
    Case("domein:klimaat", lambda view: "climate" in view.facts.domains),
    Case('domain:"Critical infrastructure"', lambda view: "infrastructure" in view.facts.domains),
    Case("threat:cyber.ransomware", lambda view: "cyber.ransomware" in view.facts.threats),
    Case("dreiging:river_flood", lambda view: "climate.river_flood" in view.facts.threats),
    Case("dreiging:Zoönosen", lambda view: "health.zoonosis" in view.facts.threats),
    Case(
        "threat:sabotage",
        lambda view: bool({"interference.state_sabotage"} & set(view.facts.threats)),
    ),
    Case("dreiging:drugs", lambda view: "crime.drug_trafficking" in view.facts.threats),
    Case("dreiging:drugsh*", lambda view: "crime.drug_trafficking" in view.facts.threats),
    Case("source:invented-desk", lambda view: view.facts.source == "invented-desk"),
    Case('bron:"invented-desk"', lambda view: view.facts.source == "invented-desk"),
    Case("source:invented-*", everything),
    Case("lang:nl", lambda view: view.facts.language == "nl"),
    Case("taal:Nederlands", lambda view: view.facts.language == "nl"),
    Case("taal:(nl OR de)", lambda view: view.facts.language in ("nl", "de")),
    Case("origin:be", lambda view: view.facts.origin == "BE"),
    Case("herkomst:NL", lambda view: view.facts.origin == "NL"),
    Case("land:Oekraïne", lambda view: "UA" in view.facts.countries),
    Case("country:Belgium", lambda view: "BE" in view.facts.countries),
    Case("country:oekra*", lambda view: "UA" in view.facts.countries),
    Case("country:be", lambda view: "BE" in view.facts.countries),
    Case("land:(NL OR CW)", lambda view: bool({"NL", "CW"} & set(view.facts.countries))),
    Case("part:bq-bo", lambda view: view.facts.parts.get("BQ-BO") == "direct"),
    Case("deel:NL", lambda view: view.facts.parts.get("NL") == "direct"),
    Case("near:cw", lambda view: view.facts.parts.get("CW") == "near"),
    Case("nabij:*", lambda view: "near" in view.facts.parts.values()),
    Case("deel:Curaçao", lambda view: view.facts.parts.get("CW") == "direct"),
    Case('part:"St. Maarten"', lambda view: view.facts.parts.get("SX") == "direct"),
    Case(
        'part:"Caribisch Nederland"',
        lambda view: any(view.facts.parts.get(part) == "direct" for part in ("BQ-BO", "BQ-SE", "BQ-SA")),
    ),
    Case("relevance:none", lambda view: not view.facts.relevance),
    Case("relevantie:(direct OR nabij)", lambda view: view.facts.relevance in ("direct", "near")),
    Case("relevance:indirect", lambda view: view.facts.relevance == "indirect"),
    Case("-relevantie:*", lambda view: not view.facts.relevance),
    Case("place:invented-region", lambda view: "invented-region" in view.facts.places),
    Case("plaats:zuid-h*", lambda view: "zuid-holland" in view.facts.places),
    Case("place:'s-gravenhage", lambda view: "den-haag" in view.facts.places),
    Case('place:"The Hague"', lambda view: "den-haag" in view.facts.places),
    Case("place:gravenh*", lambda view: "den-haag" in view.facts.places),
    Case("entity:cve-2026-12345", lambda view: "cve-2026-12345" in view.facts.entities),
    Case('entity:"CVE 2026-12345"', lambda view: "cve-2026-12345" in view.facts.entities),
    Case("entity:navo", lambda view: "nato" in view.facts.entities),
    Case("entity:evil[.]example", nothing),
    Case("entiteit:nato", lambda view: "nato" in view.facts.entities),
    Case("severity:C", graded("C")),
    Case("ernst:>=c", graded("CDE")),
    Case("severity:>C", graded("DE")),
    Case("severity:<C", graded("AB")),
    Case("severity:<=C", graded("ABC")),
    Case("severity: >= C", graded("CDE")),
    Case("severity:≥C", graded("CDE")),
    Case("severity:[B TO D]", graded("BCD")),
    Case("severity:{B TO D}", graded("C")),
    Case("severity:[B TO *]", graded("BCDE")),
    Case("severity:>E", nothing),
    Case("severity:none", lambda view: not view.facts.severity),
    Case("severity:*", graded("ABCDE")),
    Case("published:2026-11-20", between(_day("2026-11-20"), _day("2026-11-21"))),
    Case("published:2026-11", between(_day("2026-11-01"), _day("2026-12-01"))),
    Case("published:2026", between(_day("2026-01-01"), _day("2027-01-01"))),
    Case("published:>2026-11-20", between(_day("2026-11-21"), None)),
    Case("published:>=2026-11-20", between(_day("2026-11-20"), None)),
    Case("published:<2026-11-20", between(None, _day("2026-11-20"))),
    Case("published:<=2026-11-20", between(None, _day("2026-11-21"))),
    Case("published:[2026-11-01 TO 2026-11-20]", between(_day("2026-11-01"), _day("2026-11-21"))),
    Case("published:[2026-11-01 TOT 2026-11-20]", between(_day("2026-11-01"), _day("2026-11-21"))),
    Case("published:[2026-11-01 TO 2026-11-20}", between(_day("2026-11-01"), _day("2026-11-20"))),
    Case("published:[2026-11-01 TO *]", between(_day("2026-11-01"), None)),
    Case("published:[* TO 2026-11-01]", between(None, _day("2026-11-02"))),
    Case("published:[now-7d TO now]", between(NEWEST - 7 * DAY, NEWEST + timedelta(seconds=1))),
    Case("published:>=now-24h", between(NEWEST - DAY, None)),
    Case("published:now-24h", between(NEWEST - DAY, None)),
    Case("published:>=now/d", between(MIDNIGHT, None)),
    Case("published:now/d", between(MIDNIGHT, MIDNIGHT + DAY)),
    Case("published:today", between(MIDNIGHT, MIDNIGHT + DAY)),
    Case("published:gisteren", between(MIDNIGHT - DAY, MIDNIGHT)),
    Case("published:>=now-1M/M", between(_day("2026-10-01"), None)),
    Case("published:>=now/y", between(_day("2026-01-01"), None)),
    Case("published:>=2026-11-20T12:30", between(_day("2026-11-20T12:30"), None)),
    Case("published:<2026-11-20T12:30:00+01:00", between(None, _day("2026-11-20T11:30"))),
    Case("published:<1970-01-02", between(None, _day("1970-01-02"))),
    Case("published:<1960-01-01", nothing),
    Case("published:>2400-01-01", nothing),
    Case("published:>2200-01-01", between(_day("2200-01-02"), None)),
    Case("published:*", everything),
    Case("seen:>=2026-11-20", lambda view: view.facts.seen >= _day("2026-11-20")),
    Case("url:example.nl", _host("example.nl")),
    Case("url:nieuws.example.nl", _host("nieuws.example.nl")),
    Case("url:www.example.org", _host("www.example.org")),
    Case("url:example.net", _host("example.net")),
    Case(
        "url:https://www.example.org/artikel/7/Stuk-1007?id=1007",
        lambda view: view.facts.id == 1007 and _host("www.example.org")(view),
    ),
    Case("url:example.org/artikel/7*", lambda view: "//www.example.org/artikel/7" in view.facts.url),
    Case("site:alerts.example.com", _host("alerts.example.com:8443")),
    Case("-url:*", lambda view: not view.facts.url),
    Case("https://nieuws.example.nl/x", phrase("https nieuws example nl x")),
    Case("12:30", phrase("12 30")),
    Case(
        "dijk storm domain:climate published:>=now-90d -severity:A",
        _and(
            word("dijk"),
            word("storm"),
            lambda view: "climate" in view.facts.domains and view.facts.severity != "A",
            between(NEWEST - 90 * DAY, None),
        ),
    ),
]
REPAIRED = [
    (Case('"dijk', phrase("dijk")), "quotation closed"),
    (Case("(dijk OR storm", _or(word("dijk"), word("storm"))), "parenthesis closed"),
    (Case("dijk) storm", _and(word("dijk"), word("storm"))), "closing parenthesis"),
    (Case("dijk OR", word("dijk")), "OR without anything after it"),
    (Case("OR dijk", word("dijk")), "OR without anything before it"),
    (Case("AND dijk", word("dijk")), "AND without anything before it"),
    (Case("dijk AND", word("dijk")), "AND without anything after it"),
    (Case("dijk NOT", word("dijk")), "NOT without anything after it"),
    (Case("dijk - storm", _and(word("dijk"), word("storm"))), "- on its own"),
    (Case("*dijk", word("dijk")), "* only works at the end"),
    (Case("di*ken", begins("di")), "* only works at the end"),
    (Case("dijk^2", word("dijk")), "^ has no effect"),
    (Case('"de dijk"~3', phrase("de dijk")), "phrases are exact"),
    (Case("overstromng~9", close("overstromng", 2)), "at most two letters"),
    (Case("op~1", word("op")), "too short"),
    (Case("titel: dijk", _and(word("titel"), word("dijk"))), "without a value"),
    (Case('domain:"" dijk', word("dijk")), "without a value"),
    (Case("titl:dijk", phrase("titl dijk")), "no field titl"),
    (Case("dijk !!!", word("dijk")), "on its own left out"),
    (Case("dijk ???", word("dijk")), "nothing to search for"),
    (Case("CVE-2026-12345~1", phrase("cve 2026 12345")), "works on single words"),
    (Case("domain:cyber~1", lambda view: "cyber" in view.facts.domains), "takes no ~"),
    (Case("DIJK OF STORM", _or(word("dijk"), word("storm"))), "OF read as OR; in quotes it is a word"),
    (Case("domain:cybr", nothing), "no such domain; did you mean cyber?"),
    (Case("part:atlantis", nothing), "no such part; there are nl, aw, cw"),
    (Case("country:atlantis", nothing), "country:atlantis: no such country"),
    (Case("place:willemstat", nothing), "no such place; did you mean willemstad"),
    (Case("place:xqxqx*", nothing), "no such place"),
    (Case("entity:natoo", nothing), "no such entity; did you mean nato"),
    (Case("threat:qqqq*", nothing), "no such threat"),
    (Case("published:now-7d", between(NEWEST - 7 * DAY, None)), "read as published:>=now-7d"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text or "empty")
def test_operator(embedded: Engine, elastic: Engine, documents: list[View], case: Case) -> None:
    assert mismatches(case, [embedded, elastic], documents) == []


@pytest.mark.parametrize(("case", "note"), REPAIRED, ids=lambda value: getattr(value, "text", ""))
def test_repair(embedded: Engine, elastic: Engine, documents: list[View], case: Case, note: str) -> None:
    assert mismatches(case, [embedded, elastic], documents) == []
    assert any(note in str(found) for found in query(case.text).notes), query(case.text).notes
