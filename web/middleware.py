"""What holds for every page: security headers, the person's language and zone, and who may see what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation

from accounts import lockout, sessions
from web import kept
from web.access import may

#: How often a session in use is noted as such.
SEEN_SECONDS = 300

Answer = Callable[[HttpRequest], HttpResponse]

#: Nothing is loaded from elsewhere, nothing inline runs. A mail preview is a frame of our own.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Headers:
    """Security headers, on every answer that does not bring its own."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _own_origin(request)
        response = _bad(request) if _has_nul(request) else self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if request.is_secure():
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if "Cache-Control" not in response.headers and not request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store"
        return response


def _own_origin(request: HttpRequest) -> None:
    """Says for a form what `no-referrer` keeps a browser from saying: that it comes from a page of ours.

    Under that policy browsers send `Origin: null` with a form (Fetch Standard, "append a request Origin
    header"), which Django refuses. `Sec-Fetch-Site` no page can forge (Fetch Metadata, forbidden header
    name). Over plain HTTP to another machine browsers send neither; there the form's token decides alone,
    as it does for Django where no Origin comes.
    """
    if request.META.get("HTTP_ORIGIN") != "null":
        return
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    if site == "same-origin":
        request.META["HTTP_ORIGIN"] = f"{request.scheme}://{request.META.get('HTTP_HOST', '')}"
    elif site is None and not request.is_secure():
        del request.META["HTTP_ORIGIN"]


def _has_nul(request: HttpRequest) -> bool:
    """Whether address or cookies hold a NUL: nobody types one, and PostgreSQL refuses to look for it."""
    query = str(request.META.get("QUERY_STRING", ""))
    texts = (request.path, query, *request.COOKIES.values())
    return "%00" in query or any("\x00" in text for text in texts)


def _bad(request: HttpRequest) -> HttpResponse:
    from web.views import errors

    return errors.bad(request)


class Person:
    """Speaks the person's language and shows their time zone; a stranger's browser says its language.

    Ends sessions whose person got another role, and keeps alive those that are used.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and sessions.stale(request.session, request.user):
            logout(request)
        user: Any = request.user
        if user.is_authenticated:
            _keep_alive(request)
        language = user.language if user.is_authenticated else asked(request)
        with translation.override(language), timezone.override(_zone(user)):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            if response.status_code == 405 and request.method == "GET":
                response = _form_only(request, response["Allow"])
        response.headers.setdefault("Content-Language", language)
        return response


def _form_only(request: HttpRequest, allow: str) -> HttpResponse:
    from web.views import errors

    return errors.form_only(request, allow)


def _zone(user: Any) -> ZoneInfo:
    name = user.time_zone if user.is_authenticated else "Europe/Amsterdam"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):  # a zone that this machine's data does not have (any more)
        return ZoneInfo("UTC")


def _keep_alive(request: HttpRequest) -> None:
    """A session ends SESSION_COOKIE_AGE after its last use; noting every use would write on every read."""
    now = int(timezone.now().timestamp())
    if now - request.session.get("seen", 0) >= SEEN_SECONDS:
        request.session["seen"] = now


def asked(request: HttpRequest) -> str:
    """The language of somebody who is not signed in: the one they chose, else their browser's."""
    chosen = request.COOKIES.get("language", "")
    return chosen if chosen in ("nl", "en") else translation.get_language_from_request(request)[:2]


class Roles:
    """Lets a request through where the view's role allows it; else sign-in first, or a plain refusal."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponse | None:
        from web.views import errors

        if request.method == "POST" and any(
            "\x00" in text for _name, sent in request.POST.lists() for text in sent
        ):
            return _bad(request)
        needed = getattr(view, "role", None)
        if needed is None:
            return errors.forbidden(request)
        if may(request.user, needed):
            if request.method == "POST" and request.user.is_authenticated:
                kept.sent(request)
            return None
        if request.user.is_authenticated:
            return errors.forbidden(request)
        return to_sign_in(request)


def _page_of(address: str) -> str:
    """Path and query of a page's address; empty where it is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return urlunsplit(("", "", parts.path, parts.query, ""))


def _keep(request: HttpRequest) -> None:
    """Keeps what was typed. From one place only so much: a stranger is not to fill the store."""
    from web.views.sign_in import origin

    counted = {"kept": origin(request)}
    if not lockout.blocked(counted):
        lockout.note(counted)
        kept.keep(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Off to sign in, and back to where one was. What was typed into a form waits there."""
    here = ""
    if request.method == "GET":
        here = request.get_full_path()
    elif request.method == "POST":
        _keep(request)
    if request.headers.get("HX-Request"):
        # The part of a page that was asked for is no place to come back to; the page is.
        here = _page_of(request.headers.get("HX-Current-URL", ""))
    address = f"{reverse('sign-in')}?{urlencode({'next': here})}" if here else reverse("sign-in")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
