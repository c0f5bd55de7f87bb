"""Saved searches: a query under a name, seen by its owner alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from search.analysis import query as analysed
from search.models import SavedSearch

MOST = 200
"""Searches a person may keep."""
_NAME = 120


class SavedSearchError(ValueError):
    """This cannot be saved. `key` says why: name (none, or too long) or many."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def save(user: Any, name: str, query: str, sort: str = "published", *, origin: str = "page") -> SavedSearch:
    """Keeps a search; one of the same name is replaced. Raises SavedSearchError, QueryError."""
    name = " ".join(name.split())
    if not name or len(name) > _NAME:
        raise SavedSearchError("name")
    analysed(query)
    sort = sort if sort == "relevance" else "published"
    with transaction.atomic():
        if user.searches.exclude(name=name).count() >= MOST:
            raise SavedSearchError("many")
        found, new = SavedSearch.objects.update_or_create(
            user=user, name=name, defaults={"query": query, "sort": sort, "looked": timezone.now()}
        )
        # The audit log names the search, never what it asks.
        record(user.email, "search saved" if new else "search replaced", f"search {found.pk}", origin=origin)
    return found


def opened(search: SavedSearch, now: datetime | None = None) -> datetime:
    """Notes that its owner looks at it now; returns when they last did."""
    before = search.looked
    search.looked = now or timezone.now()
    search.save(update_fields=["looked"])
    return before


def delete(search: SavedSearch, *, origin: str = "page") -> None:
    with transaction.atomic():
        record(search.user.email, "search deleted", f"search {search.pk}", origin=origin)
        search.delete()
