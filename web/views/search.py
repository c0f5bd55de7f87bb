"""The search page: results, what is new since it was made, and the completion of what is typed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from search.engine import EngineError, EngineUnavailable, IndexMissing
from search.query import QueryError
from web import completing, searching
from web.access import role
from web.examples import examples
from web.state import State


def _language() -> str:
    return (get_language() or "nl")[:2]


@role("reader")
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The whole page; for htmx only what changes with the query."""
    state = State.of(request.GET.dict())
    user: Any = request.user
    found = searching.search(state, now=timezone.now(), language=_language(), viewer=user)
    htmx: Any = getattr(request, "htmx", None)
    part = bool(htmx) and not htmx.history_restore_request
    shown = {
        "state": state,
        "found": found,
        "part": part,
        "since": int(found.made.timestamp()),
        "saved": user.searches.all(),
        "examples": examples(),
        "by_relevance": state.address(sort="relevance"),
        "by_time": state.address(sort="published"),
        "with_all": state.address(everything=True),
        "without_all": state.address(everything=False),
        "here": state.address(),
    }
    name = "web/search/part.html" if part else "web/search/page.html"
    # What cannot be read is still a page, but not a found one; nothing may keep either.
    return render(request, name, shown, status=400 if found.refused and not part else 200)


@role("reader")
@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """How many signals came since the page was made: a link that shows them, or nothing."""
    state = State.of(request.GET.dict())
    since = request.GET.get("since", "")
    if not (since.isascii() and since.isdigit() and len(since) <= 10):
        return HttpResponse(status=204)
    try:
        count = searching.newer(state, datetime.fromtimestamp(int(since), UTC), now=timezone.now())
    except (QueryError, EngineError, EngineUnavailable, IndexMissing):
        # The page itself says what is the matter; a notice beside it would say it twice.
        return HttpResponse(status=204)
    if not count:
        return HttpResponse(status=204)
    return render(request, "web/search/new.html", {"count": count, "here": state.address()})


@role("reader")
@require_GET
def complete(request: HttpRequest) -> HttpResponse:
    """Options for the box's list."""
    text = request.GET.get("q", "")
    found = completing.options(text, _language()) if len(text) <= 400 else []
    return render(request, "web/search/options.html", {"options": found})
