"""Pages for what went wrong: what is so, and what to do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def _page(request: HttpRequest, status: int, title: str, remedy: str) -> HttpResponse:
    return render(request, "web/error.html", {"title": title, "remedy": remedy}, status=status)


def bad(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page(request, 400, _("This request cannot be read."), _("Go back and try again."))


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page(
        request,
        403,
        _("Your role does not allow this."),
        _("An administrator can change your role."),
    )


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request,
        403,
        _("This form is no longer valid."),
        _("Go back, reload the page and send it again; what you typed is still there."),
    )


def missing(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page(request, 404, _("There is no such page."), _("It may have been removed after its time."))


def broken(request: HttpRequest) -> HttpResponse:
    return _page(
        request,
        500,
        _("Something failed here."),
        _("It has been logged. Try again; if it stays, tell the operator what you did."),
    )
