"""What somebody sent after their session had ended: kept, and offered again once they are back.

It waits in the session of the stranger they have become, on this side; the browser holds only its key.
Passwords and files are never kept, and no more than a long note's worth of text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

#: In characters, of names and values together.
LIMIT = 32_000
#: How long it waits, in seconds; a stranger's session lasts as long.
LASTS = 2 * 3600
_KEY = "kept"
_NEVER = ("password", "csrfmiddlewaretoken", "token", "secret")
#: The other two fields of the form of a new password.
_PASSWORDS = frozenset({"old", "again"})


@dataclass(frozen=True, slots=True)
class Kept:
    """Where it was sent and its fields, in the order of the form."""

    path: str
    fields: tuple[tuple[str, str], ...]


def keep(request: HttpRequest) -> bool:
    """Keeps the form that `request` sent; False where there is nothing to keep or too much of it."""
    if request.FILES or request.content_type not in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ):
        return False
    fields = [
        [name, str(value)]
        for name, values in request.POST.lists()
        if name not in _PASSWORDS and not any(word in name.lower() for word in _NEVER)
        for value in values
    ]
    path = request.get_full_path()
    size = len(path) + sum(len(name) + len(value) for name, value in fields)
    if size > LIMIT:
        return False
    request.session[_KEY] = {"path": path, "fields": fields, "at": int(timezone.now().timestamp())}
    request.session.set_expiry(LASTS)
    return True


def find(session: Any) -> Kept | None:
    """What waits, if it is not too old."""
    held = session.get(_KEY)
    if not held or timezone.now().timestamp() - held["at"] > LASTS:
        return None
    return Kept(held["path"], tuple((name, value) for name, value in held["fields"]))


def discard(session: Any) -> None:
    session.pop(_KEY, None)


def sent(request: HttpRequest) -> None:
    """Forgets what waits once a form goes where it was to go."""
    held = request.session.get(_KEY)
    if held and held["path"] == request.get_full_path():
        discard(request.session)
