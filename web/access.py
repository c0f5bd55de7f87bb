"""Who may see a page. Every view says so itself; one that does not is refused to everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from accounts.models import User

View = TypeVar("View", bound=Callable[..., Any])

#: From least to most; "anyone" needs no sign-in.
ROLES = ("anyone", User.Role.READER.value, User.Role.ANALYST.value, User.Role.ADMIN.value)


def role(name: str) -> Callable[[View], View]:
    """Marks a view with the least role that may use it, e.g. `@role("analyst")`.

    Where only some methods need more, the view itself asks `may(request.user, …)`.
    """
    if name not in ROLES:
        raise ValueError(f"{name!r} is no role: {', '.join(ROLES)}")

    def mark(view: View) -> View:
        view.role = name  # type: ignore[attr-defined]
        return view

    return mark


def may(user: Any, name: str) -> bool:
    """Whether `user` (signed in or not) has at least the role."""
    held = user.role if user.is_authenticated and user.is_active else "anyone"
    return ROLES.index(held) >= ROLES.index(name)
