"""The whole story in a browser, in both languages, on a real `up` with a real mail server.

First start, sign-in, search, facet, signal, correction, subscription with its dry run, a new entry on a feed
that is polled, the alert mail, the digest, one-click unsubscribe.
"""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import chromium, watched
from tests.e2e.installation import Feed, Installation, running, until
from tests.servers import smtp

#: What a test looks for, by language.
WORDS = {
    "nl": {
        "dry run": r"gemeld|gemaild|verteld",
        "digest": "Dreigingsdigest",
        "signed in": "Overzicht",
    },
    "en": {"dry run": r"would have told you", "digest": "hreat digest", "signed in": "Overview"},
}
FIRST = (
    (
        "Storing bij waterbedrijf: drinkwater in drie wijken onbruikbaar",
        "Een storing trof het drinkwaterbedrijf.",
    ),
    (
        "Ransomware legt ziekenhuis plat",
        "Een aanval met ransomware trof een ziekenhuis; systemen liggen stil.",
    ),
    ("Kabinet bespreekt begroting", "De ministers spreken over het geld voor volgend jaar."),
)
NEWS = (
    "Ransomware treft waterschap: pompen op de hand",
    "Aanval met ransomware op een waterschap in Zeeland.",
)


def _signed_in(page: Page, found: Installation, language: str) -> None:
    page.goto(found.link())
    page.locator("main button").first.click()
    page.wait_for_url(f"{found.origin}/")
    if language == "en":
        page.goto(f"{found.origin}/account")
        page.select_option("#id_language", "en")
        page.locator("form:has(#id_language) button").click()
        page.goto(found.origin)
    expect(page.locator("header nav [aria-current=page]")).to_have_text(WORDS[language]["signed in"])
    expect(page.locator("html")).to_have_attribute("lang", language)


def _searched(page: Page, found: Installation) -> None:
    """Searches until the index has what the feed brought, then narrows by a facet."""

    def there() -> bool:
        page.goto(f"{found.origin}/search?q=ransomware")
        return page.locator("ol.signals > li").count() == 1

    until(there, "the signal is found", found)
    page.locator("#f-domain-cyber").click()
    page.wait_for_url(re.compile("domain%3Acyber|domain:cyber"))
    expect(page.locator("ol.signals > li")).to_have_count(1)
    expect(page.locator("ol.signals mark").first).to_have_text("Ransomware")


def _corrected(page: Page, found: Installation) -> None:
    """Opens the signal, sets its severity by one key, finds it by that at once, takes it back."""
    page.locator("ol.signals h3 a").first.click()
    page.wait_for_url(re.compile(r"/signals/\d+"))
    signal = page.url
    page.keyboard.press("e")
    page.select_option("#c-severity", "D")
    page.locator("#correct-severity form button.btn").last.click()
    expect(page.locator("main .sev.d").first).to_be_visible()

    def found_by_it() -> bool:
        page.goto(f"{found.origin}/search?q={quote('ransomware severity:D')}")
        return page.locator("ol.signals > li").count() == 1

    until(found_by_it, "the correction is searchable", found, 20)
    page.goto(signal)
    page.keyboard.press("u")
    expect(page.locator("main .sev.d")).to_have_count(0)


def _subscribed(page: Page, found: Installation, language: str) -> None:
    page.goto(f"{found.origin}/search?q=ransomware")
    page.keyboard.press("s")
    page.wait_for_url(re.compile("/subscriptions/new"))
    expect(page.locator("#id_q")).to_have_value("ransomware")
    expect(page.locator("#outlook")).to_contain_text(re.compile(WORDS[language]["dry run"]))
    page.keyboard.press("v")
    page.wait_for_url(re.compile(r"/subscriptions(/\d+)?$"))
    page.goto(f"{found.origin}/subscriptions")
    expect(page.locator("main")).to_contain_text("ransomware")


def _digest_now(found: Installation, zone: str) -> None:
    """The reader came yesterday and wants the digest at this very hour: no test waits for seven o'clock."""
    hour = datetime.now(ZoneInfo(zone)).hour
    joined = datetime.now(UTC) - timedelta(days=1)
    with sqlite3.connect(found.data / "horizonscan.sqlite3", timeout=10) as store:
        store.execute("UPDATE accounts_user SET joined = ?", (f"{joined:%Y-%m-%d %H:%M:%S}",))
        store.execute("DELETE FROM notify_reader")
        store.execute(
            "INSERT INTO notify_reader (user_id, digest, digest_hour, daily_cap, suspended_why) "
            "SELECT id, 1, ?, 8, '' FROM accounts_user",
            (hour,),
        )


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_whole_story(language: str, tmp_path: Path) -> None:
    feed = Feed("waterbericht", "127.9.5.1", facts={"domains": ["cyber"]})
    for title, text in FIRST:
        feed.add(title, text)
    with (
        smtp.running() as sink,
        running(tmp_path / "data", [feed], EMAIL_URL=sink.url()) as found,
        chromium() as browser,
    ):
        page = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="nl-NL").new_page()
        faults = watched(page, found.origin)
        _signed_in(page, found, language)
        _searched(page, found)
        _corrected(page, found)
        _subscribed(page, found, language)

        feed.add(*NEWS)
        alert = until(
            lambda: next(
                (r.message for r in sink.received if "waterschap" in str(r.message["Subject"])), None
            ),
            "the alert mail",
            found,
        )
        assert alert["Auto-Submitted"] == "auto-generated"
        assert alert["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        body = alert.get_body(("plain",)).get_content()
        assert NEWS[0] in body and "ransomware" in body.lower()
        link = re.search(rf"{re.escape(found.origin)}/signals/\d+", body)
        assert link, body
        page.goto(link[0])
        expect(page.locator("h1")).to_contain_text("waterschap")

        _digest_now(found, "Europe/Amsterdam")
        digest = until(
            lambda: next(
                (r.message for r in sink.received if WORDS[language]["digest"] in str(r.message["Subject"])),
                None,
            ),
            "the digest",
            found,
            90,
        )
        assert "waterschap" in digest.get_body(("plain",)).get_content()
        page.goto(f"{found.origin}/digests")
        page.locator("main a").filter(has_text=re.compile(r"20\d\d|today|vandaag")).first.click()
        page.wait_for_url(re.compile(r"/digests/\d+"))
        expect(page.locator("main")).to_contain_text("waterschap")

        address = str(alert["List-Unsubscribe"]).strip("<> ")
        asked = Request(address, data=b"List-Unsubscribe=One-Click", method="POST")
        with urlopen(asked, timeout=10) as answered:
            assert answered.status == 200
        with sqlite3.connect(found.data / "horizonscan.sqlite3", timeout=10) as store:
            stopped = store.execute(
                "SELECT count(*) FROM notify_subscription WHERE paused IS NOT NULL OR deleted IS NOT NULL"
            ).fetchone()
        assert stopped == (1,)
        assert faults == []
