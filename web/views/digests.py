"""A reader's digests: the list, each by its permalink, what the next would say, and feedback on its lines."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from notify import digest as digests
from notify.digest.making import UNREADABLE, hour
from notify.models import Digest, Reader
from web import digesting
from web.access import role
from web.numbers import number as number_of

PAGE = 31


def _language() -> str:
    return (get_language() or "nl")[:2]


@role("reader")
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """One's own, the newest first."""
    user: Any = request.user
    rows = Digest.objects.filter(user=user).select_related("delivery")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    reader = Reader.objects.filter(user=user).first()
    shown = {
        "page": page,
        "digests": [digesting.Shown(row, digesting.content_of(row)) for row in page],
        "wanted": reader is None or reader.digest,
        "suspended": reader.suspended if reader is not None else None,
        "hour": hour(user),
    }
    return render(request, "web/digests/list.html", shown)


@role("reader")
@require_GET
def page(request: HttpRequest, number: int) -> HttpResponse:
    """What the mail said, with buttons to say what one thought of each line."""
    user: Any = request.user
    row = get_object_or_404(Digest, pk=number, user=user)
    content = digesting.content_of(row)
    if content is None:
        later = Digest.objects.filter(user=user, date__gt=row.date).exclude(state=Digest.State.ROLLED)
        known = {"row": row, "later": later.order_by("date").first()}
        return render(request, "web/digests/rolled.html", known)
    shown = digesting.said(content, _language(), row.pk)
    shown |= {"row": row, "given": digesting.verdicts(row), "verdicts": digesting.VERDICTS}
    return render(request, "web/digests/page.html", shown)


@role("reader")
@require_GET
def preview(request: HttpRequest) -> HttpResponse:
    """What one's digest would say if it were made now."""
    user: Any = request.user
    try:
        content = digests.preview(user)
    except UNREADABLE as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        return render(request, "web/digests/preview_down.html", {"reason": reason}, status=503)
    shown = digesting.said(content, _language())
    return render(request, "web/digests/page.html", shown)


@role("reader")
@require_POST
def feedback(request: HttpRequest, number: int) -> HttpResponse:
    user: Any = request.user
    row = get_object_or_404(Digest, pk=number, user=user)
    text, verdict = request.POST.get("signal", ""), request.POST.get("verdict", "")
    signal = number_of(text) or 0
    if not digesting.judge(row, signal, verdict, user.email):
        messages.error(request, _("That line is not in this digest."))
    return HttpResponseRedirect(reverse("digest", args=[row.pk]) + (f"#signal-{signal}" if signal else ""))
