"""Persons' words laid over the judges', kind by kind, on what judges might say of an invented text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.entries import (
    DomainJudgement,
    Domains,
    Entity,
    Evidence,
    Judged,
    Kingdom,
    Place,
    Reason,
    Relevance,
    Severity,
)
from ingest.judge import plain, stored
from ingest.models import Correction
from ingest.overlay import overlaid
from ingest.signals import columns

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)

VENLO, MAAS = Evidence("venlo", 10, 15), Evidence("maas", 20, 24)
#: What judges might say of an invented text.
SAID = Judged(
    domains=Domains(
        (
            DomainJudgement("climate", 9, True, (Evidence("dijk", 0, 4),), ("climate.flood",)),
            DomainJudgement("infrastructure", 4, False, (), ()),
        ),
        (DomainJudgement("accidents", 2, False, (VENLO,), ("accidents.dam",)),),
        "lexicon-9",
    ),
    severity=Severity("B", (Reason("evacuated", "40", "B"),), "severity-9"),
    places=(
        Place("nl-venlo", "Venlo", "municipality", "NL", "NL", (VENLO,), ("nl-li", "nl")),
        Place("maas", "Maas", "river", "", "", (MAAS,)),
        Place("de", "Duitsland", "country", "DE", "", ()),
    ),
    kingdom=Kingdom(
        (
            Relevance(
                "NL",
                "direct",
                (Reason("place", "Venlo", "direct", VENLO), Reason("source", "NL", "indirect")),
            ),
            Relevance("CW", "near", (Reason("river", "Maas", "near", MAAS),)),
        ),
        "kingdom-9",
    ),
    entities=(Entity("cve-2026-1", "cve", "CVE-2026-1", (Evidence("CVE-2026-1", 30, 40),)),),
)


def said(*rows: tuple[str, str, Any]) -> list[Correction]:
    """Unsaved corrections, each a minute after the one before it."""
    return [
        Correction(kind=kind, key=key, value=value, at=AT + timedelta(minutes=number))
        for number, (kind, key, value) in enumerate(rows)
    ]


def test_without_a_persons_word_the_judges_words_are_the_columns() -> None:
    assert overlaid(SAID, []) == columns(SAID)


def test_what_is_stored_of_a_judgement_says_the_same() -> None:
    assert columns(stored.judged(plain.as_json(SAID))) == columns(SAID)
    # 0.1.0 stored domains alone.
    result = {"domains": plain.as_json(SAID)["domains"], "candidates": []}
    found = columns(stored.judged(result))
    assert (found.domains, found.severity, found.places, found.parts) == (
        ["climate", "infrastructure"],
        "",
        [],
        {},
    )


def test_domains_are_denied_asserted_and_put_first() -> None:
    found = overlaid(SAID, said(("domain", "climate", False), ("domain", "accidents", True)))
    assert found.domains == ["infrastructure", "accidents"]
    assert found.threats == ["accidents.dam"], "what the judge saw of a candidate comes with it"
    found = overlaid(SAID, said(("domain", "cyber", "primary"), ("domain", "crime", "primary")))
    assert found.domains == ["crime", "cyber", "climate", "infrastructure"], "the later word comes first"
    assert overlaid(SAID, said(("domain", "climate", True))).domains == ["climate", "infrastructure"]
    assert overlaid(SAID, said(("domain", "of_an_older_taxonomy", True))) == columns(SAID)


def test_a_severity_is_set_and_taken_away() -> None:
    assert overlaid(SAID, said(("severity", "", "D"))).severity == "D"
    assert overlaid(SAID, said(("severity", "", ""))).severity == ""


def test_a_denied_place_takes_along_what_followed_from_it_alone() -> None:
    found = overlaid(SAID, said(("place", "nl-venlo", False)))
    assert (found.places, found.countries) == (["maas", "de"], ["DE"])
    assert found.parts == {"CW": "near", "NL": "indirect"}, "the source is a reason that stays"
    assert found.relevance == "near"
    assert overlaid(SAID, said(("place", "nl", False))).places == ["maas", "de"], "and the places in it"
    found = overlaid(SAID, said(("place", "nl-venlo", False), ("part", "NL", "near"), ("part", "CW", "")))
    assert (found.parts, found.relevance) == ({"NL": "near"}, "near")


def test_a_part_is_set_whatever_the_places_say() -> None:
    found = overlaid(SAID, said(("part", "BQ-SA", "direct"), ("part", "NL", "")))
    assert found.parts == {"BQ-SA": "direct", "CW": "near"}
    assert list(found.parts) == ["BQ-SA", "CW"], "strongest first"
    assert overlaid(SAID, said(("part", "NL", ""), ("part", "CW", ""))).relevance == ""
