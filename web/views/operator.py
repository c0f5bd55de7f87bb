"""The operator's page: queues, stages, quarantine, index, mail, canary; re-driving and lifting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from config.celery import send
from ingest import quarantine
from notify import suspending
from notify.models import Webhook
from web import operating
from web.access import role
from web.numbers import number


@role("admin")
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    return render(request, "web/operator/overview.html", operating.overview())


@role("admin")
@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """Drives quarantined things again: the one that is named, or all."""
    user: Any = request.user
    key = request.POST.get("key", "")
    keys = [each.key for each in quarantine.listing()] if key == "all" else [key]
    done = sum(quarantine.retry(each, user.email) for each in keys)
    if done:
        send("tasks.sequence", once=True)
        words = ngettext("%(number)s is driven again.", "%(number)s are driven again.", done)
        messages.success(request, words % {"number": done})
    else:
        messages.error(request, _("It is no longer in quarantine."))
    return HttpResponseRedirect(reverse("operator") + "#quarantine")


@role("admin")
@require_POST
def lift(request: HttpRequest) -> HttpResponse:
    """An address or webhook gets messages again."""
    user: Any = request.user
    person, hook = number(request.POST.get("user", "")), number(request.POST.get("webhook", ""))
    lifted = False
    if person is not None:
        lifted = suspending.lift_address(get_object_or_404(User, pk=person), user.email)
    elif hook is not None:
        lifted = suspending.lift_webhook(get_object_or_404(Webhook, pk=hook), user.email)
    if lifted:
        messages.success(request, _("It gets messages again. What was not sent meanwhile stays unsent."))
    else:
        messages.error(request, _("It was not suspended."))
    return HttpResponseRedirect(reverse("operator") + "#suspended")
