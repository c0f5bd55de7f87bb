"""Changing who may sign in and as what. Every change is audited; the last administrator stays."""

from __future__ import annotations

import zoneinfo
from datetime import datetime
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts import links, sessions
from accounts.audit import record
from accounts.models import User

#: The Kingdom's own, first in every list.
OWN_ZONES = (
    "Europe/Amsterdam",
    "America/Aruba",
    "America/Curacao",
    "America/Lower_Princes",
    "America/Kralendijk",
)
ROLES = [role.value for role in User.Role]


class PeopleError(ValueError):
    """The change cannot be made. `code`: address, taken, role, language, zone, last."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@cache
def zones() -> tuple[str, ...]:
    """Every time zone a person may live in, the Kingdom's first; abbreviations and offsets are left out."""
    areas = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/")
    found = {z for z in zoneinfo.available_timezones() if z.startswith((*areas, "Pacific/")) or z == "UTC"}
    return (*OWN_ZONES, *sorted(found - set(OWN_ZONES)))


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    if "email" in values:
        values["email"] = values["email"].strip().lower()
        try:
            validate_email(values["email"])
        except ValidationError:
            raise PeopleError("address", f"{values['email']!r} is not an e-mail address") from None
    if values.get("role", "reader") not in ROLES:
        raise PeopleError("role", f"{values['role']!r} is no role: {', '.join(ROLES)}")
    if values.get("language", "nl") not in ("nl", "en"):
        raise PeopleError("language", f"{values['language']!r} is no language here: nl, en")
    if values.get("time_zone", "UTC") not in zones():
        raise PeopleError("zone", f"{values['time_zone']!r} is no time zone, such as Europe/Amsterdam")
    return values


def find(email: str) -> User | None:
    return User.objects.filter(email=email.strip().lower()).first()


def invite(
    email: str,
    by: str,
    *,
    role: str = "analyst",
    language: str = "nl",
    time_zone: str = "Europe/Amsterdam",
    origin: str = "command line",
    now: datetime | None = None,
) -> tuple[User, str]:
    """Makes a user without a password and a link to choose one: (user, token). Raises PeopleError."""
    values = _checked({"email": email, "role": role, "language": language, "time_zone": time_zone})
    with transaction.atomic():
        if User.objects.filter(email=values["email"]).exists():
            raise PeopleError("taken", f"{values['email']} has an account already")
        user = User.objects.create_user(**values)
        token = links.make(user, links.Purpose.INVITE, now)
        record(by, "user.invite", user.email, origin=origin, role=role)
    return user, token


def change(user: User, by: str, *, origin: str = "command line", **values: Any) -> list[str]:
    """Sets email, role, language, time_zone or is_active; the names of what changed. Raises PeopleError.

    Another role, another address or no access any more end the person's sessions and links.
    """
    values = _checked(values)
    with transaction.atomic():
        # Locks the administrators, so that two of them cannot remove each other at once.
        administrators = list(
            User.objects.select_for_update().filter(role=User.Role.ADMIN, is_active=True).values_list("pk")
        )
        user = User.objects.select_for_update().get(pk=user.pk)
        changed = {name: value for name, value in values.items() if getattr(user, name) != value}
        if not changed:
            return []
        leaves = changed.get("role", "admin") != "admin" or not changed.get("is_active", True)
        if leaves and administrators == [(user.pk,)]:
            raise PeopleError("last", f"{user.email} is the last administrator; make another one first")
        if "email" in changed and User.objects.filter(email=changed["email"]).exists():
            raise PeopleError("taken", f"{changed['email']} has an account already")
        was = {name: getattr(user, name) for name in changed}
        for name, value in changed.items():
            setattr(user, name, value)
        user.save(update_fields=list(changed))
        record(by, "user.change", was.get("email", user.email), origin=origin, was=was, now=changed)
        if changed.keys() & {"role", "is_active", "email"}:
            sessions.end(user)
        if changed.keys() & {"is_active", "email"}:
            links.void(user)
    return list(changed)


def set_password(user: User, password: str, *, origin: str = "page") -> None:
    """The new password; sessions end because their hash no longer fits, links because nobody needs them."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        links.void(user)
        record(user.email, "user.password", user.email, origin=origin)
