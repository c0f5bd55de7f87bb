"""What the law asks to be said: how accessible the pages are, and whose data this is made of."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ingest.models import Source
from web.access import may, role


@role("anyone")
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "web/law/accessibility.html")


@role("anyone")
@require_GET
def attribution(request: HttpRequest) -> HttpResponse:
    """Lists that ship with this, and for readers the sources whose whole text is stored, by their terms."""
    full = Source.objects.none()
    if may(request.user, "reader"):
        full = Source.objects.filter(rights=Source.Rights.FULL).filter(~Q(kind=Source.Kind.CANARY))
    return render(request, "web/law/attribution.html", {"full": full.order_by("name")})
