"""Which stored signals meet a subscription's rule: asked of the index, which finds what percolation finds.

Only relative times need care: in the match stage they count from the moment at which a signal came in, so
they are taken out of what the index is asked and looked at signal by signal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby

from ingest.models import Signal
from notify.circumstances import chunks
from notify.models import Subscription
from notify.rules import read
from search import core, engines
from search.analysis import Query
from search.core import Core, Period, Range, resolved
from search.document import clamped
from search.engine import IndexMissing, Request
from search.indexing import documents_of
from search.percolate import Percolator, timed

_PAGE = 5_000


def meeting(subscription: Subscription, begins: datetime, now: datetime) -> list[int]:
    """Ids of stored signals first seen since `begins` that meet the rule, mutes apart; newest first.

    Raises QueryError, EngineUnavailable, IndexMissing, EngineError.
    """
    rule = read(subscription)
    items = rule.core.items if isinstance(rule.core, core.And) else (rule.core,)
    steady = tuple(item for item in items if not timed(item))
    moving = [item for item in items if timed(item)]
    window = Range("seen", clamped(begins), None)
    ids = _searched(core.conjunction((*steady, window)), now)
    if not moving:
        return ids
    periods = [item for item in moving if isinstance(item, Period)]
    found = _within(periods, ids) if len(periods) == len(moving) else _percolated(rule, ids)
    return list(found)


def _searched(asked: Core, now: datetime) -> list[int]:
    engine, after = engines.reader(), None
    ids: list[int] = []
    while True:
        request = Request(resolved(asked, now), "published", _PAGE, after)
        try:
            answer = engine.search(request)
        except IndexMissing:
            # It may just have been replaced by a new one.
            if engine.trouble() is not None:
                raise
            answer = engine.search(request)
        ids += [hit.id for hit in answer.hits]
        after = answer.next
        if after is None:
            return ids


def _within(periods: Sequence[Period], ids: Collection[int]) -> Iterator[int]:
    """Those whose times lay within all periods when they were first seen."""
    for part in chunks(ids):
        rows = Signal.objects.filter(pk__in=part).values_list("pk", "published", "seen")
        times = {pk: (published, seen) for pk, published, seen in rows}
        for pk in part:
            if pk in times and all(_holds(period, *times[pk]) for period in periods):
                yield pk


def _holds(period: Period, published: datetime, seen: datetime) -> bool:
    bounds = resolved(period, seen)
    assert isinstance(bounds, Range)
    value = clamped(published if bounds.field == "published" else seen)
    return (bounds.low is None or bounds.low <= value) and (bounds.high is None or value <= bounds.high)


def _percolated(rule: Query, ids: Collection[int]) -> Iterator[int]:
    """Those that met the rule when they were first seen, to the hour. For times under OR and NOT; slow."""
    percolator: Percolator[int] = Percolator()
    percolator.put(0, rule)
    for part in chunks(ids, 200):
        documents, _ = documents_of(part)
        documents.sort(key=lambda document: document.seen)
        for hour, alike in groupby(documents, key=lambda document: document.seen // 3600):
            then = datetime.fromtimestamp((hour + 1) * 3600, tz=UTC)
            yield from percolator.match(list(alike), then).get(0, [])
