"""Standing queries on batches of documents: the same as search, and as what the queries mean."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from search.analysis import query
from search.document import build
from search.engine import Engine, Request
from search.percolate import Fired, Percolator, words
from tests.contract.conftest import Meant
from tests.contract.corpus import NEWEST, View
from tests.contract.queries import NOW
from tests.contract.test_queries import core_of


def test_percolation_equals_search_and_meaning(
    embedded: Engine, documents: list[View], meant: list[Meant], capsys: pytest.CaptureFixture[str]
) -> None:
    standing: Percolator[int] = Percolator()
    for number, (case, _) in enumerate(meant):
        standing.put(number, query(case.text))
    assert len(standing) == len(meant)
    found = standing.match([build(view.facts) for view in documents], NOW)
    wrong = []
    for number, (case, views) in enumerate(meant):
        matched = found.get(number, [])
        answer = embedded.search(Request(core_of(case.text), limit=5_000))
        if matched != [view.facts.id for view in views]:
            wrong.append(f"{case.text!r}: not what it means")
        if sorted(matched) != sorted(hit.id for hit in answer.hits):
            wrong.append(f"{case.text!r}: not what search finds")
    with capsys.disabled():
        print(f"\ncontract: {len(meant)} standing queries on {len(documents)} documents, ", end="")
        print(f"{sum(map(len, found.values()))} matches, {len(wrong)} mismatches")
    assert wrong == []
    assert all(found.values()), "what nothing met is left out"


def test_the_words_that_fired_are_there_exactly_when_it_matches(
    documents: list[View], meant: list[Meant]
) -> None:
    for case, views in meant[::5]:
        asked = query(case.text)
        matching = {view.facts.id for view in views}
        for view in documents[::100]:
            fired = words(asked, build(view.facts), NOW)
            if view.facts.id not in matching:
                assert fired == [], case.text
            elif "-" not in case.text and "NOT" not in case.text and ":geen" not in case.text:
                assert fired, case.text


def test_queries_are_added_replaced_and_removed(documents: list[View]) -> None:
    batch = [build(view.facts) for view in documents[:150]]
    standing: Percolator[str] = Percolator()
    standing.put("a", query("domain:cyber"))
    standing.put("b", query("domain:health"))
    cyber, health = (
        [v.facts.id for v in documents[:150] if d in v.facts.domains] for d in ("cyber", "health")
    )
    assert standing.match(batch, NOW) == {"a": cyber, "b": health}
    standing.put("a", query("domain:health"))
    standing.remove("b")
    standing.remove("unknown")
    assert standing.match(batch, NOW) == {"a": health}
    assert standing.match([], NOW) == {}
    assert Percolator[str]().match(batch, NOW) == {}


def test_relative_times_count_from_when_documents_come(documents: list[View]) -> None:
    standing: Percolator[str] = Percolator()
    standing.put("a", query("published:[now-1h TO now] OR published:2026-11-01"))
    standing.put("b", query("NOT published:<now-1d/d"))
    batch = [build(view.facts) for view in documents]
    for now in (NEWEST, NEWEST - timedelta(days=9)):
        found = standing.match(batch, now)
        hour = [document.id for document in batch if 0 <= now.timestamp() - document.published <= 3_600]
        assert hour
        assert set(hour) <= set(found["a"])
        midnight = (now - timedelta(days=1)).replace(hour=0, minute=0).timestamp()
        assert found["b"] == [document.id for document in batch if document.published >= midnight]


def test_words_say_what_fired(documents: list[View]) -> None:
    facts = next(
        view.facts for view in documents if view.facts.severity == "C" and view.facts.language == "nl"
    )
    made = build(
        replace(
            facts,
            title="Dijken breken bij Deventer",
            excerpt="De IJssel stroomt over. Dijken houden elders.",
            domains=["climate", "infrastructure"],
            countries=["NL"],
        )
    )
    asked = query('(dijk "ijssel stroomt" orkaan) OR (dijk domain:klimaat country:nl severity:>=B -brand)')
    assert words(asked, made, NOW) == [
        Fired("", "Dijken"),
        Fired("domain", "climate"),
        Fired("country", "nl"),
        Fired("severity", "3"),
    ]
    assert words(query('"ijssel stroomt" OR title:dev*'), made, NOW) == [
        Fired("", "IJssel stroomt"),
        Fired("title", "Deventer"),
    ]
    assert words(query("orkaan"), made, NOW) == []
