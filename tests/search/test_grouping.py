"""Pages of duplicate groups: each group once over all pages, by either order, in both directions of time."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ingest.models import Signal
from search.analysis import query
from search.embedded import Embedded
from search.engine import Sort
from search.grouping import groups, page
from search.indexing import index_waiting
from tests.conftest import Store
from tests.search.signals import store as stored


def _pages(engine: Embedded, text: str, sort: Sort, limit: int) -> list[tuple[int, ...]]:
    found, after = [], None
    while True:
        made = page(engine, query(text).core, sort=sort, limit=limit, after=after)
        found.append(made.ids)
        after = made.next
        if after is None:
            return found


def _grouped(count: int) -> list[Signal]:
    """Every fourth signal begins a group that the two after it join, one of them far later."""
    made = [stored(f"storing nummer {n}", "waterleiding " * (1 + n % 3)) for n in range(count)]
    for n in range(0, count - 2, 4):
        for other in (made[n + 1], made[(n * 7 + 30) % count]):
            if other.pk > made[n].pk and other.duplicate_of_id is None and (other.pk - made[0].pk) % 4:
                other.duplicate_of = made[n]
                other.save()
    return made


@pytest.mark.parametrize("sort", ["published", "relevance"])
@pytest.mark.parametrize("limit", [1, 7, 100])
def test_every_group_is_on_one_page(sqlite_store: Store, engine: Embedded, sort: Sort, limit: int) -> None:
    made = _grouped(60)
    index_waiting(engine)
    roots = {each.pk: each.duplicate_of_id or each.pk for each in Signal.objects.all()}
    shown = [number for part in _pages(engine, "storing waterleiding", sort, limit) for number in part]
    met = [roots[number] for number in shown]
    assert len(met) == len(set(met)) and set(met) == set(roots.values())
    assert len(set(met)) < len(made)
    found = page(engine, query("storing").core, sort=sort, limit=limit)
    assert found.total == 60 and groups(engine, query("storing").core, 60) == len(set(met))


def test_only_signals_that_match_stand_for_their_group(sqlite_store: Store, engine: Embedded) -> None:
    old = stored("overstroming in de polder")
    stored("dijk houdt stand in de polder", duplicate_of=old)
    index_waiting(engine)
    assert _ids(engine, "overstroming") == (old.pk,), "the newer one does not say overstroming"
    assert _ids(engine, "polder") != (old.pk,) and len(_ids(engine, "polder")) == 1


def test_no_more_groups_than_can_be_counted_are_counted(sqlite_store: Store, engine: Embedded) -> None:
    assert groups(engine, query("").core, 1_001) is None


def _ids(engine: Embedded, text: str) -> Sequence[int]:
    return page(engine, query(text).core, sort="published", limit=10).ids
