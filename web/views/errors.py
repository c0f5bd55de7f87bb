"""Pages for what went wrong: what is so, and what to do."""

from __future__ import annotations

import sys
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
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


def form_only(request: HttpRequest, allow: str) -> HttpResponse:
    """A form's address opened by itself: from the address bar, or out of a history."""
    title = _("This address only takes what a form sends.")
    remedy = _("Nothing was changed. Choose a page above, or go back to the form.")
    response = _page(request, 405, title, remedy)
    response["Allow"] = allow
    return response


def missing(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page(request, 404, _("There is no such page."), _("It may have been removed after its time."))


def broken(request: HttpRequest) -> HttpResponse:
    """What failed here. Where it is the store that fails, a page that asks nothing of it."""
    if isinstance(sys.exc_info()[1], DatabaseError | InterfaceError):
        return _bare(
            request,
            503,
            _("The store does not answer."),
            _("Until it does nothing can be shown or changed; what was stored is kept. Try again soon."),
        )
    title = _("Something failed here.")
    remedy = _("It has been logged. Try again; if it stays, tell the operator what you did.")
    try:
        return _page(request, 500, title, remedy)
    except (DatabaseError, InterfaceError):
        return _bare(request, 500, title, remedy)


def _bare(request: HttpRequest, status: int, title: str, remedy: str) -> HttpResponse:
    """The page without anything that has to be looked up: no navigation, no person."""
    text = render_to_string("web/error.html", {"title": title, "remedy": remedy})
    response = HttpResponse(text, status=status)
    if status == 503:
        response["Retry-After"] = "60"
    return response
