"""Signing in, the account and the users in a real browser: forms under `no-referrer`, themes, widths."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from django.contrib.sessions.models import Session
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application

from accounts.models import User
from tests.conftest import Store
from tests.e2e.browser import chromium, watched

PASSWORD = "horizon watch tower"
DOORS = ("/sign-in", "/sign-in/link", "/password/reset", "/sign-in/link/no-such-token")
ROOMS = ("/account", "/users", "/users/1")


@pytest.fixture
def site(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    from waitress.server import create_server

    # The driver's own loop runs in this thread; the store is used from it as from any other.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    User.objects.create_user("admin@example.org", PASSWORD, role="admin", language="en")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = create_server(StaticFilesHandler(get_wsgi_application()), host="127.0.0.1", port=port, threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.close()
    thread.join(5)


def _sign_in(page: Any, password: str = PASSWORD) -> None:
    page.fill("[name=email]", "admin@example.org")
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state()


def test_in_out_and_nothing_typed_lost(site: str) -> None:
    with chromium() as browser:
        page = browser.new_context(base_url=site, locale="en-GB").new_page()
        faults = watched(page, site)
        page.goto("/account")
        _sign_in(page)
        assert page.url == f"{site}/account", "the browser's form was taken, and led back"
        assert faults == []
        page.select_option("[name=time_zone]", "America/Curacao")
        Session.objects.all().delete()
        page.click("form[action='/account'] button")
        assert "/sign-in" in page.url and "is kept" in page.inner_text("main")
        _sign_in(page)
        assert page.url == f"{site}/kept"
        page.click("text=Send it again")
        assert page.url == f"{site}/account"
        assert page.input_value("[name=time_zone]") == "America/Curacao"
        page.click("text=Sign out >> nth=0")
        assert page.url == f"{site}/sign-in"
        assert faults == []


def test_what_is_wrong_is_where_the_cursor_is(site: str) -> None:
    with chromium() as browser:
        page = browser.new_context(base_url=site, locale="en-GB").new_page()
        page.goto("/account")
        _sign_in(page)
        page.fill("[name=old]", PASSWORD)
        page.fill("[name=password]", "short")
        page.press("[name=password]", "Enter")
        page.wait_for_load_state()
        assert "too short" in page.inner_text("main")
        assert page.evaluate("document.activeElement.name") == "password"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_can_be_used_by_everybody(site: str, scheme: Literal["light", "dark"]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with chromium() as browser:
        # The checker is a script of its own, which the pages' policy would refuse.
        page = browser.new_context(base_url=site, color_scheme=scheme, bypass_csp=True).new_page()
        for path in (*DOORS, "/", *ROOMS):
            if path == "/":
                page.goto("/sign-in")
                _sign_in(page)
                continue
            page.set_viewport_size({"width": 1440, "height": 1000})
            page.goto(path)
            found = Axe().run(page).response["violations"]
            assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == [], path
            # 360 px is a phone, and 1440 px at 400 %.
            page.set_viewport_size({"width": 360, "height": 640})
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
