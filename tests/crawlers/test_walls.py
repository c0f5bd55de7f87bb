"""Consent walls and other pages in a feed's way: what is one, and what only looks like one."""

from __future__ import annotations

import pytest

from crawlers.decide import answers, walls
from crawlers.polls import Answer, Job

FEED = "https://www.krant.example/rss/nieuws.xml"
BACK = "callbackUrl=https%3A%2F%2Fwww.krant.example%2Frss%2Fnieuws.xml"

WALLS = [
    f"https://myprivacy.dpgmedia.nl/consent?siteKey=x&{BACK}",
    "https://myprivacy.uitgever.example/",
    "https://consent.krant.example/?return=/rss/nieuws.xml",
    f"https://www.krant.example/privacygate/?{BACK}",
    "https://www.krant.example/cookie-consent-v2/?redirect=/rss/nieuws.xml",
    "https://consent.yahoo.example/v2/collectConsent?sessionId=1",
    f"https://id.uitgever.example/privacy?{BACK}",
    "https://cookiewall.uitgever.example/krant",
    "https://www.krant.example/cookiewall?url=https://www.krant.example/rss/nieuws.xml",
]
ORDINARY = [
    "https://krant.example/rss/nieuws.xml",
    "https://feeds.krant.example/rss/nieuws.xml",
    "https://www.krant.example/privacy/rss.xml",
    "https://www.krant.example/rss/privacy",
    "https://autoriteit-privacy.example/rss?category=cookies",
    "https://nieuws.krant.example/cookies-bakken/rss",
    "https://www.krant.example/consent/rss.xml",
    "https://login.uitgever.example/authorize?redirect_uri=https://www.krant.example/",
    "https://www.krant.example/rss/nieuws.xml?utm_source=consent",
    "http://[::", "",
]  # fmt: skip


@pytest.mark.parametrize("url", WALLS)
def test_a_redirect_to_a_consent_wall_is_told_and_not_followed(url: str) -> None:
    assert walls.consent(url, FEED)
    job = Job(
        1, "krant", FEED, allowed_hosts=("krant.example", "uitgever.example", "dpgmedia.nl", "yahoo.example")
    )
    step = answers.redirect(Answer(FEED, 302, {"location": url}), [FEED], job)
    assert isinstance(step, str) and step.startswith("consent: redirects to the consent wall of ")


@pytest.mark.parametrize("url", ORDINARY)
def test_what_only_looks_like_one_is_none(url: str) -> None:
    assert not walls.consent(url, FEED)


def test_an_authority_for_privacy_may_move() -> None:
    assert not walls.consent("https://www.gdpr.example/rss", "https://gdpr.example/rss")


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (b"<!doctype html><title>DPG Media Privacy Gate</title>", "consent"),
        (b"<html><title>Before you continue</title>", "consent"),
        (b"<html><title>Cookie-instellingen</title>", "consent"),
        (b"<html><title>Nieuws</title><script src=https://myprivacy.dpgmedia.nl/x.js>", "consent"),
        (b"<html><title>Nieuws over de storm</title><div id=onetrust-banner>", "page"),
        (b"<html><title>Just a moment...</title>", "challenge"),
        (b"<html><title>Pagina niet gevonden</title>", "soft404"),
        (b"<html><title>Mijn omgeving</title><form><input name=p type='password'>", "login"),
        (b"<html><title>Inloggen</title>", "login"),
        (b"<rss></rss>", ""),
    ],
)
def test_pages(page: bytes, kind: str) -> None:
    assert walls.kind(answers.html_title(page), FEED, page) == kind


def test_hostile_addresses_and_pages_come_to_an_end() -> None:
    """An expression that tries everything would take hours over these."""
    for text in (
        "a" * 100_000,
        "/" * 100_000,
        "?a=b&" * 30_000,
        "<input " * 2000,
        "cookie-" * 2000,
        "%" * 50_000,
    ):
        walls.consent(f"https://x.example/{text}", FEED)
        walls.kind("t", FEED, text.encode())
        walls.kind(text[:80], f"https://x.example/{text}", b"")
