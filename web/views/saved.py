"""Saved searches: keep one under a name, open it, delete it. Each is seen by its owner alone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from search import saved
from search.models import SavedSearch
from search.query import QueryError
from web import refusals
from web.access import role
from web.state import State


def _own(request: HttpRequest, number: int) -> SavedSearch:
    user: Any = request.user
    return get_object_or_404(SavedSearch, pk=number, user=user)


@role("reader")
@require_http_methods(["GET", "POST"])
def searches(request: HttpRequest) -> HttpResponse:
    """The list; a POST keeps a search and leads back to it."""
    user: Any = request.user
    given = request.POST if request.method == "POST" else request.GET
    state = State.of(given.dict())
    name, problem = given.get("name", ""), ""
    if request.method == "POST":
        try:
            kept = saved.save(user, name, state.q, state.sort)
        except saved.SavedSearchError as error:
            problem = {
                "name": _("Give it a name of at most 120 characters."),
                "many": _("You keep as many searches as there is room for. Delete one first."),
            }[error.key]
        except QueryError as error:
            problem = refusals.said(str(error))
        else:
            messages.success(request, _("Saved as “%(name)s”.") % {"name": kept.name})
            return HttpResponseRedirect(state.address())
    shown = {"state": state, "name": name, "problem": problem, "searches": user.searches.all()}
    return render(request, "web/search/saved.html", shown, status=400 if problem else 200)


@role("reader")
@require_GET
def opened(request: HttpRequest, number: int) -> HttpResponse:
    """Off to its results; that it was looked at is noted."""
    search = _own(request, number)
    saved.opened(search)
    state = State(q=search.query, sort="relevance" if search.sort == "relevance" else "published")
    return HttpResponseRedirect(state.address())


@role("reader")
@require_POST
def delete(request: HttpRequest, number: int) -> HttpResponse:
    search = _own(request, number)
    name = search.name
    saved.delete(search)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": name})
    return HttpResponseRedirect(reverse("searches"))
