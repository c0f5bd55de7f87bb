"""What every answer carries, and what a form from a page of ours carries."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory, override_settings

from accounts.models import User
from tests.conftest import Store
from tests.web.conftest import ClientFor
from web.views import errors

PAGES = ("/sign-in", "/account", "/no-such-page", "/users", "/sign-out")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", ["anyone", "reader"])
def test_every_answer_is_closed(client_for: ClientFor, path: str, role: str) -> None:
    answer = client_for(role).get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cache-Control"] == "no-store"


def test_a_host_that_is_not_ours_is_refused_with_a_page(client_for: ClientFor) -> None:
    answer = client_for("anyone").get("/sign-in", headers={"Host": "evil.example"})
    assert answer.status_code == 400 and "<h1>" in answer.content.decode()
    assert "evil.example" not in answer.content.decode()
    assert answer["Referrer-Policy"] == "no-referrer"


def test_strict_transport_only_over_https(client_for: ClientFor) -> None:
    client = client_for("anyone")
    assert "Strict-Transport-Security" not in client.get("/sign-in")
    assert "max-age" in client.get("/sign-in", secure=True)["Strict-Transport-Security"]


def test_the_cookies_are_closed_to_scripts_and_others(client_for: ClientFor) -> None:
    client = client_for("anyone")
    User.objects.create_user("analyst@example.org", "horizon watch tower")
    client.post("/sign-in", {"email": "analyst@example.org", "password": "horizon watch tower"})
    client.get("/account")
    for name in ("horizonscan", "csrftoken"):
        cookie = client.cookies[name]
        assert cookie["httponly"] and cookie["samesite"] == "Lax", name


@pytest.mark.parametrize("path", ["/sign-in", "/password/reset"])
def test_nothing_inline_and_nothing_from_elsewhere(client_for: ClientFor, path: str) -> None:
    page = client_for("anyone").get(path).content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", page)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)


def _form(headers: dict[str, str], secure: bool = False) -> int:
    client = Client(enforce_csrf_checks=True)
    page = client.get("/sign-in", secure=secure).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    form: dict[str, Any] = {"email": "a@example.org", "password": "x", "csrfmiddlewaretoken": token[1]}
    headers = {"Host": "testserver"} | headers
    return client.post("/sign-in", form, headers=headers, secure=secure).status_code


def test_a_form_of_ours_is_taken_though_no_referrer_hides_where_it_comes_from(sqlite_store: Store) -> None:
    """Chromium sends `Origin: null` from a page with `Referrer-Policy: no-referrer`."""
    ours = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert _form(ours) == 422, "taken; the password is wrong"
    assert _form(ours, secure=True) == 422
    assert _form({"Origin": "null"}) == 422, "plain HTTP to another machine: no Fetch Metadata"


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_form_from_elsewhere_is_refused(sqlite_store: Store, site: str) -> None:
    assert _form({"Origin": "null", "Sec-Fetch-Site": site}) == 403
    assert _form({"Origin": "https://evil.example", "Sec-Fetch-Site": site}) == 403
    assert _form({"Origin": "null"}, secure=True) == 403


def test_a_form_without_its_token_is_refused_with_the_remedy(sqlite_store: Store) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/sign-in", {"email": "a@example.org"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 403 and b"reload the page" in answer.content


def test_a_store_that_does_not_answer_is_said(sqlite_store: Store) -> None:
    request = RequestFactory().get("/")
    try:
        raise OperationalError("connection refused")
    except OperationalError:
        answer = errors.broken(request)
    assert answer.status_code == 503 and answer["Retry-After"]
    assert "connection refused" not in answer.content.decode()


@override_settings(DEBUG=False)
def test_a_store_that_is_gone_shows_a_page(client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.sessions.backends.db import SessionStore

    client = client_for("analyst", "nl", **{"raise_request_exception": False})

    def gone(self: object) -> None:
        raise OperationalError("no such server")

    monkeypatch.setattr(SessionStore, "load", gone)
    answer = client.get("/account")
    assert answer.status_code == 503 and "<h1>" in answer.content.decode()
