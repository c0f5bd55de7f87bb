"""Subscriptions: the list, the sentence that is a form, pausing, muting, deleting and taking back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from ingest.models import Signal
from notify import changing
from notify.changing import SubscriptionError
from notify.models import Alert, Subscription
from web import numbers, subscribing
from web.access import may, role
from web.subscribing import Typed

#: Alerts that a subscription's page shows.
HISTORY = 50


def _own(request: HttpRequest, number: int, *, deleted: bool = False) -> Subscription:
    user: Any = request.user
    found = get_object_or_404(Subscription.objects.select_related("webhook"), pk=number, user=user)
    if found.deleted and not deleted:
        raise Http404
    return found


def _listed(request: HttpRequest, owner: Any) -> HttpResponse:
    held = Subscription.objects.filter(user=owner).select_related("webhook")
    told = Alert.objects.filter(subscription__in=held).order_by().values("subscription")
    newest = Alert.objects.in_bulk(told.annotate(newest=Max("pk")).values_list("newest", flat=True))
    last = {alert.subscription_id: alert for alert in newest.values()}
    rows = [(row, last.get(row.pk)) for row in held if not row.deleted]
    gone = [row for row in held if row.deleted]
    shown = {"rows": rows, "gone": gone, "owner": owner, "own": owner == request.user}
    shown["suspended"] = getattr(owner, "reader", None)
    return render(request, "web/subscriptions/list.html", shown)


@role("reader")
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """One's own."""
    return _listed(request, request.user)


@role("admin")
@require_GET
def of(request: HttpRequest, user_id: int) -> HttpResponse:
    """Somebody else's, to look at."""
    return _listed(request, get_object_or_404(User, pk=user_id))


def _form(
    request: HttpRequest,
    typed: Typed,
    row: Subscription | None,
    refused: subscribing.Refusal | None = None,
) -> HttpResponse:
    user: Any = request.user
    shown = {
        "typed": typed,
        "row": row,
        "own": True,
        "refused": refused,
        "outlook": subscribing.Outlook(refused=refused) if refused else subscribing.outlook(typed, user, row),
        "webhooks": user.webhooks.all(),
        "alerts": _history(row),
        "muted_signals": _muted(row),
        **subscribing.choices(typed),
    }
    return render(request, "web/subscriptions/form.html", shown, status=400 if refused else 200)


def _muted(row: Subscription | None) -> list[tuple[int, str, str]]:
    """(id, title, language) of the signals whose groups are muted; those that are gone without a title."""
    if row is None:
        return []
    held = Signal.objects.only("title", "language").in_bulk(row.muted_groups)
    found = [(number, held.get(number)) for number in row.muted_groups]
    return [(number, s.title if s else "", s.language if s else "") for number, s in found]


def _history(row: Subscription | None) -> list[Alert]:
    if row is None:
        return []
    found = Alert.objects.filter(subscription=row).select_related("signal", "delivery")
    return list(found.order_by("-at", "-pk")[:HISTORY])


@role("reader")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form, filled from the address; a POST makes the subscription, or with `look` only says what it
    would have told."""
    user: Any = request.user
    if request.method != "POST":
        return _form(request, Typed.searched(request.GET), None)
    typed = Typed.of(request.POST)
    if "look" in request.POST:
        return _form(request, typed, None)
    try:
        made = changing.add(user, actor=user.email, **typed.values(user))
    except SubscriptionError as error:
        return _form(request, typed, None, subscribing.refusal(typed, error))
    messages.success(request, _("You are subscribed: what comes in from now on is told."))
    return HttpResponseRedirect(reverse("subscription", args=[made.pk]))


@role("reader")
@require_POST
def outlook(request: HttpRequest) -> HttpResponse:
    """The part of the form's page that says what it would have told."""
    user: Any = request.user
    typed = Typed.of(request.POST)
    number = numbers.number(request.POST.get("row", ""))
    row = Subscription.objects.filter(pk=number, user=user).first() if number is not None else None
    found = subscribing.outlook(typed, user, row)
    return render(request, "web/subscriptions/outlook.html", {"outlook": found, "typed": typed})


