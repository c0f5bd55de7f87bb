"""One-time links: shown once, used once, over in time, never burnt by looking."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from accounts import links
from accounts.models import AuditEvent, OneTimeLink, User
from tests.conftest import Store

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def _user() -> User:
    return User.objects.create_user("analyst@example.org")


def test_a_link_works_once(store: Store) -> None:
    token = links.make(_user(), "sign-in", NOW)
    assert links.find(token, NOW) is not None
    assert links.find(token, NOW) is not None, "looking uses nothing up"
    used = links.use(token, NOW)
    assert used is not None and used.user.email == "analyst@example.org"
    assert links.use(token, NOW) is None
    assert links.find(token, NOW) is None


@pytest.mark.parametrize(("purpose", "lasts"), [("sign-in", 1), ("reset", 1), ("invite", 7 * 24)])
def test_a_link_ends(sqlite_store: Store, purpose: str, lasts: int) -> None:
    token = links.make(_user(), purpose, NOW)
    end = NOW + timedelta(hours=lasts)
    assert links.find(token, end - timedelta(seconds=1)) is not None
    assert links.find(token, end) is None
    assert links.use(token, end) is None


def test_the_token_is_stored_nowhere(sqlite_store: Store) -> None:
    token = links.make(_user(), "reset", NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_onetimelink")
        assert token not in repr(cursor.fetchall())
    assert token not in repr(list(AuditEvent.objects.values()))


def test_a_deactivated_user_has_no_links(sqlite_store: Store) -> None:
    user = _user()
    token = links.make(user, "sign-in", NOW)
    User.objects.update(is_active=False)
    assert links.use(token, NOW) is None
    user.refresh_from_db()
    with pytest.raises(ValueError, match="may not sign in"):
        links.make(user, "sign-in", NOW)


def test_a_new_invitation_replaces_the_old(sqlite_store: Store) -> None:
    user = _user()
    old, new = links.make(user, "invite", NOW), links.make(user, "invite", NOW)
    assert links.find(old, NOW) is None
    assert links.find(new, NOW) is not None


def test_of_two_at_once_one_wins(store: Store) -> None:
    token = links.make(_user(), "sign-in", NOW)
    won, gate = [], Barrier(4)

    def press() -> None:
        try:
            gate.wait(10)
            won.append(links.use(token, NOW))
        finally:
            connection.close()

    threads = [Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(won) == 4
    assert len([link for link in won if link is not None]) == 1


def test_first_start_makes_an_administrator_until_they_came_in(store: Store) -> None:
    path = links.first_administrator(NOW)
    assert path is not None and path.startswith("/sign-in/link/")
    assert User.objects.get().role == "admin"
    again = links.first_administrator(NOW + timedelta(hours=2))
    assert again not in (None, path), "a link that was lost or expired is made anew"
    assert User.objects.count() == 1
    User.objects.update(last_login=NOW)
    assert links.first_administrator(NOW) is None


def test_no_administrator_is_made_where_somebody_is(sqlite_store: Store) -> None:
    _user()
    assert links.first_administrator(NOW) is None
    assert not OneTimeLink.objects.exists()
