"""Signing in: by password, by a one-time link; asking for a link; what waits after a session ended."""

from __future__ import annotations

import ipaddress
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import links, lockout, people
from accounts.audit import record
from accounts.models import OneTimeLink, User
from web import account_mail, kept
from web.access import role
from web.account_forms import Address, NewPassword, SignIn

_BACKEND = "django.contrib.auth.backends.ModelBackend"


def safe_next(request: HttpRequest, address: str) -> str:
    """`address` if it is a page of ours, else empty."""
    fits = address.startswith("/") and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if fits else ""


def origin(request: HttpRequest) -> str:
    """Where a request comes from; behind a trusted proxy the server has put the reader's address here.

    Of IPv6 the first 64 bits: one subscriber has all the rest to choose from (RFC 6177).
    """
    said = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ipaddress.ip_address(said.partition("%")[0])
    except ValueError:  # a socket without an address
        return said
    address = getattr(address, "ipv4_mapped", None) or address
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((int(address), 64), strict=False))


def _enter(request: HttpRequest, user: User, how: str, next_page: str = "") -> HttpResponse:
    """Begins the session under a new key and goes where one was, or to what waits to be sent again."""
    waits = request.session.get("kept")
    # A link from a mail leads back to where one was when asking for it, in the same browser.
    next_page = next_page or safe_next(request, request.session.pop("next", ""))
    login(request, user, backend=_BACKEND)
    if waits is not None:
        # Where somebody else's session stood before, Django empties it; what was typed in this browser stays.
        request.session["kept"] = waits
    record(user.email, "user.sign-in", user.email, origin="page", how=how)
    if kept.find(request.session) is not None:
        return HttpResponseRedirect(reverse("kept"))
    return HttpResponseRedirect(next_page or front())


def front() -> str:
    try:
        return reverse("home")
    except NoReverseMatch:  # an area that is not built yet
        return reverse("account")


