"""Results as duplicate groups: a page of groups, so that none is met twice however far one pages.

The index knows signals only. A group is met where its newest signal that matches stands; the others are
passed over, on every page alike, because whether a newer one matches is asked of the index again. So pages
need no memory, and a cursor is a place among the signals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q

from ingest.models import Signal
from ingest.relate import group_of
from search.core import And, Core, Or, Range
from search.engine import Engine, Hit, Request, Sort, scored

COUNTED = 1_000
"""Signals up to which groups are counted: more are read in pages only."""
_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Page:
    """`ids` are signals, one a group, in order; `total` counts signals exactly. `next` is what follows it."""

    total: int
    ids: tuple[int, ...]
    next: int | None


def page(engine: Engine, core: Core, *, sort: Sort, limit: int, after: int | None = None) -> Page:
    """A page of `limit` groups. `core` holds no relative times.

    Raises EngineUnavailable, IndexMissing, EngineError.
    """
    by_score = sort == "relevance" and scored(core)
    kept: list[int] = []
    total = 0
    for number in range(_ROUNDS):
        answer = engine.search(Request(core, sort, limit + 1, after))
        total = total if number else answer.total
        passed = _repeats(engine, core, answer.hits)
        for place, hit in enumerate(answer.hits):
            if hit.id in passed:
                continue
            if len(kept) == limit:
                # The first hit that no longer fits opens the following page.
                return Page(total, tuple(kept), _before(hit, after, place, by_score))
            kept.append(hit.id)
        if answer.next is None:
            return Page(total, tuple(kept), None)
        after = answer.next
    return Page(total, tuple(kept), after)


def groups(engine: Engine, core: Core, total: int) -> int | None:
    """How many duplicate groups `total` matching signals make; None for more than COUNTED."""
    if total > COUNTED:
        return None
    hits = engine.search(Request(core, limit=COUNTED)).hits
    return len(set(group_of([hit.id for hit in hits]).values()))


def _before(hit: Hit, after: int | None, place: int, by_score: bool) -> int:
    """The cursor behind which `hit` is the first: its key and all below, or its place by score."""
    return (after or 0) + place if by_score else hit.key + 1


def _repeats(engine: Engine, core: Core, hits: Sequence[Hit]) -> set[int]:
    """Of these hits those whose group has a newer signal that matches as well."""
    asked = [hit.id for hit in hits]
    keys = {hit.id: hit.key for hit in hits}
    roots = group_of(asked)
    found = Signal.objects.filter(Q(pk__in=set(roots.values())) | Q(duplicate_of__in=set(roots.values())))
    members: dict[int, set[int]] = {}
    for number, root in found.order_by().values_list("pk", "duplicate_of"):
        members.setdefault(root or number, set()).add(number)
    several = {root: them for root, them in members.items() if len(them) > 1}
    unknown = sorted({each for them in several.values() for each in them} - set(asked))
    keys |= {hit.id: hit.key for hit in _matching(engine, core, unknown)}
    newest = {
        root: max((keys[each], each) for each in them if each in keys) for root, them in several.items()
    }
    return {each for each in asked if roots.get(each) in newest and newest[roots[each]][1] != each}


def _matching(engine: Engine, core: Core, ids: Sequence[int]) -> Iterator[Hit]:
    for start in range(0, len(ids), 200):
        some = ids[start : start + 200]
        wanted = Or(tuple(Range("id", each, each) for each in some))
        yield from engine.search(Request(And((core, wanted)), limit=len(some))).hits
