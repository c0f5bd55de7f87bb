"""The standing subscriptions of this process: each compiled once, read again when it changes.

`refresh` is called before every round. It looks at what changed lately, with an overlap wide enough for
clocks that differ and transactions that end late, and once a minute at all of them (10,000 take some 20 ms).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from django.db.models import QuerySet
from django.utils import timezone

from notify.models import Subscription
from notify.rules import read
from search.analysis import Query
from search.core import resolved
from search.document import SearchDocument
from search.percolate import Percolator
from search.query import QueryError

log = structlog.get_logger()

_OVERLAP = timedelta(minutes=10)
_WHOLE_EVERY = 60.0
_CHUNK = 5_000


class Standing:
    """Compiled subscriptions that are neither paused, deleted nor broken. For one thread."""

    def __init__(self) -> None:
        self.queries: dict[int, Query] = {}
        self._percolator: Percolator[int] = Percolator()
        self._changed: dict[int, datetime] = {}
        self._mark: datetime | None = None
        self._whole_at: float | None = None

    def __len__(self) -> int:
        return len(self.queries)

    def refresh(self) -> dict[int, str]:
        """Follows what changed in the store; returns the ids that cannot be read, with why."""
        clock = time.monotonic()
        whole = self._whole_at is None or clock - self._whole_at > _WHOLE_EVERY
        rows = Subscription.objects.order_by()
        if not whole and self._mark is not None:
            rows = rows.filter(changed__gte=self._mark - _OVERLAP)
        there: dict[int, datetime] = dict(rows.values_list("pk", "changed"))
        news = [pk for pk, changed in there.items() if self._changed.get(pk) != changed]
        if whole:
            for pk in self._changed.keys() - there.keys():
                self._forget(pk)
                del self._changed[pk]
            self._whole_at = clock
        broken: dict[int, str] = {}
        for start in range(0, len(news), _CHUNK):
            broken |= self._read(Subscription.objects.filter(pk__in=news[start : start + _CHUNK]))
        self._mark = max(there.values(), default=self._mark)
        return broken

    def match(
        self, documents: Sequence[SearchDocument], now: datetime
    ) -> tuple[Mapping[int, list[int]], dict[int, str]]:
        """By subscription the ids of the documents that meet it; and which could not be asked, with why."""
        try:
            return self._percolator.match(documents, now), {}
        except QueryError:
            # A relative time leads out of the calendar: whose it is, it alone pays for.
            broken = self._unresolvable(now)
            if not broken:
                raise
            for pk in broken:
                self._forget(pk)
            return self._percolator.match(documents, now), broken

    def _read(self, rows: QuerySet[Subscription]) -> dict[int, str]:
        broken: dict[int, str] = {}
        for subscription in rows:
            self._forget(subscription.pk)
            if not (subscription.paused or subscription.deleted or subscription.broken):
                try:
                    found = read(subscription, "en")
                    self._percolator.put(subscription.pk, found)
                except QueryError as error:
                    # Not known as read: it comes back until the store says that it is broken.
                    broken[subscription.pk] = str(error)[:300]
                    continue
                self.queries[subscription.pk] = found
            self._changed[subscription.pk] = subscription.changed
        return broken

    def _forget(self, pk: int) -> None:
        self._percolator.remove(pk)
        self.queries.pop(pk, None)

    def _unresolvable(self, now: datetime) -> dict[int, str]:
        broken: dict[int, str] = {}
        for pk, found in self.queries.items():
            try:
                resolved(found.core, now)
            except QueryError as error:
                broken[pk] = str(error)[:300]
        return broken


_process: dict[str, Standing] = {}


def standing() -> Standing:
    """Those of this process, for the store it is connected to. `refresh` before use."""
    from django.db import connection

    key = str(connection.settings_dict["NAME"])
    if key not in _process:
        # One store a process; a test's process sees many, one after the other.
        _process.clear()
        _process[key] = Standing()
    return _process[key]


def touched(subscription: Subscription) -> None:
    """Marks it as changed, so that every process reads it again. The caller saves it."""
    now = timezone.now()
    subscription.changed = (
        now if now > subscription.changed else subscription.changed + timedelta(microseconds=1)
    )
