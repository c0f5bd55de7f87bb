"""What every engine does with documents: versions, removal, a rebuild beside the one in use, refusals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search import core
from search.core import Everything, Term, depth
from search.document import Facts, build
from search.elastic import Elastic
from search.embedded import Embedded
from search.engine import OPEN_WORDS, Engine, EngineError, EngineUnavailable, IndexMissing, Request
from search.query import QueryError
from tests.contract.corpus import NEWEST
from tests.contract.test_queries import core_of
from tests.servers import free_port


def fact(number: int, revision: int = 1, title: str = "Dijk") -> Facts:
    return Facts(number, revision, title, "", NEWEST, NEWEST, language="nl")


def start(engine: Engine) -> Engine:
    engine.rebuilding()
    engine.swap()
    return engine


def ids(engine: Engine, text: str = "", limit: int = 100) -> list[int]:
    return [hit.id for hit in engine.search(Request(core_of(text), limit=limit)).hits]


def test_without_an_index_every_use_says_so(fresh: Engine) -> None:
    assert fresh.trouble() == "there is none yet"
    with pytest.raises(IndexMissing):
        fresh.search(Request(Everything()))
    with pytest.raises(IndexMissing):
        fresh.write([build(fact(1))])
    start(fresh)
    assert fresh.trouble() is None
    assert ids(fresh) == []


def test_an_older_version_never_replaces_a_newer_one(fresh: Engine) -> None:
    start(fresh)
    assert fresh.write([build(fact(1, 3, "Derde"))]) == {}
    assert fresh.write([build(fact(1, 2, "Tweede")), build(fact(2, 1, "Ander"))]) == {}
    assert (ids(fresh, "derde"), ids(fresh, "tweede"), ids(fresh, "ander")) == ([1], [], [2])
    fresh.write([build(fact(1, 3, "Gelijk"))])
    assert (ids(fresh, "derde"), ids(fresh, "gelijk")) == ([], [1])
    fresh.write([build(fact(1, 4, "Vierde")), build(fact(1, 5, "Vijfde"))])
    assert (ids(fresh, "vijfde"), ids(fresh)) == ([1], [2, 1])
    assert list(fresh.versions()) == [(1, 5), (2, 1)]
    assert list(fresh.versions(above=1)) == [(2, 1)]


def test_removed_documents_are_gone_and_unknown_ones_no_error(fresh: Engine) -> None:
    start(fresh)
    fresh.write([build(fact(number)) for number in range(1, 6)])
    fresh.delete([2, 4, 99])
    fresh.delete([])
    assert sorted(ids(fresh)) == [1, 3, 5]


def test_a_rebuild_is_unseen_until_it_is_swapped_in(fresh: Engine) -> None:
    start(fresh)
    fresh.write([build(fact(1, title="Oud"))])
    target = fresh.rebuilding()
    target.write([build(fact(2, title="Nieuw"))])
    fresh.write([build(fact(3, title="Tussendoor"))])
    assert sorted(ids(fresh)) == [1, 3]
    assert list(fresh.rebuilding().versions()) == [(2, 1)], "asked again, the unfinished one goes on"
    fresh.swap()
    assert ids(fresh) == [2]
    fresh.write([build(fact(4))])
    assert ids(fresh) == [4, 2]


def test_equal_times_are_ordered_by_id_and_ids_may_be_large(fresh: Engine) -> None:
    start(fresh)
    large = 5 * 2**30 + 7
    fresh.write([build(fact(number)) for number in (3, 1, large, 2)])
    assert ids(fresh) == [large, 3, 2, 1]


def test_hostile_words_are_only_words(fresh: Engine) -> None:
    start(fresh)
    long = "w" * 700
    astral = "𝐀" * 5 + "\U0001e900" * 400
    fresh.write(
        [
            build(fact(1, title=f"{long} x")),
            build(fact(2, title=astral)),
            build(fact(3, title="\x00\ud7ff¶¶¶ |")),
        ]
    )
    assert ids(fresh, long) == [1]
    assert ids(fresh, long[:-1]) == [1], "cut at what engines take, in documents and queries alike"
    assert ids(fresh, f"{long[:200]}*") == [1]
    assert ids(fresh, astral) == [2]
    assert ids(fresh, '"¶¶¶"') == []


def test_no_phrase_crosses_from_title_to_excerpt(fresh: Engine) -> None:
    start(fresh)
    fresh.write([build(replace(fact(1, title="Water in de"), excerpt="kelder staat hoog"))])
    assert ids(fresh, '"de kelder"') == []
    assert ids(fresh, '"kelder staat"') == ids(fresh, '"in de"') == [1]


def test_stems_count_in_the_documents_own_language_only(fresh: Engine) -> None:
    start(fresh)
    fresh.write(
        [
            build(replace(fact(number, title="Floods"), language=lang))
            for number, lang in ((1, "en"), (2, "fr"), (3, ""))
        ]
    )
    assert ids(fresh, "flood") == [3, 1]
    assert ids(fresh, "floods") == [3, 2, 1]


def test_an_open_phrase_is_exact_up_to_many_words_and_then_says_so(fresh: Engine) -> None:
    start(fresh)
    listed = []
    for number in range(OPEN_WORDS // 64):
        some = " ".join(f"2{number * 64 + each:05}" for each in range(64))
        listed.append(build(replace(fact(number + 1, title="Lijst"), excerpt=f"CVE {some}")))
    fresh.write(listed)
    assert ids(fresh, "cve-2*") == list(range(OPEN_WORDS // 64, 0, -1))
    fresh.write([build(fact(1_000, title="CVE 2999999"))])
    assert ids(fresh, "cve-29*") == [1_000]
    assert ids(fresh, "cve-29* -cve-28*") == [1_000]
    for query in ("cve-2*", "cve -cve-2*"):
        with pytest.raises(EngineError, match="more than 4,096 words begin with '2': add letters before the"):
            ids(fresh, query)


def test_elasticsearch_refuses_one_document_and_takes_the_others(
    elasticsearch_url: str, elastic_name: str
) -> None:
    engine = Elastic(elasticsearch_url, f"{elastic_name}-partial")
    start(engine)
    broken = replace(build(fact(2)), key=2**70)
    refused = engine.write([build(fact(1)), broken, build(fact(3))])
    assert list(refused) == [2]
    assert "refused" in refused[2]
    assert sorted(ids(engine)) == [1, 3]


def test_elasticsearch_that_is_away_or_too_slow_is_an_outage() -> None:
    away = Elastic(f"http://127.0.0.1:{free_port()}", "away")
    for use in (
        away.trouble,
        lambda: away.search(Request(Everything())),
        lambda: away.write([build(fact(1))]),
    ):
        with pytest.raises(EngineUnavailable):
            use()


def test_elasticsearch_names_what_it_refuses(elasticsearch_url: str, elastic_name: str) -> None:
    engine = start(Elastic(elasticsearch_url, f"{elastic_name}-refuses"))
    with pytest.raises(EngineError, match="refuses"):
        engine.search(Request(Term("folded", "dijk"), limit=50_000))


def test_an_index_of_another_analysis_is_outdated(
    elasticsearch_url: str, elastic_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = start(Elastic(elasticsearch_url, f"{elastic_name}-outdated"))
    monkeypatch.setattr("search.elastic_mapping.version", lambda: "99")
    assert engine.trouble() == "it was made by another version"
    start(engine)
    assert engine.trouble() is None


def test_two_processes_on_one_folder(tmp_path: Path) -> None:
    """One writes, the other reads; a second writer is told to wait, and the reader sees each swap."""
    root = tmp_path / "index"
    writer, other = Embedded(root), Embedded(root)
    start(writer)
    writer.write([build(fact(1))])
    assert ids(other) == [1]
    with pytest.raises(EngineUnavailable, match="another process"):
        other.write([build(fact(2))])
    writer.rebuilding().write([build(fact(number)) for number in (1, 5)])
    writer.swap()
    assert ids(other) == [5, 1]
    writer.close()
    other.write([build(fact(6))])
    assert ids(other) == [6, 5, 1]
    other.close()


def test_core_queries_are_plain_values() -> None:
    assert core_of("dijk") == core.Or(
        (Term("folded", "dijk"), Term("stems_nl", "dijk"), Term("stems_en", "dijk"))
    )


def test_the_largest_and_deepest_queries_allowed_run(fresh: Engine) -> None:
    start(fresh)
    fresh.write([build(fact(1, title="7f a"))])
    assert ids(fresh, " OR ".join(f"{number:x}" for number in range(500))) == [1]
    assert ids(fresh, " ".join(f"-w{number}" for number in range(500))) == [1]
    deep = "a"
    while True:
        deeper = f"b OR -(c OR -({deep}))"
        try:
            core_of(deeper)
        except QueryError:
            break
        deep = deeper
    assert depth(core_of(deep)) > 20
    assert ids(fresh, deep) == [1]
