"""Every page, on the sample, in a browser: nothing shuts anybody out, overflows or comes from elsewhere.

The pages are those of `tests/web/roles.toml`, which has every route. `make test-full` looks at both
languages, three widths and both themes, and leaves the pictures in build/screens.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.browser import chromium, watched
from tests.e2e.installation import Installation, running, until

ROLES = Path(__file__).parents[1] / "web" / "roles.toml"
SCREENS = Path(__file__).parents[2] / "build" / "screens"
#: Answers for machines.
_MACHINES = ("/healthz", "/readyz", "/metrics", "/feeds/a", "/search/complete", "/search/new")
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def paths() -> list[str]:
    """Every page that a GET shows; numbers of things that the sample has in place of those it has not."""
    routes = tomllib.loads(ROLES.read_text(encoding="utf-8")).values()
    shown = [route["path"] for route in routes if "get" in route]
    real = [re.sub(r"/999\b", "/1", path).replace("/no-such", "/stille-bron", 1) for path in shown]
    found = [path for path in real if not path.startswith(_MACHINES) and not path.endswith("/html")]
    return [*found, "/search?q=storing", "/search?q=(aanval", "/signals/1?whynot=crime", "/no-such-page"]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with running(tmp_path_factory.mktemp("screens"), words=["--sample"]) as found:
        until(lambda: "replay complete" in found.log, "the sample is in", found, 120)
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def state(installation: Installation, browser: Browser) -> Any:
    """Signed in as the administrator, with one subscription and one digest."""
    page = browser.new_context(base_url=installation.origin).new_page()
    page.goto(installation.link())
    page.locator("main button").first.click()
    page.wait_for_url(f"{installation.origin}/")
    page.goto("/subscriptions/new?domain=cyber")
    page.keyboard.press("v")
    page.wait_for_url(re.compile(r"/subscriptions(/\d+)?$"))
    made = installation.call("digest", "--user", "admin@localhost")
    assert made.returncode == 0, made.stderr
    return page.context.storage_state()


def _open(installation: Installation, browser: Browser, state: Any, **how: Any) -> Page:
    return browser.new_context(storage_state=state, base_url=installation.origin, **how).new_page()


def _faults(page: Page, path: str) -> list[str]:
    """What is wrong with a page: axe's findings, and content wider than the window."""
    answer = page.goto(path)
    assert answer is not None and answer.status < 500, path
    found = Axe().run(page, options=_RULES).response["violations"]
    told = [f"{path}: {each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*told, f"{path}: {wide} px too wide"] if wide > 0 else told


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_lets_everybody_in_and_asks_nobody_else(
    scheme: str, installation: Installation, browser: Browser, state: Any
) -> None:
    page = _open(installation, browser, state, viewport={"width": 1440, "height": 1000}, color_scheme=scheme)
    faults = watched(page, installation.origin)
    found = [each for path in paths() for each in _faults(page, path)]
    assert not found, "\n".join(found)
    # The browser itself reports every 4xx; those are asked for here.
    assert [each for each in faults if "status of 4" not in each] == []


@pytest.mark.full
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390, 320])
def test_every_page_at_every_size(
    language: str, scheme: str, width: int, installation: Installation, browser: Browser, state: Any
) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    page = _open(installation, browser, state, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto("/account")
    page.select_option("#id_language", language)
    page.locator("form:has(#id_language) button").click()
    page.wait_for_load_state()
    found = []
    for path in paths():
        found += _faults(page, path)
        assert page.locator("html").get_attribute("lang") == language
        name = re.sub(r"\W+", "-", path).strip("-") or "home"
        page.screenshot(path=SCREENS / f"{name}.{language}.{scheme}.{width}.png", full_page=True)
    assert not found, "\n".join(found)
