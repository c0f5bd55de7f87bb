"""Walls in a feed's way: consent and cookie pages, bot checks, sign-in pages, soft 404s. Pure.

A wall answers 200 or redirects, so it looks like success to a program. It is named and left alone: nobody
here consents for a reader, and following it would only go round in circles.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from crawlers.decide import hosts
from ingest.text.fold import fold

#: Labels and path segments that only walls have, written without separators.
_NAMES = frozenset(
    (
        *("consent", "consents", "cookieconsent", "privacyconsent", "getconsent", "collectconsent"),
        *(
            "cookiewall",
            "cookiemuur",
            "cookiegate",
            "privacygate",
            "privacywall",
            "consentwall",
            "consentgate",
        ),
        *("myprivacy", "mijnprivacy", "toestemming", "cookietoestemming", "cookieinstellingen"),
        *("gdprconsent", "gdpr", "gdprwall", "datenschutzeinwilligung", "einwilligung", "consentement"),
    )
)
#: Segments that a wall shares with ordinary pages (a privacy statement): they count on another host only,
#: with an address to come back to.
_SHARED = frozenset(("privacy", "cookie", "cookies", "accept", "choice", "choices"))
_LEAST = 8  # characters of an address to come back to

_CONSENT = re.compile(
    r"cookie[- ]?(wall|muur|instellingen|toestemming|consent|settings)|(privacy|consent)[- ]?(gate|wall)|"
    r"\bconsent\b|\btoestemming\b|before you continue|voordat je verdergaat|uw privacy|we value your privacy|"
    r"(accept|accepteer)\w* (all |alle )?cookies|zustimmung|einwilligung|consentement"
)
_CHALLENGE = re.compile(
    r"just a moment|are you (a )?human|verify(ing)? (that )?you are|attention required|checking your browser|"
    r"checking if the site|access denied|captcha|bot[ -]?(check|detection|protection|manager)|"
    r"enable javascript (and cookies )?to continue|robot\?|ddos"
)
_MISSING = re.compile(
    r"\b404\b|niet gevonden|not found|bestaat niet|does not exist|page missing|kunnen we niet vinden"
)
_SIGN_IN = re.compile(r"\b(sign|log)[ -]?(in|on)\b|\binloggen\b|\baanmelden\b|\banmelden\b|connexion")
_PASSWORD = re.compile(r"<input[^>]{0,200}type\s*=\s*[\"']?password")
#: Walls whose pages have no telling title: what their first bytes name (folded, lower case).
_MARKS = (
    "myprivacy.dpgmedia",
    "privacygate",
    "consent.google.",
    "consent.youtube.",
    "guce.yahoo.",
    "guce.advertising",
    "privacy-gate",
    "cookiewall",
    "cookie-wall",
    "sp_message_container",
)


def _words(text: str) -> list[str]:
    return [re.sub(r"[^a-z0-9]", "", part) for part in re.split(r"[/.;]", unquote(text).lower())]


def consent(url: str, asked: str = "") -> str:
    """The host of the consent wall that `url` is, as a redirect from `asked`; empty where it is none."""
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, max_num_fields=50)
    except ValueError:
        return ""
    host = hosts.host_of(url)
    elsewhere = host != hosts.host_of(asked)
    labels, path = _words(host)[:-1], _words(parts.path)[1:]
    # The site's own name is no sign: an authority for privacy may be called so.
    own = set(_words(hosts.host_of(asked)))
    if elsewhere and any(_named(label) and label not in own for label in labels):
        return host
    if any(map(_named, path)) and (elsewhere or _returns(query, asked)):
        return host
    if elsewhere and _returns(query, asked) and any(w in _SHARED for w in (*labels, *path)):
        return host
    return ""


def _named(word: str) -> bool:
    return word in _NAMES or word.startswith(("cookiewall", "cookieconsent", "privacygate", "consentwall"))


def _returns(query: list[tuple[str, str]], asked: str) -> bool:
    """Whether an address to come back to is handed on."""
    own = hosts.host_of(asked)
    values = (unquote(value).lower() for _, value in query)
    return any(
        len(value) >= _LEAST and (value.startswith(("http://", "https://", "/")) or (own and own in value))
        for value in values
    )


def kind(title: str | None, url: str, body: bytes) -> str:
    """What a web page in a feed's place is: challenge, consent, soft404, login, frontpage or page.

    `title` is the page's own (None where the body is no web page: then ""). Only its beginning is read.
    """
    if title is None:
        return ""
    named = fold(title).lower()
    start = fold(body[:8000].decode("utf-8", "replace")).lower()
    if _CHALLENGE.search(named) or (len(body) < 20000 and _CHALLENGE.search(start)):
        return "challenge"
    if _CONSENT.search(named) or consent(url) or any(mark in start for mark in _MARKS):
        return "consent"
    if _MISSING.search(named):
        return "soft404"
    if _SIGN_IN.search(named) or _PASSWORD.search(start):
        return "login"
    return "frontpage" if re.fullmatch(r"https?://[^/]+/?", url) else "page"
