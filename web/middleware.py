"""What holds for every page: security headers, the person's language and zone, and who may see what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation

from web.access import may

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
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if request.is_secure():
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if "Cache-Control" not in response.headers and not request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store"
        return response


class Person:
    """Speaks the person's language and shows their time zone; a stranger's browser says its language."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        language = user.language if user.is_authenticated else _asked(request)
        zone = user.time_zone if user.is_authenticated else "Europe/Amsterdam"
        with translation.override(language), timezone.override(ZoneInfo(zone)):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def _asked(request: HttpRequest) -> str:
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

        needed = getattr(view, "role", None)
        if needed is None:
            return errors.forbidden(request)
        if may(request.user, needed):
            return None
        if request.user.is_authenticated:
            return errors.forbidden(request)
        return to_sign_in(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Off to sign in, and back to where one was."""
    here = request.get_full_path() if request.method == "GET" else request.headers.get("Referer", "")
    address = f"{reverse('sign-in')}?{urlencode({'next': here})}" if here else reverse("sign-in")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
