"""Pages of duplicate groups, on every engine: a group is met once, where its newest match stands."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.models import Signal
from search.analysis import query
from search.elastic import Elastic
from search.embedded import Embedded
from search.engine import Engine, Sort
from search.grouping import groups, page
from search.indexing import index_waiting
from tests.conftest import Store
from tests.search.signals import store as stored


@pytest.fixture(params=["embedded", "elastic"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty engine of this test's own."""
    if request.param == "embedded":
        embedded = Embedded(tmp_path / "index")
        yield embedded
        embedded.close()
        return
    name = f"groups-{uuid.uuid4().hex[:8]}"
    elastic = Elastic(request.getfixturevalue("elasticsearch_url"), name)
    yield elastic
    for index in elastic.client.indices.get(index=f"{name}*", expand_wildcards="all"):
        elastic.client.indices.delete(index=index)
    elastic.close()


@pytest.mark.parametrize("sort", ["published", "relevance"])
def test_every_group_is_on_one_page(sqlite_store: Store, engine: Engine, sort: Sort) -> None:
    made = [stored(f"storing nummer {n}", "waterleiding " * (1 + n % 3)) for n in range(40)]
    for n in range(0, 38, 4):
        for other in (made[n + 1], made[n + 2]):
            other.duplicate_of = made[n]
            other.save()
    made[38].duplicate_of = made[0]
    made[38].save()
    index_waiting(engine)
    core = query("storing waterleiding").core
    shown: list[int] = []
    after: int | None = None
    while True:
        found = page(engine, core, sort=sort, limit=7, after=after)
        assert found.total == 40
        shown += found.ids
        after = found.next
        if after is None:
            break
    roots = {each.pk: each.duplicate_of_id or each.pk for each in Signal.objects.all()}
    met = [roots[number] for number in shown]
    assert len(met) == len(set(met)) == len(set(roots.values())) == groups(engine, core, 40)
    assert made[38].pk in shown, "the newest of its group stands for it"
