"""Deliveries: what was sent, waits and failed, with the server's words; each message as it looks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from notify.models import Delivery
from web import deliveries
from web.access import role

PAGE = 50
#: A mail's own HTML: nothing runs, nothing loads, only our pages may frame it.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox allow-popups"
)


def _listed(request: HttpRequest, rows: QuerySet[Delivery], own: bool) -> HttpResponse:
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    address = request.GET.get("address", "").strip()
    if state in Delivery.State.values:
        rows = rows.filter(state=state)
    if kind in Delivery.Kind.values:
        rows = rows.filter(kind=kind)
    if address and not own:
        rows = rows.filter(address__icontains=address)
    # One that is made when it is sent has no subject yet; what it tells of names it.
    rows = rows.defer("text", "html").prefetch_related("alerts", "webhook_alerts", "digests")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "own": own,
        "state": state,
        "kind": kind,
        "address": address,
        "states": Delivery.State.values,
        "kinds": Delivery.Kind.values if not own else ["alert", "digest", "account", "notice"],
        "outbox": not settings.EMAIL_URL,
    }
    return render(request, "web/operator/deliveries.html", shown)


@role("admin")
@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """Everybody's."""
    return _listed(request, deliveries.visible(request.user), False)


@role("reader")
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """One's own messages."""
    return _listed(request, deliveries.visible(request.user, own=True), True)


@role("reader")
@require_GET
def delivery(request: HttpRequest, number: int) -> HttpResponse:
    """One message with what became of it, and as it would look."""
    row = get_object_or_404(deliveries.visible(request.user), pk=number)
    found = deliveries.look(row, request.user)
    user: Any = request.user
    shown = {
        "row": row,
        "look": found,
        "words": found.words,
        "own": row.user_id == user.pk,
        "subject": "" if deliveries.secret(row, user) else (found.words or row).subject,
        "outbox": not settings.EMAIL_URL,
    }
    return render(request, "web/operator/delivery.html", shown)


@role("reader")
@require_GET
def html(request: HttpRequest, number: int) -> HttpResponse:
    """The HTML part alone, for the frame."""
    row = get_object_or_404(deliveries.visible(request.user), pk=number)
    found = deliveries.look(row, request.user)
    if found.words is None or not found.words.html:
        raise Http404
    response = HttpResponse(found.words.html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
