"""The same queries on both engines and by the evaluator: matches, order, pages, facets, days, relevance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from search.analysis import query
from search.core import Core, resolved
from search.engine import FACET_SIZE, Answer, Engine, Request, scored
from tests.contract import corpus
from tests.contract.conftest import Meant
from tests.contract.corpus import View
from tests.contract.queries import NOW, Case, generated

PAGED = 10
"""Of so many queries one is paged through."""
SCORED = 360


def core_of(text: str) -> Core:
    return resolved(query(text).core, NOW)


def all_hits(engine: Engine, core: Core, limit: int = 5_000) -> tuple[int, list[tuple[int, int]]]:
    """The total and every hit as (key, id), page after page."""
    hits: list[tuple[int, int]] = []
    after = None
    while True:
        answer = engine.search(Request(core, limit=limit, after=after))
        hits.extend((hit.key, hit.id) for hit in answer.hits)
        after = answer.next
        if after is None:
            return answer.total, hits


def expected_order(views: Sequence[View]) -> list[int]:
    newest = sorted(views, key=lambda view: (view.second, view.facts.id), reverse=True)
    return [view.facts.id for view in newest]


def expected_facets(views: Sequence[View]) -> dict[str, list[tuple[str, int]]]:
    counts: dict[str, Counter[str]] = {
        "domain": Counter(name for view in views for name in view.facts.domains),
        "source": Counter(view.facts.source for view in views),
        "lang": Counter(view.facts.language for view in views if view.facts.language),
        "country": Counter(code.lower() for view in views for code in view.facts.countries),
        "part": Counter(code.lower() for view in views for code in view.direct),
        "relevance": Counter(view.facts.relevance for view in views if view.facts.relevance),
        "threat": Counter(name for view in views for name in view.facts.threats),
        "severity": Counter(view.facts.severity for view in views if view.facts.severity),
    }
    return {
        name: sorted(found.items(), key=lambda item: (-item[1], item[0]))[:FACET_SIZE]
        for name, found in counts.items()
    }


def expected_days(views: Sequence[View]) -> list[tuple[str, int]]:
    days = Counter(datetime.fromtimestamp(view.second, UTC).date().isoformat() for view in views)
    return sorted(days.items())


def shown(answer: Answer) -> tuple[object, ...]:
    return (
        {name: [tuple(item) for item in values] for name, values in answer.facets.items()},
        [tuple(item) for item in answer.histogram],
    )


def mismatches(
    case: Case, engines: Sequence[Engine], views: Sequence[View], right: Sequence[View] | None = None
) -> list[str]:
    """What is wrong with the answers to one query, one line each; `right` are the views it means."""
    core = core_of(case.text)
    right = [view for view in views if case.means(view)] if right is None else right
    order = expected_order(right)
    summary = (expected_facets(right), expected_days(right))
    wrong = []
    for engine in engines:
        answer = engine.search(Request(core, limit=5_000, facets=True, histogram=True))
        hits = [hit.id for hit in answer.hits]
        if answer.total != len(right) or hits != order:
            extra, lost = sorted(set(hits) - set(order))[:3], sorted(set(order) - set(hits))[:3]
            what = f"{answer.total} not {len(right)}; extra {extra}, lost {lost}"
            wrong.append(f"{engine.name} {case.text!r}: {what}")
        if shown(answer) != summary:
            wrong.append(f"{engine.name} {case.text!r}: facets or days differ")
    return wrong


def mispaged(case: Case, engines: Sequence[Engine], right: Sequence[View]) -> list[str]:
    """Where pages of a third, one after the other, do not hold every hit once and in order."""
    order = expected_order(right)
    found = ((engine, all_hits(engine, core_of(case.text), max(20, len(order) // 3))) for engine in engines)
    return [
        f"{engine.name} {case.text!r}: pages differ"
        for engine, (total, hits) in found
        if total != len(order) or [number for _, number in hits] != order
    ]


def test_generated_queries_give_the_same_on_every_engine(
    embedded: Engine, elastic: Engine, meant: list[Meant], capsys: pytest.CaptureFixture[str]
) -> None:
    engines = [embedded, elastic]
    wrong = [line for case, views in meant for line in mismatches(case, engines, (), views)]
    wrong += [line for case, views in meant[::PAGED] for line in mispaged(case, engines, views)]
    shares = [len(views) / corpus.COUNT for _, views in meant]
    bins = Counter(
        "0"
        if share == 0
        else "<1%"
        if share < 0.01
        else ">90%"
        if share > 0.9
        else f"{int(share * 10) * 10:02d}%+"
        for share in shares
    )
    telling = sum(0.01 <= share <= 0.9 for share in shares)
    with capsys.disabled():
        print(f"\ncontract: {len(meant)} generated queries on 2 engines, {corpus.COUNT} documents, ", end="")
        print(f"{len(wrong)} mismatches; {telling} match between 1 % and 90 %; {dict(sorted(bins.items()))}")
    assert wrong == []
    assert telling >= 0.7 * len(meant)


def test_relevance_order_is_close(
    embedded: Engine, elastic: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    overlaps, firsts = [], []
    for case in generated(SCORED):
        core = core_of(case.text)
        if not scored(core):
            continue
        request = Request(core, sort="relevance", limit=10)
        one, other = ([hit.id for hit in engine.search(request).hits] for engine in (embedded, elastic))
        if len(one) >= 10:
            overlaps.append(len(set(one) & set(other)) / 10)
            firsts.append(one[0] == other[0])
    mean = sum(overlaps) / len(overlaps)
    with capsys.disabled():
        print(f"\ncontract: relevance, {len(overlaps)} queries: top-10 overlap {mean:.3f}, ", end="")
        print(f"same first hit {sum(firsts) / len(firsts):.3f}")
    assert mean >= 0.9


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_pages_hold_every_hit_once(
    embedded: Engine, elastic: Engine, documents: list[View], limit: int
) -> None:
    core = core_of("dijken OR storms" if limit > 1 else 'title:"de dijk" OR coördinatie source:invented-desk')
    (total, one), (_, other) = (all_hits(engine, core, limit) for engine in (embedded, elastic))
    assert one == other
    assert len(one) == total == len(set(one)) > limit


def test_pages_by_relevance_hold_every_hit_once(embedded: Engine, elastic: Engine) -> None:
    core = core_of("overstromingen kust*")
    for engine in (embedded, elastic):
        seen: list[int] = []
        after = None
        while True:
            answer = engine.search(Request(core, sort="relevance", limit=5, after=after))
            seen.extend(hit.id for hit in answer.hits)
            after = answer.next
            if after is None:
                break
        assert len(seen) == len(set(seen)) == answer.total > 10


def test_relevance_without_words_is_time(embedded: Engine, elastic: Engine) -> None:
    core = core_of("domain:cyber severity:>=B")
    for engine in (embedded, elastic):
        by_time = [hit.id for hit in engine.search(Request(core)).hits]
        assert [hit.id for hit in engine.search(Request(core, sort="relevance")).hits] == by_time
