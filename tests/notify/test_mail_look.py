"""How the alert mail looks: accessible in both themes and languages, no wider than a telephone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from playwright.sync_api import sync_playwright

from notify.mail import alert as alerts
from tests.conftest import Store, missing
from tests.notify.alerted import alert
from tests.notify.made import reader

Found = TypeVar("Found")


def looked(at: Callable[[Any], Found]) -> Found:
    """What `at` finds with a browser; in a thread of its own, because Playwright has a loop in its thread."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        missing("no chromium on PATH")

    def look() -> Found:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            try:
                return at(browser)
            finally:
                browser.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(look).result()


@pytest.fixture
def mails(sqlite_store: Store) -> dict[str, str]:
    """By language a mail with every severity, one without, and a very long word."""
    made = {}
    for language in ("nl", "en"):
        user = reader(f"{language}@example.org", language=language)
        row = alert(
            "Ransomware " + "x" * 60, user=user, severity="E", parts={"SX": "direct"}, excerpt="ransomware"
        )
        for letter in ("D", "C", "B", "A", ""):
            alert(
                f"Invented report {letter}", user=user, severity=letter, row=row, excerpt="A sentence. " * 9
            )
        made[language] = alerts.render(row).html
    return made


def test_axe_finds_nothing_and_nothing_is_asked_for(mails: dict[str, str]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    def look(browser: Any) -> list[object]:
        wrong: list[object] = []

        def asked(request: Any) -> None:
            wrong.append(request.url)

        for language, html in mails.items():
            for scheme in ("light", "dark"):
                page = browser.new_page(color_scheme=scheme)
                page.on("request", asked)
                page.set_content(html)
                found = Axe().run(page).response["violations"]
                wrong += [(language, scheme, each["id"], each["nodes"][0]["html"][:200]) for each in found]
                page.close()
        return wrong

    assert looked(look) == []


def test_the_dark_theme_is_dark(mails: dict[str, str]) -> None:
    def look(browser: Any) -> dict[str, str]:
        shades = {}
        for scheme in ("light", "dark"):
            page = browser.new_page(color_scheme=scheme)
            page.set_content(mails["nl"])
            shades[scheme] = page.evaluate(
                "getComputedStyle(document.querySelector('.sheet')).backgroundColor"
            )
        return shades

    assert looked(look) == {"light": "rgb(255, 255, 255)", "dark": "rgb(26, 30, 34)"}


def test_nothing_is_wider_than_the_window_or_than_640(mails: dict[str, str]) -> None:
    def look(browser: Any) -> list[tuple[int, int, float]]:
        sizes = []
        for width in (320, 390, 640, 1440):
            page = browser.new_page(viewport={"width": width, "height": 800})
            page.set_content(mails["nl"])
            whole = page.evaluate("document.documentElement.scrollWidth")
            sheet = page.evaluate("document.querySelector('.sheet').getBoundingClientRect().width")
            sizes.append((width, whole, sheet))
        return sizes

    assert [size for size in looked(look) if size[1] > size[0] or size[2] > 640] == []
