"""A reader's webhooks: add one (its secret is shown once), test it, switch it, delete it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from crawlers.decide import hosts
from notify import suspending, webhook
from notify.mail.make import event_id
from notify.mail.transport import Result
from notify.models import Webhook
from web.access import role
from web.turns import turn

MOST = 10


def _own(request: HttpRequest, number: int) -> Webhook:
    user: Any = request.user
    return get_object_or_404(Webhook, pk=number, user=user)


def problem(url: str) -> str:
    """Why alerts cannot be posted to the address; empty where they can."""
    if len(url) > 2000:
        return _("The address is longer than 2000 characters.")
    if hosts.fetchable(url):
        return _("Write a whole address that begins with https://, such as https://example.org/alerts.")
    return ""


def _listed(request: HttpRequest, status: int = 200, **shown: Any) -> HttpResponse:
    user: Any = request.user
    shown["webhooks"] = user.webhooks.order_by("pk").prefetch_related("subscriptions")
    return render(request, "web/subscriptions/webhooks.html", shown, status=status)


@role("reader")
@require_http_methods(["GET", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    """The list; a POST adds one and shows its secret, this once."""
    user: Any = request.user
    if request.method != "POST":
        return _listed(request)
    url = request.POST.get("url", "").strip()
    wrong = problem(url)
    if not wrong and user.webhooks.count() >= MOST:
        wrong = _("You have ten webhooks. Delete one first.")
    if wrong:
        return _listed(request, 400, url=url, problem=wrong)
    made = Webhook.objects.create(user=user, url=url, secret=webhook.new_secret())
    audit.record(user.email, "webhook.add", f"webhook-{made.pk}", origin="page")
    return _listed(request, fresh=made)


@role("reader")
@require_POST
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """Another address, or switched on again after it was suspended."""
    user: Any = request.user
    hook = _own(request, number)
    if "lift" in request.POST:
        suspending.lift_webhook(hook, user.email)
        messages.success(request, _("Alerts are posted to it again."))
        return HttpResponseRedirect(reverse("webhooks"))
    url = request.POST.get("url", "").strip()
    if wrong := problem(url):
        return _listed(request, 400, changed=hook.pk, changed_url=url, changed_problem=wrong)
    if url != hook.url:
        hook.url = url
        hook.save(update_fields=["url"])
        audit.record(user.email, "webhook.edit", f"webhook-{hook.pk}", origin="page")
        messages.success(request, _("The address is changed; the secret stays the same."))
    return HttpResponseRedirect(reverse("webhooks"))


@role("reader")
@require_POST
def test(request: HttpRequest, number: int) -> HttpResponse:
    """Posts one signed test event now and says what came back."""
    user: Any = request.user
    hook = _own(request, number)
    now, event = timezone.now(), event_id()
    content = webhook.body(event, "test", now, {"said": "a test from horizonscan"})
    with turn() as free:
        if not free:
            messages.error(request, _("Other tests are running. Try again in a moment."))
            return HttpResponseRedirect(reverse("webhooks"))
        outcome = webhook.send(hook.url, hook.secret, event, content, now)
    audit.record(user.email, "webhook.test", f"webhook-{hook.pk}", origin="page", result=outcome.result.value)
    if outcome.result is Result.SENT:
        messages.success(request, _("The test arrived. The answer was: %(said)s") % {"said": outcome.said})
    else:
        messages.error(request, _("The test did not arrive: %(said)s") % {"said": outcome.said})
    return HttpResponseRedirect(reverse("webhooks"))


@role("reader")
@require_POST
def delete(request: HttpRequest, number: int) -> HttpResponse:
    """Gone with its secret; subscriptions that told it alone go by mail from now on."""
    user: Any = request.user
    hook = _own(request, number)
    moved = hook.subscriptions.filter(by_mail=False).update(by_mail=True, changed=timezone.now())
    audit.record(user.email, "webhook.delete", f"webhook-{hook.pk}", origin="page", moved=moved)
    hook.delete()
    words = _("The webhook is deleted. Subscriptions that went only there now go by mail.")
    messages.success(request, words if moved else _("The webhook is deleted."))
    return HttpResponseRedirect(reverse("webhooks"))
