# ruff: noqa: SIM905 - word lists are read and edited as text
"""Invented documents for the contract, always the same ones, and each as a reader of its words sees it.

A small vocabulary with the frequencies of real language (Zipf), in Dutch, English, German and without a
known language; accents, identifiers, numbers, apostrophes, Han; equal times, and times out of range.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from ingest.text.analyzer import STEMMED, search_stems, words
from search.document import Facts

COUNT = 2_400
NEWEST = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
NL = """
de het een van in op en te voor met dijk dijken water waters overstroming overstromingen storm stormen
haven havens stroomstoring stroomstoringen ziekenhuis ziekenhuizen aanval aanvallen aangevallen gemeente
gemeenten provincie Zeeland Groningen minister ministers kamer kabinet besluit besluiten onderzoek
onderzoeken politie brand branden evacuatie geëvacueerd waarschuwing waarschuwingen schade gewonden
slachtoffers spoor sporen trein treinen vitale infrastructuur coördinatie reünie café hacker hackers
gegevens gelekt lek lekken sabotage kabel kabels schip schepen marine kust kustwacht gas gasprijs energie
crisis crises dreiging dreigingen spionage desinformatie verkiezing verkiezingen boeren protest protesten
rechter rechters verdachte verdachten drugs cocaïne uitbraak uitbraken griep vogelgriep vaccin vaccins
droogte hitte natuurbrand natuurbranden foto's
""".split()
EN = """
the a of in on and to for with by flood floods flooding flooded storm storms port ports outage outages
hospital hospitals attack attacks attacked city cities province minister ministers parliament decision
decisions study studies police fire fires evacuation evacuated warning warnings damage injured victims
railway train trains critical infrastructure coordination résumé naïve hacker hackers data leaked leak
leaks sabotage cable cables ship ships navy coast guard gas price energy crisis crises threat threats
espionage disinformation election elections farmers protest protests judge judges suspect suspects drugs
cocaine outbreak outbreaks influenza vaccine vaccines drought heat wildfire wildfires don't government's
running runs ran generally general
""".split()
DE = """
der die das und in auf mit für von Überschwemmung Überschwemmungen Straße Straßen Sturm Stürme Hafen
Angriff Angriffe Krankenhaus Regierung Polizei Warnung Schaden Energie Bahn Züge Küste Feuer Größe
Maßnahmen
""".split()
NAMES = """
CVE-2026-12345 CVE-2026-12346 CVE-2025-7 1.5 10.000 3,14 H5N1 A12 Łódź Tromsø Ærø Curaçao Kyiv Kiev N-VA
G7 洪水警報 東京 U.S. e-mail 2026 112 COVID-19 ransomware wiper X
""".split()
SOURCES = [
    f"invented-{name}" for name in ("bulletin", "courier", "desk", "gazette", "herald", "post", "wire")
]
HOSTS = ("www.example.org", "nieuws.example.nl", "example.nl", "alerts.example.com:8443", "Example.NET")
DOMAINS = ("climate", "cyber", "health", "military", "crime", "infrastructure", "economic")
COUNTRIES = ("NL", "BE", "CW", "SX", "UA", "VE")
PARTS = ("NL", "AW", "CW", "SX", "BQ-BO", "BQ-SE", "BQ-SA")
PART_NAMES = {
    **{"NL": "Nederland", "AW": "aruba", "CW": "Curaçao", "SX": "Sint Maarten"},
    **{"BQ-BO": "Bonaire", "BQ-SE": "Statia", "BQ-SA": "Saba"},
}
RELEVANCES = ("direct", "near", "indirect")
PLACES = (
    (),
    ("den-haag", "zuid-holland"),
    ("invented-region",),
    ("willemstad", "curacao"),
)
ENTITIES = ("cve-2026-12345", "cwe-79", "nato", "h5n1")
THREATS = (
    *("climate.river_flood", "cyber.ransomware", "interference.state_sabotage", "health.zoonosis"),
    "crime.drug_trafficking",
)


@cache
def _ranked(language: str) -> tuple[list[str], list[float]]:
    vocabulary = list({"nl": NL, "en": EN, "de": DE}.get(language, [*NL, *EN]))
    random.Random(language).shuffle(vocabulary)
    return vocabulary, [1 / (rank + 8) for rank in range(len(vocabulary))]


def _text(chance: random.Random, language: str, size: int) -> str:
    vocabulary, weights = _ranked(language)
    picked = chance.choices(vocabulary, weights, k=size)
    for _ in range(size // 6):
        picked.insert(chance.randrange(len(picked) + 1), chance.choice(NAMES))
    text = " ".join(picked)
    return text[:1].upper() + text[1:] + chance.choice((".", "", "!", "?", ": ja", " –"))


def _when(chance: random.Random, number: int) -> datetime:
    if number % 97 == 0:
        return NEWEST - timedelta(days=3)  # many at the very same second
    if number % 401 == 0:
        return datetime(1890 + number % 70, 5, 1, tzinfo=UTC)  # before what is kept: clamped
    if number % 577 == 0:
        return datetime(2500, 1, 1, tzinfo=UTC)  # after it
    return NEWEST - timedelta(seconds=int(chance.random() ** 2 * 200 * 86_400))


def _one(chance: random.Random, number: int) -> Facts:
    language = chance.choices(("nl", "en", "de", ""), (45, 40, 10, 5))[0]
    published = _when(chance, number)
    host = chance.choice(HOSTS)
    concerned = chance.sample(PARTS, chance.choices((0, 1, 3), (40, 40, 20))[0])
    parts = {part: chance.choice(RELEVANCES) for part in concerned}
    return Facts(
        id=number,
        revision=chance.randint(2, 9),
        title=_text(chance, language, chance.randint(3, 10)),
        excerpt=_text(chance, language, chance.randint(8, 45)) if number % 23 else "",
        published=published,
        seen=max(published, NEWEST - timedelta(days=200)) + timedelta(minutes=number % 300),
        url=f"https://{host}/artikel/{number % 50}/Stuk-{number}?id={number}" if number % 31 else "",
        language=language,
        source=chance.choice(SOURCES),
        origin=chance.choice(("NL", "BE", "CW", "")),
        domains=chance.sample(DOMAINS, chance.choices((0, 1, 2, 3), (25, 45, 20, 10))[0]),
        threats=chance.sample(THREATS, chance.choices((0, 1, 2), (60, 30, 10))[0]),
        severity=chance.choices(("", "A", "B", "C", "D", "E"), (40, 20, 15, 12, 8, 5))[0],
        countries=chance.sample(COUNTRIES, chance.choices((0, 1, 2), (30, 50, 20))[0]),
        places=chance.choice(PLACES),
        parts=parts,
        relevance=next((each for each in RELEVANCES if each in parts.values()), ""),
        entities=chance.sample(ENTITIES, chance.choices((0, 1, 3), (60, 25, 15))[0]),
    )


def facts() -> list[Facts]:
    """The documents; ids from 1,000 on, rising."""
    chance = random.Random(20261124)
    return [_one(chance, 1_000 + number) for number in range(COUNT)]


def earlier(newer: Facts) -> Facts:
    """An earlier version with other words, which must never replace the newer one."""
    return replace(
        newer, revision=newer.revision - 1, title="achterhaald superseded", excerpt="", domains=["old"]
    )


def stranger(number: int) -> Facts:
    """A document that is written and then removed."""
    return Facts(number, 1, "dijken floods verwijderd", "removed again", NEWEST, NEWEST, source="removed")


@dataclass(frozen=True, slots=True)
class View:
    """A document's words, as the evaluator of queries needs them; no engine and no compiler is used."""

    facts: Facts
    title: list[str] = field(init=False)
    excerpt: list[str] = field(init=False)
    stems: set[tuple[str, str]] = field(init=False)
    title_stems: set[tuple[str, str]] = field(init=False)
    tokens: frozenset[str] = field(init=False)
    title_tokens: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        title, excerpt = words(self.facts.title), words(self.facts.excerpt)
        own = [language for language in STEMMED if self.facts.language in (language, "")]
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "excerpt", excerpt)
        object.__setattr__(self, "tokens", frozenset([*title, *excerpt]))
        object.__setattr__(self, "title_tokens", frozenset(title))
        heading = {(lang, stem) for lang in own for stem in search_stems(self.facts.title, lang)}
        object.__setattr__(self, "title_stems", heading)
        rest = {(lang, stem) for lang in own for stem in search_stems(self.facts.excerpt, lang)}
        object.__setattr__(self, "stems", heading | rest)

    @property
    def direct(self) -> list[str]:
        """The parts of the Kingdom it concerns directly."""
        return [part for part, relevance in self.facts.parts.items() if relevance == "direct"]

    @property
    def second(self) -> int:
        return min(2**33 - 1, max(0, int(self.facts.published.timestamp() // 1)))
