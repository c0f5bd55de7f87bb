"""The users page: invite, change, a link, a suspended address."""

from __future__ import annotations

import re

from django.utils import timezone

from accounts.models import AuditEvent, User
from notify.models import Delivery, Reader
from tests.web.conftest import ClientFor, words

NEW = {"email": "new@example.org", "role": "reader", "language": "nl", "time_zone": "America/Aruba"}


def _link(content: bytes) -> str:
    found = re.search(r'readonly value="http://[^"/]+(/sign-in/link/[^"]+)"', content.decode())
    assert found
    return found[1]


def test_an_invitation_is_shown_once_mailed_and_works(client_for: ClientFor) -> None:
    admin = client_for("admin", "en")
    answer = admin.post("/users/invite", NEW)
    path = _link(answer.content)
    assert path not in admin.get("/users").content.decode(), "shown once"
    mail = Delivery.objects.get()
    assert mail.address == "new@example.org" and path in mail.text and "wachtwoord" in mail.text
    guest = client_for("anyone", "nl")
    assert guest.get(path).status_code == 200
    guest.post(path, {"password": "horizon watch tower", "again": "horizon watch tower"})
    assert guest.get("/account").status_code == 200
    user = User.objects.get(email="new@example.org")
    assert (user.role, user.time_zone) == ("reader", "America/Aruba")
    assert AuditEvent.objects.get(action="user.invite").actor == "admin@example.org"


def test_who_has_an_account_is_not_invited_again(client_for: ClientFor) -> None:
    admin = client_for("admin", "en")
    answer = admin.post("/users/invite", NEW | {"email": "Admin@example.org"})
    assert answer.status_code == 422 and "has an account already" in words(answer.content)
    assert "Admin@example.org" in answer.content.decode(), "what was typed stays"
    assert not Delivery.objects.exists()


def test_a_role_is_changed_and_the_last_administrator_stays(client_for: ClientFor) -> None:
    admin, reader = client_for("admin", "en"), client_for("reader")
    person, me = User.objects.get(role="reader"), User.objects.get(role="admin")
    form = {"email": person.email, "role": "analyst", "language": "en", "time_zone": "UTC", "is_active": "on"}
    assert admin.post(f"/users/{person.pk}", form).status_code == 302
    person.refresh_from_db()
    assert (person.role, person.language) == ("analyst", "en")
    assert reader.get("/account").status_code == 302, "their session ended"
    answer = admin.post(f"/users/{me.pk}", form | {"email": me.email})
    assert answer.status_code == 422 and "last administrator" in words(answer.content)
    me.refresh_from_db()
    assert me.role == "admin"


def test_a_deactivated_user_gets_no_link(client_for: ClientFor) -> None:
    admin = client_for("admin")
    person = User.objects.create_user("off@example.org", is_active=False)
    assert admin.post(f"/users/{person.pk}/link").status_code == 302
    assert not Delivery.objects.exists()


def test_a_new_link_for_whoever_lost_theirs(client_for: ClientFor) -> None:
    admin = client_for("admin")
    person = User.objects.create_user("lost@example.org", last_login=timezone.now())
    path = _link(admin.post(f"/users/{person.pk}/link").content)
    assert client_for("anyone").get(path).status_code == 200
    assert AuditEvent.objects.get(action="user.link").detail == {"purpose": "reset"}


def test_a_suspended_address_is_shown_and_lifted(client_for: ClientFor) -> None:
    admin = client_for("admin", "en")
    person = User.objects.create_user("bounced@example.org")
    Reader.objects.create(user=person, suspended=timezone.now(), suspended_why="550 5.1.1 no such mailbox")
    assert "no mail since" in words(admin.get("/users").content)
    assert "550 5.1.1 no such mailbox" in words(admin.get(f"/users/{person.pk}").content)
    assert admin.post(f"/users/{person.pk}/lift").status_code == 302
    assert Reader.objects.get().suspended is None
    assert AuditEvent.objects.filter(actor="admin@example.org", object=person.email).exists()
