"""Sources: the table of all, the page of one, and what an administrator may change."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from ingest.judge import taxonomy
from ingest.models import Source
from web import sources as catalogue
from web import trying
from web.access import role
from web.turns import turn


def _one(slug: str) -> Source:
    rows = Source.objects.exclude(kind=Source.Kind.CANARY).select_related("state", "poll_result")
    return get_object_or_404(rows, slug=slug)


@role("reader")
@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """All sources; `state` and `domain` in the address narrow them."""
    state, domain = request.GET.get("state", ""), request.GET.get("domain", "")
    found = catalogue.lines()
    of_domain = catalogue.narrowed(found, "", domain)
    shown = {
        "lines": catalogue.narrowed(of_domain, state, ""),
        "state": state,
        "domain_id": domain,
        "total": len(of_domain),
        "states": Counter(line.state for line in of_domain).most_common(),
        "down": sum(line.down for line in of_domain),
        "domains": taxonomy.load().ids,
    }
    return render(request, "web/sources/table.html", shown)


def _page(request: HttpRequest, source: Source, status: int = 200, **more: Any) -> HttpResponse:
    line = next((each for each in catalogue.lines() if each.source.pk == source.pk), None)
    shown = {
        "source": source,
        "line": line,
        "grades": catalogue.GRADES,
        **catalogue.known(source),
        **more,
    }
    return render(request, "web/sources/page.html", shown, status=status)


@role("reader")
@require_GET
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One source: health with its history, last entries, requests."""
    return _page(request, _one(slug))


def _back(slug: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("source", args=[slug]))


@role("admin")
@require_POST
def switch(request: HttpRequest, slug: str) -> HttpResponse:
    user: Any = request.user
    source, on = _one(slug), request.POST.get("on") == "1"
    if catalogue.switch(source, on, user.email):
        words = _("Polled from now on.") if on else _("Polled no more. What it brought stays.")
        messages.success(request, words)
    return _back(slug)


@role("admin")
@require_POST
def grade(request: HttpRequest, slug: str) -> HttpResponse:
    user: Any = request.user
    source = _one(slug)
    letter, note = request.POST.get("grade", ""), request.POST.get("note", "")
    if not note.strip():
        wrong = _("Say why: a grade without a reason cannot be weighed.")
        return _page(request, source, 400, problem=wrong, typed_grade=letter, typed_note=note)
    try:
        changed = catalogue.grade(source, letter, note, user.email)
    except ValueError:
        wrong = _("Choose a grade from A to F.")
        return _page(request, source, 400, problem=wrong, typed_grade=letter, typed_note=note)
    if changed:
        messages.success(request, _("The grade is changed and stands beside its signals at once."))
    return _back(slug)


@role("admin")
@require_POST
def test(request: HttpRequest, slug: str) -> HttpResponse:
    """Fetches it once now and says what is found; nothing is stored."""
    user: Any = request.user
    source = _one(slug)
    if not source.url:
        return _page(request, source, 400, tried=trying.Tried(trouble=_("It has no address to fetch.")))
    with turn() as free:
        if not free:
            trouble = _("Other tests are running. Try again in a moment.")
            return _page(request, source, 503, tried=trying.Tried(trouble=trouble))
        found = trying.tried(source)
    result = "done" if found.works else "failed"
    audit.record(user.email, "source.test", source.slug, origin="page", result=result)
    return _page(request, source, tried=found)
