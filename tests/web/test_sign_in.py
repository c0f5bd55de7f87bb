"""Coming in: by password, by a link, back to where one was; guessing slowed; nothing typed lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import links, lockout
from accounts.models import Attempt, AuditEvent, OneTimeLink, User
from notify.models import Delivery
from tests.conftest import Store
from tests.web.conftest import ClientFor, words
from web.views.sign_in import origin

PASSWORD = "horizon watch tower"


@pytest.fixture
def analyst(sqlite_store: Store) -> User:
    return User.objects.create_user("analyst@example.org", PASSWORD, role="analyst", language="en")


def _in(client: Client) -> bool:
    return client.get("/account").status_code == 200


def _post(client: Client, password: str = PASSWORD, email: str = "analyst@example.org", **more: str) -> Any:
    return client.post("/sign-in", {"email": email, "password": password, **more})


def test_by_password_and_back_to_where_one_was(analyst: User, client_for: ClientFor) -> None:
    client = client_for("anyone", "en")
    answer = client.get("/account?x=1")
    assert answer.status_code == 302 and answer["Location"] == "/sign-in?next=%2Faccount%3Fx%3D1"
    assert 'name="next" value="/account?x=1"' in client.get(answer["Location"]).content.decode()
    answer = _post(client, next="/account?x=1", email=" Analyst@example.org")
    assert answer.status_code == 302 and answer["Location"] == "/account?x=1"
    assert _in(client)
    assert AuditEvent.objects.filter(action="user.sign-in", actor=analyst.email).count() == 1


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil"]
)
def test_never_on_to_elsewhere(analyst: User, client_for: ClientFor, elsewhere: str) -> None:
    answer = _post(client_for("anyone"), next=elsewhere)
    assert answer.status_code == 302 and "evil" not in answer["Location"]
    assert "javascript" not in answer["Location"]


def test_a_session_gets_a_new_key_at_sign_in(analyst: User, client_for: ClientFor) -> None:
    client = client_for("anyone")
    client.post("/seen", {"typed": "before"})
    before = client.session.session_key
    _post(client)
    assert client.session.session_key not in (None, before)


def test_known_and_unknown_addresses_get_the_same_answer(analyst: User, client_for: ClientFor) -> None:
    for path, form in (
        ("/sign-in", {"password": "wrong wrong wrong"}),
        ("/sign-in/link", {}),
        ("/password/reset", {}),
    ):
        said = []
        for email in ("analyst@example.org", "unknown@example.org"):
            answer = client_for("anyone", "en").post(path, {"email": email, **form})
            text = re.sub(r'value="[^"]{64}"|X-CSRFToken": "\w+|csrf\w+', "", answer.content.decode())
            said.append((answer.status_code, text.replace(email, "ADDRESS")))
        assert said[0] == said[1], path


def test_five_failures_cost_a_wait_even_with_the_right_password(analyst: User, client_for: ClientFor) -> None:
    client = client_for("anyone", "en")
    for _ in range(5):
        answer = _post(client, "wrong wrong wrong")
    assert answer.status_code == 429 and "can be made at" in words(answer.content)
    assert 0 < int(answer["Retry-After"]) <= 30
    assert _post(client).status_code == 429 and not _in(client)
    Attempt.objects.update(at=timezone.now() - timedelta(minutes=1))
    assert _post(client).status_code == 302 and _in(client)
    key = lockout.key("address", analyst.email)
    assert not Attempt.objects.filter(key=key).exists(), "success forgets the failures"


def test_an_unknown_address_is_slowed_as_well(analyst: User, client_for: ClientFor) -> None:
    client = client_for("anyone")
    statuses = [_post(client, "wrong", "unknown@example.org").status_code for _ in range(6)]
    assert statuses == [422, 422, 422, 422, 429, 429]


def test_a_link_by_mail_signs_in_once(analyst: User, client_for: ClientFor) -> None:
    client = client_for("anyone", "en")
    client.post("/sign-in/link", {"email": analyst.email, "next": "/account?x=2"})
    mail = Delivery.objects.get()
    assert (mail.kind, mail.address, mail.state) == ("account", analyst.email, "waiting")
    path = _path(mail)
    for _ in range(3):
        assert client_for("anyone").get(path).status_code == 200, "a scanner that looks burns nothing"
    answer = client.post(path)
    assert answer.status_code == 302 and answer["Location"] == "/account?x=2"
    assert _in(client)
    again = client_for("anyone", "en")
    assert again.get(path).status_code == 410
    assert "works no longer" in words(again.post(path).content)
    assert not _in(again)


def _path(mail: Delivery) -> str:
    found = re.search(r"http://\S+?(/sign-in/link/\S+)", mail.text)
    assert found, mail.text
    return found[1]


def test_a_reset_sets_the_password_and_ends_other_sessions(
    analyst: User, client_for: ClientFor, caplog: pytest.LogCaptureFixture
) -> None:
    other = client_for("analyst", "en")
    assert _in(other)
    client = client_for("anyone", "en")
    client.post("/password/reset", {"email": analyst.email})
    path = _path(Delivery.objects.get())
    for password, again, said in (
        ("short", "short", "too short"),
        ("a longer password", "a different one", "not the same"),
        ("analyst@example.org", "analyst@example.org", "too much like"),
        ("password1234567", "", "second time"),
        ("1q2w3e4r5t6y", "1q2w3e4r5t6y", "guessed first"),
    ):
        answer = client.post(path, {"password": password, "again": again})
        assert answer.status_code == 422 and said in words(answer.content), password
    assert OneTimeLink.objects.get().used is None, "a refused password does not burn the link"
    assert path.rpartition("/")[2] not in caplog.text, "the link still works: no log may hold it"
    new = "another long one"
    assert client.post(path, {"password": new, "again": new}).status_code == 302
    assert _in(client) and not _in(other)
    analyst.refresh_from_db()
    assert analyst.check_password(new)
    assert "was changed" in Delivery.objects.latest("pk").subject


def test_asking_again_and_again_is_slowed(analyst: User, client_for: ClientFor) -> None:
    client = client_for("anyone")
    statuses = [client.post("/password/reset", {"email": analyst.email}).status_code for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    assert Delivery.objects.count() == 5


def test_a_deactivated_user_comes_in_by_no_way(analyst: User, client_for: ClientFor) -> None:
    client, token = client_for("analyst"), links.make(analyst, "sign-in")
    assert _in(client)
    User.objects.update(is_active=False)
    assert not _in(client)
    assert _post(client).status_code == 422
    assert client.post(f"/sign-in/link/{token}").status_code == 410
    client.post("/sign-in/link", {"email": analyst.email})
    assert not Delivery.objects.exists()


def test_a_session_ends_with_the_role_it_was_begun_in(analyst: User, client_for: ClientFor) -> None:
    client = client_for("analyst")
    assert _in(client)
    User.objects.update(role="reader")
    assert not _in(client)


def test_a_session_lives_as_long_as_it_is_used(analyst: User, client_for: ClientFor) -> None:
    client = client_for("analyst")
    _in(client)
    session = client.session
    session["seen"] = session["seen"] - 3600
    session.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(hours=1))
    assert _in(client)
    assert Session.objects.get().expire_date > timezone.now() + timedelta(hours=11)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not _in(client)


def test_what_was_sent_after_the_session_ended_is_offered_again(analyst: User, client_for: ClientFor) -> None:
    client = client_for("analyst", "en")
    form = {
        "language": "nl",
        "time_zone": "America/Aruba",
        "theme": "dark",
        "digest_hour": "6",
        "password": "x",
    }
    Session.objects.all().delete()
    answer = client.post("/account", form)
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in")
    analyst.refresh_from_db()
    assert analyst.time_zone == "Europe/Amsterdam", "nothing was done"
    assert "kept" in words(client.get("/sign-in", headers={"Accept-Language": "en"}).content)
    answer = _post(client)
    assert answer["Location"] == "/kept"
    page = client.get("/kept").content.decode()
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert fields.pop("csrfmiddlewaretoken", "")
    assert "password" not in fields
    assert fields == {name: value for name, value in form.items() if name != "password"}
    assert client.post("/account", fields).status_code == 302
    analyst.refresh_from_db()
    assert (analyst.time_zone, analyst.theme) == ("America/Aruba", "dark")
    assert client.get("/kept").status_code == 302, "once sent it is forgotten"


def test_what_is_too_long_or_discarded_is_not_kept(analyst: User, client_for: ClientFor) -> None:
    client = client_for("anyone")
    client.post("/account", {"text": "x" * 40_000})
    assert "kept" not in client.session
    client.post("/account", {"text": "x"})
    _post(client)
    assert client.get("/kept").status_code == 200
    client.post("/kept/discard")
    assert client.get("/kept").status_code == 302


def test_an_htmx_request_leads_back_to_its_page(analyst: User, client_for: ClientFor) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/account?q=a"}
    answer = client_for("anyone").get("/account/password", headers=headers)
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/sign-in?next=%2Faccount%3Fq%3Da"


def test_signing_out_takes_a_post(analyst: User, client_for: ClientFor) -> None:
    client = client_for("analyst")
    assert client.get("/sign-out").status_code == 405 and _in(client)
    assert client.post("/sign-out").status_code == 302 and not _in(client)


def test_a_stranger_chooses_language_and_colours(sqlite_store: Store, client_for: ClientFor) -> None:
    client = client_for("anyone", "nl")
    assert "Inloggen" in words(client.get("/sign-in").content)
    answer = client.post("/appearance", {"language": "en", "next": "/sign-in?next=/account"})
    assert answer["Location"] == "/sign-in?next=/account"
    client.post("/appearance", {"theme": "dark"})
    page = client.get("/sign-in").content.decode()
    assert '<html lang="en" data-theme="dark">' in page and "Sign in" in page


def test_the_first_start_leads_in(sqlite_store: Store, client_for: ClientFor) -> None:
    path = links.first_administrator()
    assert path is not None
    client = client_for("anyone")
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 302
    assert client.get("/users").status_code == 200


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_an_origin_is_what_one_subscriber_has(said: str, counted: str) -> None:
    assert origin(RequestFactory().post("/sign-in", REMOTE_ADDR=said)) == counted
