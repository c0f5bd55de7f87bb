"""Headless Chromium for tests: the one of the machine, driven by Playwright; nothing is downloaded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import missing

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser; skips (fails in CI) where the machine has none."""
    found = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if found is None:
        missing("a browser (Debian: apt-get install chromium)")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def watched(page: Page, origin: str) -> list[str]:
    """What goes wrong on a page from now on: script errors, refused content, requests to anywhere else."""
    faults: list[str] = []

    def said(message: Any) -> None:
        if message.type == "error":
            faults.append(f"{page.url}: {message.text}")

    def asked(request: Any) -> None:
        if not request.url.startswith((origin, "data:", "about:")):
            faults.append(f"{page.url} asks {request.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("request", asked)
    return faults
