"""What every page shows: navigation, theme, banner, the last proof of the canary."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notify import canary
from web.access import may

#: (URL name, word, least role, letter that follows `g`)
PAGES = (
    ("home", _("Overview"), "reader", "h"),
    ("search", _("Search"), "reader", "z"),
    ("subscriptions", _("Subscriptions"), "reader", "a"),
    ("digests", _("Digest"), "reader", "d"),
    ("sources", _("Sources"), "reader", "b"),
    ("operator", _("Operator"), "admin", "o"),
    ("users", _("Users"), "admin", "u"),
)


def page(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    shown = []
    for name, word, role, letter in PAGES:
        if user is None or not may(user, role):
            continue
        address = reverse(name)
        here = request.path == address or (
            request.path.startswith(address.rstrip("/") + "/") and address != "/"
        )
        shown.append({"url": address, "word": word, "here": here, "letter": letter})
    signed_in = user is not None and user.is_authenticated
    return {
        "pages": shown,
        "theme": user.theme if user is not None and user.is_authenticated else _theme(request),
        "banner": settings.HORIZONSCAN_BANNER,
        "proof": canary.proof() if signed_in else None,
    }


def _theme(request: HttpRequest) -> str:
    """A stranger's choice; empty follows the system."""
    chosen = request.COOKIES.get("theme", "")
    return chosen if chosen in ("light", "dark") else ""
