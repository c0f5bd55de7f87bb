"""How far a text concerns each part of the Kingdom, with the reasons.

*Direct*: it happens in the part or to its people, government, services or firms; a place of the part, one
of its bodies, or, in a Dutch text that names no other country, the words of Dutch life say so. *Near*: it
happens to a neighbour, in the waters around, or to the Union or the Alliance. *Indirect*: it happens
elsewhere and reaches here, as flaws in software, wars of the great powers, trade or pandemics do. What
these are is in `config/kingdom.yaml`. Where no domain
was asserted, words that hint at one stand in; a text without either concerns no part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ingest.entries import Evidence, Kingdom, Place, Reason, Relevance
from ingest.judge.parts import CARIBBEAN, PARTS, RELEVANCES
from ingest.judge.places import as_written
from ingest.judge.reach import Reach, Term, reach
from ingest.judge.text import Text

VERSION = "kingdom-1"
#: Domains of which a text in Dutch, naming no place, says nothing of where.
_ANYWHERE = frozenset(("cyber", "knowledge"))
#: How many countries a text is taken to be about, in the order in which it names them.
MOST_SUBJECTS = 2
#: At most this many reasons of one level are kept for a part.
MOST_REASONS = 3

#: What every rule is called, in Dutch and in English; `{}` is what was read.
WORDING: Mapping[str, Mapping[str, str]] = {
    "place": {"nl": "gebeurt in of rond {}", "en": "happens in or around {}"},
    "body": {"nl": "noemt {}", "en": "names {}"},
    "domestic": {
        "nl": "Nederlands bericht zonder ander land, over {}",
        "en": "a Dutch text that names no other country, about {}",
    },
    "source": {"nl": "de bron is van daar ({})", "en": "the source is from there ({})"},
    "neighbour": {"nl": "in de buurt: {}", "en": "nearby: {}"},
    "alliance": {"nl": "bij onze bondgenoten: {}", "en": "among our allies: {}"},
    "reach_country": {
        "nl": "elders, maar raakt ook hier: {}",
        "en": "elsewhere, but with effects here: {}",
    },
    "reach_word": {"nl": "werkt door over grenzen: {}", "en": "crosses borders: {}"},
    "reach_domain": {
        "nl": "digitale dreiging kent geen grenzen",
        "en": "a digital threat knows no borders",
    },
}


def model() -> str:
    """The version of this judge, as stored with its judgements."""
    return VERSION


def say(reason: Reason, language: str) -> str:
    """The reason in words, in Dutch (`nl`) or English."""
    wording = WORDING[reason.rule]
    return wording["nl" if language == "nl" else "en"].format(reason.value)


class _Case:
    """One text as the rules see it."""

    def __init__(
        self, text: Text, language: str | None, places: Sequence[Place], domains: Sequence[str], source: str
    ) -> None:
        self.text = text
        self.language = language
        self.places = places
        self.domains: Sequence[str] = domains
        self.source = source
        self.table: Reach = reach()
        self.words: Mapping[str, tuple[Term, int, int]] = self.table.find(text)
        if not domains:
            self.domains = self._supposed()
        self.here = [place for place in places if place.part]
        self.abroad = [place for place in places if place.country and not place.part]
        self.countries = {place.country for place in self.abroad}

    def _supposed(self) -> list[str]:
        """The domains that words of the text hint at, in the order of these words."""
        hints = sorted((found[1], group) for group, found in self.words.items() if group.startswith("signs."))
        return [group.partition(".")[2] for _, group in hints]

    def word(self, group: str) -> tuple[str, Evidence] | None:
        """The first word of the group in the text."""
        found = self.words.get(group)
        if found is None:
            return None
        _, start, end = found
        evidence = as_written(self.text, start, end)
        return evidence.term, evidence

    def reason(self, rule: str, group: str, level: str) -> Reason | None:
        """The reason that a word of the group gives."""
        found = self.word(group)
        return Reason(rule, found[0], level, found[1]) if found else None


def _named(rule: str, place: Place, level: str) -> Reason:
    return Reason(rule, place.name, level, place.evidence[0] if place.evidence else None)


def _direct(case: _Case) -> Iterator[tuple[str, Reason]]:
    for place in case.here:
        yield place.part, _named("place", place, "direct")
    for part in PARTS:
        for group in ("bodies", "bodies_in_dutch") if case.language == "nl" else ("bodies",):
            if reason := case.reason("body", f"{group}.{part}", "direct"):
                yield part, reason
    if case.abroad or any(place.part in CARIBBEAN for place in case.here):
        return
    if case.source in ("AW", "CW", "SX"):
        yield case.source, Reason("source", case.source, "direct")
    elif case.language == "nl" and not case.here and case.source in ("", "NL"):
        reason = case.reason("domestic", "domestic", "direct")
        if reason and not _ANYWHERE.issuperset(case.domains):
            yield "NL", reason


def _near(case: _Case) -> Iterator[tuple[str, Reason]]:
    table = case.table
    regional = bool(table.caribbean.intersection(case.domains))
    # Of the countries abroad the first ones, and those in the title, are what the text is about.
    about = set(list(dict.fromkeys(place.country for place in case.abroad))[:MOST_SUBJECTS])
    about |= {
        place.country
        for place in case.abroad
        if any(evidence.start < len(case.text.title) for evidence in place.evidence)
    }
    for place in case.places:
        if place.part or (place.country and place.country not in about):
            continue
        around = {place.id, *place.within}
        for part in PARTS:
            if around & table.near.get(part, frozenset()) or (
                regional and part in CARIBBEAN and around & table.region
            ):
                yield part, _named("neighbour", place, "near")
    if reason := case.reason("alliance", "alliance", "near"):
        yield "NL", reason


def _indirect(case: _Case) -> Iterator[tuple[str, Reason]]:
    for domain in case.domains:
        rule = case.table.domains.get(domain)
        if rule is None:
            continue
        others = case.countries - rule.countries
        for place in case.abroad:
            if place.country in rule.countries and not (others and place.country in rule.weak):
                yield "NL", _named("reach_country", place, "indirect")
                break
        if reason := case.reason("reach_word", f"reach.{domain}", "indirect"):
            yield "NL", reason
        if not others:
            if reason := case.reason("reach_word", f"loose.{domain}", "indirect"):
                yield "NL", reason
            if rule.everywhere:
                yield "NL", Reason("reach_domain", "", "indirect")


def judge(
    text: Text,
    language: str | None,
    places: Sequence[Place],
    domains: Sequence[str],
    source_country: str = "",
    official: Mapping[str, Any] | None = None,
) -> Kingdom:
    """The parts of the Kingdom that the text concerns, strongest first.

    `places` are what `ingest.judge.places` found, `domains` the ids asserted, primary first,
    `source_country` the country of the source (ISO 3166). A threat that reaches here from elsewhere is
    listed for the European part, NL, alone. `official`, the fields of an official record, adds nothing so
    far: what concerns the Kingdom in one is in its text too. Raises GazetteerError where the table cannot
    be read.
    """
    case = _Case(text, language, places, domains, source_country.upper())
    if not case.domains:
        return Kingdom((), VERSION)
    found: dict[str, dict[str, list[Reason]]] = {}
    for rules in (_direct, _near, _indirect):
        for part, reason in rules(case):
            held = found.setdefault(part, {}).setdefault(reason.level, [])
            if len(held) < MOST_REASONS and all(each.value != reason.value for each in held):
                held.append(reason)
    parts = []
    for part in PARTS:
        if part in found:
            level = next(level for level in RELEVANCES if level in found[part])
            parts.append(Relevance(part, level, tuple(found[part][level])))
    parts.sort(key=lambda each: RELEVANCES.index(each.relevance))
    return Kingdom(tuple(parts), VERSION)
