"""One's own account: language, zone, colours, digest, password, sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import lockout, people, sessions
from accounts.audit import record
from accounts.models import User
from notify.models import Reader
from web import account_mail
from web.access import role
from web.account_forms import NewPassword, Settings


def _me(request: HttpRequest) -> User:
    return cast(User, request.user)


def _show(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    user = _me(request)
    reader, _made = Reader.objects.get_or_create(user=user)
    held = {
        "language": user.language,
        "time_zone": user.time_zone,
        "theme": user.theme,
        "digest": reader.digest,
        "digest_hour": reader.digest_hour,
    }
    context = {
        "form": Settings(initial=held),
        "password_form": NewPassword(user, old=user.has_usable_password()),
        "reader": reader,
        **more,
    }
    return render(request, "web/account/account.html", context, status=status)


@role("reader")
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _show(request)
    form = Settings(request.POST)
    if not form.is_valid():
        return _show(request, 422, form=form)
    user, values = _me(request), form.cleaned_data
    with transaction.atomic():
        for name in ("language", "time_zone", "theme"):
            setattr(user, name, values[name])
        user.save(update_fields=["language", "time_zone", "theme"])
        Reader.objects.update_or_create(
            user=user, defaults={"digest": values["digest"], "digest_hour": values["digest_hour"]}
        )
        record(user.email, "user.settings", user.email, origin="page", **values)
    with translation.override(user.language):
        messages.success(request, _("Your settings are stored."))
    return HttpResponseRedirect(reverse("account"))


@role("reader")
@require_POST
def password(request: HttpRequest) -> HttpResponse:
    user = _me(request)
    form = NewPassword(user, request.POST, old=user.has_usable_password())
    wait: datetime | None = lockout.blocked({"address": user.email})
    if wait is None and form.is_valid():
        if _right(user, form):
            with transaction.atomic():
                people.set_password(user, form.cleaned_data["password"])
                sessions.end(user, request.session.session_key)
                account_mail.tell_password(user)
            update_session_auth_hash(request, user)
            messages.success(request, _("Your password was changed. All other sessions ended."))
            return HttpResponseRedirect(reverse("account"))
        form.add_error("old", _("This is not your current password."))
        wait = lockout.blocked({"address": user.email})
    return _show(request, 429 if wait else 422, password_form=form, wait=wait)


def _right(user: User, form: NewPassword) -> bool:
    """Whether the old password is right, or there is none yet. A wrong one counts as a failed sign-in."""
    if not user.has_usable_password():
        return True
    noted = lockout.note({"address": user.email})
    if not user.check_password(form.cleaned_data["old"]):
        return False
    lockout.clear(noted, {"address": user.email})
    return True


@role("reader")
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Signs out everywhere else; here one stays."""
    user = _me(request)
    ended = sessions.end(user, request.session.session_key)
    record(user.email, "user.sessions", user.email, origin="page", ended=ended)
    messages.success(request, _("All other sessions ended. Here you stay signed in."))
    return HttpResponseRedirect(reverse("account"))
