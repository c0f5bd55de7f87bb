"""One's own settings, password and sessions."""

from __future__ import annotations

from accounts.models import AuditEvent, User
from notify.models import Delivery, Reader
from tests.web.conftest import ClientFor, words

FORM = {"language": "en", "time_zone": "America/Curacao", "theme": "dark", "digest": "on", "digest_hour": "6"}
OLD, NEW = "horizon watch tower", "another long one"


def test_settings_are_stored_and_said_in_the_new_language(client_for: ClientFor) -> None:
    client = client_for("reader", "nl")
    answer = client.post("/account", FORM, follow=True)
    assert "Your settings are stored." in words(answer.content)
    user = User.objects.get()
    assert (user.language, user.time_zone, user.theme) == ("en", "America/Curacao", "dark")
    assert (user.reader.digest, user.reader.digest_hour) == (True, 6)
    page = client.get("/account").content.decode()
    assert '<html lang="en" data-theme="dark">' in page
    assert '<option value="America/Curacao" selected>' in page
    client.post("/account", {name: value for name, value in FORM.items() if name != "digest"})
    assert Reader.objects.get().digest is False
    assert AuditEvent.objects.filter(action="user.settings").count() == 2


def test_a_value_that_cannot_be_is_refused_and_what_was_chosen_stays(client_for: ClientFor) -> None:
    client = client_for("reader", "en")
    answer = client.post("/account", FORM | {"time_zone": "Mars/Base"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert '<option value="6" selected>' in page and 'class="errorlist"' in page
    assert User.objects.get().time_zone == "Europe/Amsterdam"


def test_a_new_password_ends_other_sessions_and_is_told_by_mail(client_for: ClientFor) -> None:
    here, there = client_for("analyst", "en"), client_for("analyst", "en")
    user = User.objects.get()
    user.set_password(OLD)
    user.save()
    here.force_login(user)
    there.force_login(user)
    answer = here.post("/account/password", {"old": "wrong", "password": NEW, "again": NEW})
    assert answer.status_code == 422 and "not your current password" in words(answer.content)
    assert here.post("/account/password", {"old": OLD, "password": NEW, "again": NEW}).status_code == 302
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert "was changed" in Delivery.objects.get().subject


def test_guessing_the_old_password_is_slowed(client_for: ClientFor) -> None:
    client = client_for("analyst")
    user = User.objects.get()
    user.set_password(OLD)
    user.save()
    client.force_login(user)
    form = {"old": "wrong", "password": NEW, "again": NEW}
    statuses = [client.post("/account/password", form).status_code for _ in range(5)]
    assert statuses == [422] * 4 + [429]
    assert client.post("/account/password", form | {"old": OLD}).status_code == 429


def test_whoever_has_no_password_yet_chooses_one(client_for: ClientFor) -> None:
    client = client_for("analyst")
    assert 'name="old"' not in client.get("/account").content.decode()
    assert client.post("/account/password", {"password": NEW, "again": NEW}).status_code == 302
    assert User.objects.get().check_password(NEW)
    assert client.get("/account").status_code == 200


def test_signing_out_everywhere_else(client_for: ClientFor) -> None:
    here, there, other = client_for("analyst"), client_for("analyst"), client_for("reader")
    assert here.post("/account/sessions").status_code == 302
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert other.get("/account").status_code == 200, "somebody else's session goes on"
