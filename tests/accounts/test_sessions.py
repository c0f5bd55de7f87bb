"""Sessions end for one person at a time, and go once they are over."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import sessions
from accounts.models import User
from tests.conftest import Store


def _signed_in(user: User) -> str:
    client = Client()
    client.force_login(user)
    return str(client.session.session_key)


def test_one_persons_sessions_end_but_one(store: Store) -> None:
    one, other = (User.objects.create_user(f"{name}@example.org") for name in ("one", "other"))
    here, there, theirs = _signed_in(one), _signed_in(one), _signed_in(other)
    assert sessions.end(one, here) == 1
    assert set(Session.objects.values_list("session_key", flat=True)) == {here, theirs}
    assert there not in (here, theirs)
    assert sessions.end(one) == 1


def test_a_session_remembers_the_role_it_was_begun_in(sqlite_store: Store) -> None:
    user = User.objects.create_user("one@example.org", role="admin")
    client = Client()
    client.force_login(user)
    assert not sessions.stale(client.session, user)
    user.role = "reader"
    assert sessions.stale(client.session, user)


def test_sessions_that_are_over_go(store: Store) -> None:
    user, now = User.objects.create_user("one@example.org"), timezone.now()
    old, live = _signed_in(user), _signed_in(user)
    Session.objects.filter(session_key=old).update(expire_date=now - timedelta(seconds=1))
    assert sessions.sweep(now) == 1
    assert Session.objects.get().session_key == live
