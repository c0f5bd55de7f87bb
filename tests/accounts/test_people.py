"""Who may sign in and as what: audited, checked, and never without an administrator."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connection

from accounts import links, people
from accounts.models import AuditEvent, User
from accounts.people import PeopleError
from tests.conftest import Store


def test_an_invitation_makes_a_user_without_a_password(store: Store) -> None:
    user, token = people.invite(" New@Example.org", "admin@example.org", role="reader")
    assert (user.email, user.role, user.has_usable_password()) == ("new@example.org", "reader", False)
    found = links.find(token)
    assert found is not None and found.purpose == "invite"
    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.object) == ("admin@example.org", "user.invite", user.email)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"email": "nobody"}, "address"),
        ({"email": "taken@example.org"}, "taken"),
        ({"email": "a@example.org", "role": "king"}, "role"),
        ({"email": "a@example.org", "language": "xx"}, "language"),
        ({"email": "a@example.org", "time_zone": "Mars/Base"}, "zone"),
    ],
)
def test_what_cannot_be_is_named(sqlite_store: Store, values: dict[str, str], code: str) -> None:
    User.objects.create_user("taken@example.org")
    with pytest.raises(PeopleError) as error:
        people.invite(by="x", **values)  # type: ignore[arg-type]
    assert error.value.code == code
    assert User.objects.count() == 1 and not AuditEvent.objects.exists()


def test_the_last_administrator_stays(store: Store) -> None:
    admin = User.objects.create_user("admin@example.org", role="admin")
    User.objects.create_user("off@example.org", role="admin", is_active=False)
    for values in ({"role": "reader"}, {"is_active": False}):
        with pytest.raises(PeopleError) as error:
            people.change(admin, "x", **values)
        assert error.value.code == "last"
    User.objects.create_user("second@example.org", role="admin")
    assert people.change(admin, "x", role="reader") == ["role"]
    assert AuditEvent.objects.get().detail == {"was": {"role": "admin"}, "now": {"role": "reader"}}


def test_two_administrators_cannot_remove_each_other(store: Store) -> None:
    both = [User.objects.create_user(f"{name}@example.org", role="admin") for name in ("a", "b")]
    gate, refused = Barrier(2), []

    def demote(user: User) -> None:
        try:
            gate.wait(10)
            people.change(user, "x", role="reader")
        except PeopleError as error:
            refused.append(error.code)
        finally:
            connection.close()

    threads = [Thread(target=demote, args=[user]) for user in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert refused == ["last"]
    assert User.objects.filter(role="admin").count() == 1


def test_deactivating_ends_links(sqlite_store: Store) -> None:
    user, token = people.invite("new@example.org", "x")
    people.change(user, "x", is_active=False)
    people.change(user, "x", is_active=True)
    assert links.find(token) is None


def test_zones_are_real_and_the_kingdom_s_come_first() -> None:
    assert people.zones()[:3] == ("Europe/Amsterdam", "America/Aruba", "America/Curacao")
    assert len(set(people.zones())) == len(people.zones()) > 300
