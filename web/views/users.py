"""The users, for administrators: invite by link, role, language, zone, access, a suspended address."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import links, people
from accounts.audit import record
from accounts.models import OneTimeLink, User
from notify.models import Reader
from web import account_mail
from web.access import role
from web.account_forms import Known, Person


def _actor(request: HttpRequest) -> str:
    return cast(User, request.user).email


def _said(error: people.PeopleError) -> tuple[str, str]:
    """(field, what a person reads) of a change that cannot be made."""
    return {
        "address": ("email", _("This is no e-mail address; write it as name@example.org.")),
        "taken": ("email", _("This address has an account already.")),
        "last": ("", _("This is the last administrator. Make somebody else one first.")),
        "role": ("role", _("Choose one of the roles.")),
        "language": ("language", _("Choose one of the languages.")),
        "zone": ("time_zone", _("Choose one of the time zones.")),
    }[error.code]


def _list(request: HttpRequest, form: Person, status: int = 200, **more: Any) -> HttpResponse:
    held = {reader.user_id: reader for reader in Reader.objects.exclude(suspended=None)}
    invited = set(OneTimeLink.objects.filter(purpose="invite", used=None).values_list("user", flat=True))
    rows = [
        {"user": user, "reader": held.get(user.pk), "invited": user.pk in invited}
        for user in User.objects.order_by("-is_active", "email")
    ]
    return render(request, "web/account/users.html", {"form": form, "rows": rows, **more}, status=status)


def _mail(user: User, purpose: str, token: str) -> dict[str, Any]:
    """Mails the link, and what the page then shows once."""
    account_mail.send_link(user, purpose, token)
    return {"address": account_mail.address(token), "for": user, "mails": bool(settings.EMAIL_URL)}


@role("admin")
@require_safe
def users(request: HttpRequest) -> HttpResponse:
    return _list(request, Person())


@role("admin")
@require_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Makes the account and shows its link once, in this answer: it is stored nowhere it could be read."""
    form = Person(request.POST)
    if not form.is_valid():
        return _list(request, form, 422)
    values = dict(form.cleaned_data)
    try:
        with transaction.atomic():
            user, token = people.invite(values.pop("email"), _actor(request), origin="page", **values)
            made = _mail(user, OneTimeLink.Purpose.INVITE, token)
    except people.PeopleError as error:
        field, said = _said(error)
        form.add_error(field or None, said)
        return _list(request, form, 422)
    return _list(request, Person(), made=made)


def _one(request: HttpRequest, user: User, form: Known, status: int = 200, **more: Any) -> HttpResponse:
    reader = Reader.objects.filter(user=user).first()
    context = {"person": user, "form": form, "reader": reader, **more}
    return render(request, "web/account/user.html", context, status=status)


def _form(user: User) -> Known:
    names = ("email", "role", "language", "time_zone", "is_active")
    return Known(initial={name: getattr(user, name) for name in names})


@role("admin")
@require_http_methods(["GET", "HEAD", "POST"])
def user(request: HttpRequest, user_id: int) -> HttpResponse:
    person = get_object_or_404(User, pk=user_id)
    if request.method != "POST":
        return _one(request, person, _form(person))
    form = Known(request.POST)
    if not form.is_valid():
        return _one(request, person, form, 422)
    try:
        changed = people.change(person, _actor(request), origin="page", **form.cleaned_data)
    except people.PeopleError as error:
        field, said = _said(error)
        form.add_error(field or None, said)
        return _one(request, person, form, 422)
    if changed:
        messages.success(
            request, _("%(email)s: the change is stored.") % {"email": form.cleaned_data["email"]}
        )
    return HttpResponseRedirect(reverse("users"))


@role("admin")
@require_POST
def link(request: HttpRequest, user_id: int) -> HttpResponse:
    """A new link to choose a password: somebody lost theirs, or the invitation's time is over."""
    person = get_object_or_404(User, pk=user_id)
    if not person.is_active:
        messages.error(request, _("This account may not sign in; allow that first."))
        return HttpResponseRedirect(reverse("user", args=[person.pk]))
    purpose = OneTimeLink.Purpose.RESET if person.last_login else OneTimeLink.Purpose.INVITE
    with transaction.atomic():
        token = links.make(person, purpose)
        record(_actor(request), "user.link", person.email, origin="page", purpose=purpose)
        made = _mail(person, purpose, token)
    return _one(request, person, _form(person), made=made)


@role("admin")
@require_POST
def lift(request: HttpRequest, user_id: int) -> HttpResponse:
    """Mail goes to the address again."""
    from notify.suspending import lift_address

    person = get_object_or_404(User, pk=user_id)
    if lift_address(person, _actor(request)):
        messages.success(request, _("%(email)s gets mail again.") % {"email": person.email})
    return HttpResponseRedirect(reverse("user", args=[person.pk]))
