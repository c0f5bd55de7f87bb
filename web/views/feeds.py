"""Outgoing feeds: any search as RSS, Atom or JSON Feed, read with a private token that can be revoked.

The token is the right, so nobody needs to sign in to read one. Answers carry an ETag and the time of their
newest entry, so that a reader who polls gets 304 while nothing changed.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from search import feed_tokens
from search.engine import EngineError, EngineUnavailable, IndexMissing
from search.models import FeedToken
from search.query import QueryError
from web import outgoing, refusals
from web.access import may, role
from web.state import State
from web.views import errors

FORMS = ("rss", "atom", "json")


@role("reader")
@require_http_methods(["GET", "POST"])
def feeds(request: HttpRequest) -> HttpResponse:
    """A person's feeds; a POST makes one and shows its addresses, this once."""
    user: Any = request.user
    given = request.POST if request.method == "POST" else request.GET
    state = State.of(given.dict())
    made: list[tuple[str, str]] = []
    problem = ""
    if request.method == "POST":
        try:
            _feed, token = feed_tokens.make(user, state.q)
        except QueryError as error:
            problem = refusals.said(str(error))
        else:
            made = [(form, outgoing.absolute(reverse("feed", args=[token, form]))) for form in FORMS]
    # An administrator sees that others have feeds and may end them, never what they ask.
    everyone = (
        FeedToken.objects.filter(revoked=None).exclude(user=user).select_related("user").order_by("-made")
    )
    shown = {
        "state": state,
        "asked": "q" in given,
        "made": made,
        "problem": problem,
        "feeds": user.feed_tokens.order_by("-made"),
        "others": everyone if may(user, "admin") else (),
    }
    return render(request, "web/search/feeds.html", shown, status=400 if problem else 200)


@role("reader")
@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    user: Any = request.user
    held = FeedToken.objects.all() if may(user, "admin") else FeedToken.objects.filter(user=user)
    feed_tokens.revoke(get_object_or_404(held, pk=number), actor=user.email)
    messages.success(request, _("The feed is revoked: its address no longer works."))
    return HttpResponseRedirect(reverse("feeds"))


def _unlogged(response: HttpResponse) -> HttpResponse:
    """Django logs the path of what goes wrong, and here the path is the secret."""
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


@role("anyone")
@require_safe
def read(request: HttpRequest, token: str, form: str) -> HttpResponse:
    """The feed itself. An unknown and a revoked token are answered alike."""
    now = timezone.now()
    feed = feed_tokens.read(token, now)
    if feed is None:
        return _unlogged(errors.missing(request))
    with override(feed.user.language):
        try:
            entries = outgoing.entries(feed.query, now)
            body, kind = outgoing.written(form, feed.query, entries, feed.user.language)
        except (QueryError, EngineError, EngineUnavailable, IndexMissing):
            # A reader keeps what it has and asks again.
            later = {"Retry-After": "300", "Cache-Control": "no-store"}
            return _unlogged(HttpResponse(status=503, headers=later))
    # Of the results, not of the bytes: an empty feed's bytes hold the time they were written.
    facts, _kind = outgoing.written("json", feed.query, entries, feed.user.language)
    etag = f'"{form}-{sha256(facts).hexdigest()[:32]}"'
    newest = max((entry.seen for entry in entries), default=None)
    known = get_conditional_response(request, etag, int(newest.timestamp()) if newest else None)
    if isinstance(known, HttpResponseNotModified):
        known.headers["ETag"] = etag
        known.headers["Cache-Control"] = "private, max-age=60"
        return known
    response = HttpResponse(body, content_type=kind)
    response.headers["ETag"] = etag
    if newest:
        response.headers["Last-Modified"] = http_date(newest.timestamp())
    response.headers["Cache-Control"] = "private, max-age=60"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
