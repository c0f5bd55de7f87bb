"""The front page: by domain what is new since the reader last looked; and one domain by itself.

Looking is said, not guessed: only the button "seen" moves the mark, so that reloading a page or opening it
from a mail loses nothing. It moves to when the page was made: what came in meanwhile stays new.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.audit import record
from crawlers import coverage
from ingest.judge import taxonomy
from notify.canary import proof
from notify.models import Alert
from web import overview as figures
from web.access import role
from web.rows import rows
from web.templatetags.signal_tags import language

_ALERTS = 5
_PAGE = 20
#: Earlier signals shown where nothing is new.
_EARLIER = 10


@role("reader")
def overview(request: HttpRequest) -> HttpResponse:
    now, user = timezone.now(), _user(request)
    covered = coverage.overview(now)
    shown = figures.overview(user.pk, covered, now)
    alerts = Alert.objects.filter(subscription__user=user.pk, subscription__deleted=None)
    context = {
        "rows": shown.rows,
        "new": shown.new,
        "first": not any(row.looked for row in shown.rows),
        "until": now.isoformat(),
        "everything": covered.groups[0],
        "alerts": alerts.select_related("subscription").order_by("-at", "-pk")[:_ALERTS],
        "canary": proof(now),
    }
    return render(request, "web/home/overview.html", context)


@role("reader")
def domain(request: HttpRequest, domain: str) -> HttpResponse:
    if domain not in taxonomy.load().ids:
        raise Http404(domain)
    now, user = timezone.now(), _user(request)
    since, looked = figures.looks(user.pk, now)[domain]
    new = figures.ranked(domain, since)
    pages = Paginator(new.ids, _PAGE).get_page(request.GET.get("page"))
    earlier = (
        figures.of_domain(domain)
        .filter(seen__lte=since)
        .order_by("-seen", "-pk")
        .values_list("pk", flat=True)
    )
    [covered] = coverage.coverage([domain], now=now).groups
    context = {
        "domain_id": domain,
        "since": since,
        "looked": looked,
        "new": new,
        "page": pages,
        "signals": rows(list(pages.object_list), viewer=user),
        "earlier": rows(list(earlier[:_EARLIER]), viewer=user)
        if pages.number == pages.paginator.num_pages
        else [],
        "threats": figures.threats(domain, since),
        "covered": covered,
        "definition": _definition(domain),
        "until": now.isoformat(),
        "subscribe": _address("subscription-new", f"?domain={domain}"),
    }
    return render(request, "web/home/domain.html", context)


@role("reader")
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Marks one domain (`domain`), or all, as looked at until the moment `until` that its page was made."""
    user, known = _user(request), taxonomy.load().ids
    asked = request.POST.get("domain", "")
    if asked and asked not in known:
        raise Http404(asked)
    figures.look(user.pk, (asked,) if asked else known, _until(request.POST.get("until", "")))
    record(user.email, "domain.seen", asked or "all domains", origin="page")
    messages.success(request, _("Noted. What comes from now on is new."))
    return HttpResponseRedirect(reverse("domain", args=[asked]) if asked else reverse("home"))


def _until(written: str) -> datetime:
    """The moment written in the form; now where it is none, or lies ahead."""
    now = timezone.now()
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        return now
    return min(read, now) if timezone.is_aware(read) else now


def _user(request: HttpRequest) -> Any:
    return request.user


def _definition(domain: str) -> str:
    """What the domain is, in the reader's language."""
    said = taxonomy.load().domain(domain).about.get("definition", {})
    return str(said.get(language(), "")) if isinstance(said, dict) else str(said)


def _address(name: str, query: str) -> str:
    try:
        return reverse(name) + query
    except NoReverseMatch:  # an area that is not there
        return ""