@role("reader")
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, number: int) -> HttpResponse:
    """One subscription: the form to change it, its mutes, what it told. Administrators may look."""
    user: Any = request.user
    row = get_object_or_404(Subscription.objects.select_related("user", "webhook"), pk=number)
    if row.user_id != user.pk and not may(user, "admin"):
        raise Http404
    if row.deleted or row.user_id != user.pk:
        if request.method == "POST":
            raise Http404
        shown = {"row": row, "own": row.user_id == user.pk, "alerts": _history(row)}
        return render(request, "web/subscriptions/shown.html", shown)
    if request.method != "POST":
        return _form(request, Typed.standing(row), row)
    typed = Typed.of(request.POST)
    if "look" in request.POST:
        return _form(request, typed, row)
    try:
        changed = changing.edit(row, actor=user.email, **typed.values(user))
    except SubscriptionError as error:
        return _form(request, typed, row, subscribing.refusal(typed, error))
    messages.success(request, _("Changed.") if changed else _("Nothing was different."))
    return HttpResponseRedirect(reverse("subscription", args=[row.pk]))


@role("reader")
@require_http_methods(["GET", "POST"])
def mute(request: HttpRequest, number: int) -> HttpResponse:
    """Asks what to mute (from a link in a mail too), and does it when posted."""
    user: Any = request.user
    row = _own(request, number)
    given = request.POST if request.method == "POST" else request.GET
    named = numbers.number(given.get("signal", "")) or 0
    signal = Signal.objects.filter(pk=named).select_related("source").first()
    source = given.get("source", "")
    if request.method != "POST":
        slug = source or (signal.source.slug if signal is not None else "")
        return render(
            request, "web/subscriptions/mute.html", {"row": row, "signal": signal, "source_slug": slug}
        )
    group = 0 if source or signal is None else signal.pk
    try:
        did = changing.mute(row, actor=user.email, source=source, group=group)
    except SubscriptionError:
        shown = {"row": row, "signal": signal, "source_slug": source, "typed": source, "unknown": True}
        return render(request, "web/subscriptions/mute.html", shown, status=400)
    messages.success(request, _("Muted. It is listed below and can be taken back.") if did else _("It was."))
    return HttpResponseRedirect(reverse("subscription", args=[row.pk]) + "#muted")


@role("reader")
@require_POST
def unmute(request: HttpRequest, number: int) -> HttpResponse:
    user: Any = request.user
    row = _own(request, number)
    group = numbers.number(request.POST.get("signal", "")) or 0
    source = "" if group else request.POST.get("source", "")
    if (source or group) and changing.unmute(row, actor=user.email, source=source, group=group):
        messages.success(request, _("It is told again."))
    return HttpResponseRedirect(reverse("subscription", args=[row.pk]) + "#muted")


def _back(request: HttpRequest, row: Subscription) -> HttpResponse:
    there = reverse("subscription", args=[row.pk])
    stay = request.POST.get("stay") == "1" and not row.deleted
    return HttpResponseRedirect(there if stay else reverse("subscriptions"))


@role("reader")
@require_POST
def pause(request: HttpRequest, number: int) -> HttpResponse:
    user: Any = request.user
    row = _own(request, number)
    changing.pause(row, actor=user.email)
    messages.success(request, _("Paused: nothing is told until you resume it."))
    return _back(request, row)


@role("reader")
@require_POST
def resume(request: HttpRequest, number: int) -> HttpResponse:
    user: Any = request.user
    row = _own(request, number)
    changing.resume(row, actor=user.email)
    messages.success(request, _("Resumed: what comes in from now on is told."))
    return _back(request, row)


@role("reader")
@require_POST
def delete(request: HttpRequest, number: int) -> HttpResponse:
    user: Any = request.user
    row = _own(request, number)
    changing.delete(row, actor=user.email)
    messages.success(request, _("Deleted. Under “Deleted” on this page it can be taken back."))
    return _back(request, row)


@role("reader")
@require_POST
def restore(request: HttpRequest, number: int) -> HttpResponse:
    """Takes a deletion back. What came in meanwhile is not told."""
    user: Any = request.user
    row = _own(request, number, deleted=True)
    if changing.restore(row, actor=user.email):
        messages.success(request, _("It is back: what comes in from now on is told."))
    return _back(request, row)
