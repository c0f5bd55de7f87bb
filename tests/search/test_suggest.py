"""What a misspelt word may have meant, and who else reported a hit."""

from __future__ import annotations

import pytest

from ingest.models import Entry
from search.embedded import Embedded
from search.finding import find
from search.indexing import index_waiting
from search.suggest import Suggestion
from tests.conftest import Store
from tests.search.signals import START, source
from tests.search.signals import store as stored

TITLES = [
    "Overstroming in Limburg",
    "Overstroming langs de Maas",
    "Overstromingen in Zeeland",
    "Ransomware bij ziekenhuis",
    "Ransomware gijzelt gemeente",
    "Aanval op haven",
    "Stroomstoring in Groningen",
    "Dijk bij Deventer versterkt",
]


@pytest.fixture
def filled(sqlite_store: Store, engine: Embedded) -> Embedded:
    for title in TITLES:
        stored(title, "Volgens de veiligheidsregio")
    index_waiting(engine)
    return engine


def meant(query: str) -> list[tuple[str, str]]:
    return [(each.word, each.replacement) for each in find(query, suggest=True).suggestions]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("overstromng", [("overstromng", "overstroming")]),
        ("ransmoware ziekenhius", [("ransmoware", "ransomware"), ("ziekenhius", "ziekenhuis")]),
        ("title:aanvl OR stroomstorign", [("aanvl", "aanval"), ("stroomstorign", "stroomstoring")]),
        ("veiligheidsregoi", [("veiligheidsregoi", "veiligheidsregio")]),
        ("title:veiligheidsregoi", []),
        ("overstroming", []),
        ("overstromingen ransomware", []),
        ('"overstromng"', []),
        ("overstromng*", []),
        ("overstromng~1", []),
        ("source:overstromng", []),
        ("maas -overstromng", []),
        ("dik", []),
        ("qqqqqqqq", []),
        ("CVE-2026-1234", []),
        ("", []),
    ],
)
def test_words_that_no_document_has(filled: Embedded, query: str, expected: list[tuple[str, str]]) -> None:
    assert meant(query) == expected


def test_the_whole_query_comes_back_corrected(filled: Embedded) -> None:
    found = find("limburg (Overstromng OR ranssomware) -severity:A", suggest=True)
    corrected = "limburg (overstroming OR ransomware) -severity:A"
    assert found.suggestions == [
        Suggestion("Overstromng", "overstroming", corrected),
        Suggestion("ranssomware", "ransomware", corrected),
    ]
    assert find(corrected).total == 1
    assert not find("overstromng").suggestions, "only where asked for"


def test_a_misspelling_that_a_source_made_as_well(filled: Embedded) -> None:
    stored("Ransomwere ontdekt")
    index_waiting(filled)
    assert meant("ransomwere") == [], "one against two may be a name"
    for number in range(3):
        stored(f"Ransomware treft gemeente {number}")
    index_waiting(filled)
    assert meant("ransomwere") == [("ransomwere", "ransomware")]


def test_a_hit_names_who_else_reported_it(filled: Embedded) -> None:
    first = stored("Brand in Moerdijk", source=source("invented-post"))
    copy = stored("Grote brand in Moerdijk", source=source("invented-wire"), duplicate_of=first)
    other = stored("Brand in Rotterdam", source=source("invented-post"))
    for slug, signal in (("invented-herald", first), ("invented-gazette", copy), ("invented-post", other)):
        Entry.objects.create(
            source=source(slug),
            identity=f"{signal.pk:032x}",
            content_hash="",
            signal=signal,
            first_seen=START,
            last_seen=START,
        )
    index_waiting(filled)
    also = {hit.title: hit.also for hit in find("brand").hits}
    assert also == {
        "Brand in Moerdijk": ("invented-gazette", "invented-herald", "invented-wire"),
        "Grote brand in Moerdijk": ("invented-gazette", "invented-herald", "invented-post"),
        "Brand in Rotterdam": (),
    }
    assert find("grote").hits[0].duplicate_of == first.pk
