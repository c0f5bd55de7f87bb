"""The search page in a real browser: keys, focus, days by dragging, both themes, every width."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application

from tests.e2e.browser import chromium
from tests.web import found
from tests.web.conftest import ClientFor

PATHS = ("/search", "/search?q=(aanval+OR+kabel", "/search?q=ernst:zwaar", "/search?q=netwrek")
KEPT = ("/searches?q=aanval", "/feeds?q=aanval")
MANY = "?q=domain:cyber"


class Site:
    """The pages on a port of their own, and a browser signed in."""

    def __init__(self, address: str, browser: Any, session: str) -> None:
        self.address, self.browser, self.session = address, browser, session
        self.trouble: list[str] = []

    def page(self, width: int = 1440, height: int = 1000, scheme: str = "light", **more: Any) -> Any:
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, base_url=self.address, **more
        )
        context.add_cookies([{"name": "horizonscan", "value": self.session, "url": self.address}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        return page


@pytest.fixture
def site(
    sqlite_store: Any, tmp_path: Path, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    from waitress.server import create_server

    # The driver's own loop runs in this thread; the store is used from it as from any other.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with found.indexed(tmp_path / "data") as engine:
        for number in range(45):
            found.store(
                f"Aanval {number} op het netwerk van een waterschap",
                "De storing duurt voort en treft ook de gemalen in de wijde omgeving. " * 3,
                hours=1 + 9 * number,
                domains=["cyber", "infrastructure"][: 1 + number % 2],
                severity="ABC"[number % 3],
                by=f"desk{number % 4}",
            )
        found.index(engine)
        session = client_for("analyst").cookies["horizonscan"].value
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = create_server(
            StaticFilesHandler(get_wsgi_application()), host="127.0.0.1", port=port, threads=2
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        with chromium() as browser:
            found_site = Site(f"http://127.0.0.1:{port}", browser, session)
            yield found_site
        server.close()
        thread.join(5)
        assert found_site.trouble == []


def test_five_results_stand_above_the_fold_and_the_first_is_a_few_tabs_away(site: Site) -> None:
    page = site.page()
    page.goto(f"/search{MANY}")
    assert page.evaluate("document.querySelectorAll('.signal')[4].getBoundingClientRect().bottom") <= 1000
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("Boolean(document.activeElement.closest('.signal h3 a'))"):
            break
    else:
        pytest.fail("the first result is more than five Tab stops away")
    # And for who comes from the very top: skip link, box, button, first result.
    page.goto(f"/search{MANY}")
    page.focus("a.skip")
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("Boolean(document.activeElement.closest('.signal h3 a'))")


def test_keys_move_open_explain_and_come_back_to_the_same_signal(site: Site) -> None:
    page = site.page()
    page.goto(f"/search{MANY}")
    current = "[...document.querySelectorAll('.signal')].findIndex(each => each.ariaCurrent)"
    for key in "jjj":
        page.keyboard.press(key)
    page.keyboard.press("k")
    assert page.evaluate(current) == 1
    address = page.evaluate("document.activeElement.pathname")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")
    page.go_back()
    page.wait_for_selector(".signal:nth-child(2)[aria-current]")
    page.keyboard.press("/")
    page.keyboard.type(" storing j")
    assert page.input_value("#q") == "domain:cyber storing j", "typing moves nothing"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.wait_for_selector("#guide[open]")


def test_a_filter_changes_the_page_in_place_and_keeps_the_focus(site: Site) -> None:
    page = site.page()
    page.goto(f"/search{MANY}")
    page.evaluate("window.same = true")
    page.focus("#f-severity-C")
    page.keyboard.press("Enter")
    page.wait_for_url("**severity%3AC*")
    page.wait_for_selector('#q[value="domain:cyber severity:C"]')
    assert page.evaluate("window.same && document.activeElement.id") == "f-severity-C"
    page.keyboard.press("Enter")
    page.wait_for_selector('#q[value="domain:cyber"]')
    page.go_back()
    page.wait_for_selector('#q[value="domain:cyber severity:C"]')


def test_fields_are_completed_while_typing(site: Site) -> None:
    page = site.page()
    page.goto("/search")
    page.keyboard.press("/")
    page.keyboard.type("storing domein:vit")
    page.wait_for_selector("#completions option", state="attached")
    assert page.get_attribute("#completions option", "value") == "storing domein:infrastructure"


def test_days_are_chosen_by_dragging(site: Site) -> None:
    page = site.page()
    page.goto(f"/search{MANY}")
    bars = page.query_selector_all(".strip li")
    start, end = bars[20].bounding_box(), bars[24].bounding_box()
    page.mouse.move(start["x"] + 5, start["y"] + 30)
    page.mouse.down()
    page.mouse.move(end["x"] + 5, end["y"] + 30, steps=4)
    page.mouse.up()
    page.wait_for_url("**published*")
    assert page.locator(".strip a[aria-current]").count() == 5


def test_without_javascript_everything_is_a_link_or_a_form(site: Site) -> None:
    page = site.page(java_script_enabled=False)
    page.goto("/search")
    page.fill("#q", "aanval")
    page.click(".box button")
    assert page.input_value("#q") == "aanval"
    page.click("#f-severity-C")
    page.click("#by-relevance")
    assert page.input_value("#q") == "aanval severity:C" and "sort=relevance" in page.url
    page.goto("/search?q=aanval")
    page.click("#following")
    assert page.locator("#before").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible_in_both_themes_and_at_every_width(site: Site, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    # The narrowest is a page of 1280 px at 400 %.
    looked = {(1440, 1000): (*PATHS, *KEPT), (390, 844): PATHS[:2], (320, 256): PATHS[:1]}
    for (width, height), paths in looked.items():
        page = site.page(width, height, scheme, bypass_csp=True)
        for path in paths:
            page.goto(path)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} is {wide} px wide at {width}"
            told = Axe().run(page).response
            assert told["passes"]
            said = [(each["id"], each["nodes"][0]["html"][:200]) for each in told["violations"]]
            assert said == [], f"{path} at {width} px, {scheme}"
        page.context.close()