@role("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    next_page = safe_next(request, request.POST.get("next", "") or request.GET.get("next", ""))
    if request.user.is_authenticated:
        return HttpResponseRedirect(next_page or front())
    form = SignIn(request.POST or None)
    wait: datetime | None = None
    refused = False
    if request.method == "POST" and form.is_valid():
        counted = {"address": form.cleaned_data["email"], "origin": origin(request)}
        wait = lockout.blocked(counted)
        if wait is None:
            user = _by_password(request, form, counted)
            if user is not None:
                return _enter(request, user, "password", next_page)
            refused = True
            wait = lockout.blocked(counted)
    return _page(request, form, next_page, wait=wait, refused=refused)


def _by_password(request: HttpRequest, form: SignIn, counted: dict[str, str]) -> User | None:
    email = form.cleaned_data["email"].strip().lower()
    noted = lockout.note(counted)
    user = authenticate(request, username=email, password=form.cleaned_data["password"])
    if isinstance(user, User):
        lockout.clear(noted, {"address": email})
        return user
    known = people.find(email)
    if known is not None:
        record("stranger", "user.sign-in", known.email, result="refused", origin="page", how="password")
    return None


def _page(request: HttpRequest, form: SignIn, next_page: str = "", **more: Any) -> HttpResponse:
    status = 429 if more.get("wait") else 422 if more.get("refused") or form.errors else 200
    context = {
        "form": form,
        "next": next_page,
        "waits": kept.find(request.session),
        "mails": bool(settings.EMAIL_URL),
        **more,
    }
    response = render(request, "web/account/sign_in.html", context, status=status)
    wait = more.get("wait")
    if wait:
        response["Retry-After"] = str(max(1, int((wait - datetime.now(wait.tzinfo)).total_seconds())))
    return response


def _ask(request: HttpRequest, purpose: str, template: str) -> HttpResponse:
    """A form that asks for an address and mails it a link; the answer is the same whoever asks."""
    form = Address(request.POST if request.method == "POST" else None)
    next_page = safe_next(request, request.POST.get("next", ""))
    context: dict[str, Any] = {"form": form, "mails": bool(settings.EMAIL_URL), "next": next_page}
    if request.method != "POST" or not form.is_valid():
        return render(request, template, context, status=422 if form.errors else 200)
    email = form.cleaned_data["email"].strip().lower()
    counted = {"mail": email, "mail-origin": origin(request)}
    wait = lockout.blocked(counted)
    if wait is not None:
        return render(request, template, context | {"wait": wait}, status=429)
    lockout.note(counted)
    if next_page:
        request.session["next"] = next_page
    user = people.find(email)
    if user is not None and user.is_active:
        with transaction.atomic():
            account_mail.send_link(user, purpose, links.make(user, purpose))
            record("stranger", "user.link", user.email, origin="page", purpose=purpose)
    return render(request, "web/account/asked.html", {**context, "email": email})


@role("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def ask_link(request: HttpRequest) -> HttpResponse:
    return _ask(request, OneTimeLink.Purpose.SIGN_IN, "web/account/ask_link.html")


@role("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def ask_reset(request: HttpRequest) -> HttpResponse:
    return _ask(request, OneTimeLink.Purpose.RESET, "web/account/ask_reset.html")


@role("anyone")
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """What a one-time link leads to. Looking uses nothing up: mail scanners look, only people press."""
    wait = lockout.blocked({"origin": origin(request)})
    found = links.find(token) if wait is None else None
    if found is None:
        if wait is None and request.method == "POST":
            lockout.note({"origin": origin(request)})
        return _unlogged(
            render(request, "web/account/link_over.html", {"wait": wait}, status=429 if wait else 410)
        )
    asks = found.purpose != OneTimeLink.Purpose.SIGN_IN
    form = NewPassword(found.user, request.POST if request.method == "POST" else None, old=False)
    context = {"link": found, "form": form if asks else None, "token": token}
    if request.method != "POST" or (asks and not form.is_valid()):
        status = 422 if asks and form.errors else 200
        return _unlogged(render(request, "web/account/link.html", context, status=status))
    with transaction.atomic():
        used = links.use(token)
        if used is not None and asks:
            people.set_password(used.user, form.cleaned_data["password"])
            account_mail.tell_password(used.user)
    if used is None:
        return _unlogged(render(request, "web/account/link_over.html", status=410))
    # Whoever has the mail is who they say; earlier guesses of others no longer slow them down.
    lockout.clear([], {"address": used.user.email})
    if request.user.is_authenticated and request.user != used.user:
        logout(request)
    return _enter(request, used.user, used.purpose)


def _unlogged(response: HttpResponse) -> HttpResponse:
    """Keeps Django from logging the refusal with its path, which holds a token that may still work."""
    response._has_been_logged = True  # type: ignore[attr-defined]  # what django.utils.log itself sets
    return response


@role("anyone")
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        record(request.user.email, "user.sign-out", request.user.email, origin="page")
    logout(request)
    return HttpResponseRedirect(reverse("sign-in"))


@role("reader")
@require_safe
def kept_page(request: HttpRequest) -> HttpResponse:
    """What was sent after the session had ended, with a button that sends it again."""
    found = kept.find(request.session)
    if found is None:
        return HttpResponseRedirect(front())
    return render(request, "web/account/kept.html", {"kept": found, "title": _("Not sent yet")})


@role("reader")
@require_POST
def kept_discard(request: HttpRequest) -> HttpResponse:
    kept.discard(request.session)
    return HttpResponseRedirect(front())


@role("anyone")
@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """A stranger's language and colours, kept in their browser."""
    response = HttpResponseRedirect(safe_next(request, request.POST.get("next", "")) or reverse("sign-in"))
    for name, allowed in (("language", ("nl", "en")), ("theme", ("", "light", "dark"))):
        chosen = request.POST.get(name, "none")
        if chosen in allowed:
            response.set_cookie(
                name,
                chosen,
                max_age=365 * 86_400,
                samesite="Lax",
                httponly=True,
                secure=bool(settings.SESSION_COOKIE_SECURE),
            )
    return response
