"""Both engines, filled once a test run with the same documents: tantivy in a folder, a real Elasticsearch."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.document import SearchDocument, build
from search.elastic import Elastic
from search.embedded import Embedded
from search.engine import Engine
from tests.conftest import missing
from tests.contract import corpus
from tests.contract.queries import Case, generated
from tests.servers import Missing, elasticsearch


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """A real server, one a test run; its indices are shared between tests, so take a name of your own."""
    running = elasticsearch.running()
    try:
        url = running.__enter__()
    except Missing as reason:
        missing(str(reason))
    yield url
    running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def elastic_name(elasticsearch_url: str) -> Iterator[str]:
    """An index name of this run's own; whatever begins with it is removed at the end."""
    name = f"contract-{uuid.uuid4().hex[:8]}"
    yield name
    engine = Elastic(elasticsearch_url, name)
    for index in engine.client.indices.get(index=f"{name}*", expand_wildcards="all"):
        engine.client.indices.delete(index=index)
    engine.close()


@pytest.fixture(scope="session")
def documents() -> list[corpus.View]:
    """What the engines hold in the end."""
    return [corpus.View(facts) for facts in corpus.facts()]


Meant = tuple[Case, list[corpus.View]]
GENERATED = 1_500


@pytest.fixture(scope="session")
def meant(documents: list[corpus.View]) -> list[Meant]:
    """Generated queries, each with the documents that it means."""
    return [(case, [view for view in documents if case.means(view)]) for case in generated(GENERATED)]


def _fill(engine: Engine, views: list[corpus.View]) -> None:
    """As in real life: many commits, older versions after newer ones, replaced and removed documents."""
    engine.rebuilding()
    engine.swap()
    made: list[SearchDocument] = [build(view.facts) for view in views]
    for start in range(0, len(made), 190):
        part = made[start : start + 190]
        engine.write([build(corpus.earlier(views[start].facts)), *part])
        engine.write([build(corpus.earlier(view.facts)) for view in views[start : start + 20]])
    strangers = [build(corpus.stranger(number)) for number in range(1, 25)]
    engine.write(strangers)
    engine.delete([document.id for document in strangers])


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory, documents: list[corpus.View]) -> Iterator[Engine]:
    engine = Embedded(Path(tmp_path_factory.mktemp("contract")) / "index")
    _fill(engine, documents)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def elastic(elasticsearch_url: str, elastic_name: str, documents: list[corpus.View]) -> Iterator[Engine]:
    engine = Elastic(elasticsearch_url, elastic_name)
    _fill(engine, documents)
    yield engine
    engine.close()


@pytest.fixture(params=["embedded", "elasticsearch"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine without an index yet, for tests that change documents; once for each kind."""
    if request.param == "embedded":
        engine: Engine = Embedded(tmp_path / "index")
        yield engine
        engine.close()
        return
    url = request.getfixturevalue("elasticsearch_url")
    name = f"fresh-{uuid.uuid4().hex[:8]}"
    server = Elastic(url, name)
    yield server
    for index in server.client.indices.get(index=f"{name}*", expand_wildcards="all"):
        server.client.indices.delete(index=index)
    server.close()
