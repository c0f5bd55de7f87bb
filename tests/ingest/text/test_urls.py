"""One article has one address, however a feed spells it; what is no web address has none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.text.urls import canonical, key, shareable

SAME = [
    ("HTTPS://User:Secret@Example.ORG:443/a/./b/../c?#top", "https://example.org/a/c"),
    ("http://example.org:80", "http://example.org/"),
    ("http://example.org:8080/x", "http://example.org:8080/x"),
    ("https://example.org/%7euser/%c3%a9 t", "https://example.org/~user/%C3%A9%20t"),
    ("https://example.org/é", "https://example.org/%C3%A9"),
    ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
    ("https://example.org./x", "https://example.org/x"),
    ("//example.org/x", "https://example.org/x"),
    (" https://example.org/x\n", "https://example.org/x"),
    ("https://example.org/?b=2&a=1&utm_source=rss&utm_medium=feed", "https://example.org/?b=2&a=1"),
    (
        "https://example.org/x?fbclid=1&id=7&at_medium=RSS&xtor=RSS-1&ns_mchannel=a&WT.mc_id=2",
        "https://example.org/x?id=7",
    ),
    ("https://example.org/x?id=7&amp;amp;page=2", "https://example.org/x?id=7&page=2"),
    ("https://example.org/x?ref=rss", "https://example.org/x"),
    ("https://example.org/x?ref=12345", "https://example.org/x?ref=12345"),
    ("https://example.org/app#!/item/5", "https://example.org/app#!/item/5"),
    ("https://example.org/x#:~:text=word", "https://example.org/x"),
    ("https://[2001:DB8:0:0::1]/x", "https://[2001:db8::1]/x"),
    ("https://example.org/100%", "https://example.org/100%25"),
    # Consent walls, redirectors, AMP.
    (
        "https://myprivacy.dpgmedia.net/consent?siteKey=x&callbackUrl="
        "https%3A%2F%2Fkrant.example%2Fprivacygate-confirm%3FredirectUri%3D%252Fregio%252Fbrand~a1%252F",
        "https://krant.example/regio/brand~a1/",
    ),
    (
        "https://myprivacy.dpgmedia.net/consent?redirectUri=https%3A%2F%2Fkrant.example%2Fx%3Futm_source%3Drss"
        "&callbackUrl=https%3A%2F%2Fkrant.example%2Fcb",
        "https://krant.example/x",
    ),
    ("https://krant.example/privacy-gate/accept?redirectUri=%2fnieuws%2f1", "https://krant.example/nieuws/1"),
    ("https://consent.google.com/m?continue=https://news.google.com/rss/articles/CBMi?oc%3D5&gl=NL", None),
    (
        "https://consent.yahoo.com/v2/collectConsent?sessionId=1&done=https%3A%2F%2Fnews.example%2Fa",
        "https://news.example/a",
    ),
    ("https://www.google.com/url?rct=j&sa=t&url=https://news.example/a-b&ct=ga", "https://news.example/a-b"),
    ("https://news-example.cdn.ampproject.org/c/s/news.example/a?x=1", "https://news.example/a?x=1"),
    ("https://www.google.com/amp/s/news.example/2026/11/a", "https://news.example/2026/11/a"),
    ("https://news.example/2026/dike-in-danger/amp/", "https://news.example/2026/dike-in-danger/"),
    ("https://news.example/music/amp", "https://news.example/music/amp"),
    # Short forms.
    ("https://nos.nl/l/2629699", "https://nos.nl/artikel/2629699"),
    ("https://nos.nl/artikel/2629699-een-kop-met-woorden", "https://nos.nl/artikel/2629699"),
    ("https://www.nu.nl/klimaat/6123456/een-kop.html", "https://www.nu.nl/-/6123456/"),
    ("https://tweakers.net/nieuws/212345/een-kop.html", "https://tweakers.net/nieuws/212345"),
]


@pytest.mark.parametrize(("given_url", "expected"), SAME)
def test_spellings_of_one_address(given_url: str, expected: str | None) -> None:
    made = canonical(given_url)
    if expected is not None:
        assert made == expected
    assert made is not None and canonical(made) == made


@pytest.mark.parametrize(
    "url",
    [
        "",
        "  ",
        "javascript:alert(1)",
        "data:text/html,x",
        "mailto:desk@example.org",
        "urn:uuid:1",
        "ftp://example.org/x",
        "https://",
        "https:///x",
        "http://exa mple.org/",
        "http://[::1",
        "http://example.org:99999999/",
        "tag:x,2026:1",
        "not a url",
        "https://" + "a" * 9000,
        "http://.example.org/",
        "http://a..b/",
    ],
)
def test_what_is_no_web_address_has_none(url: str) -> None:
    assert canonical(url) is None


def test_a_relative_link_is_read_against_its_base() -> None:
    assert canonical("../x?y=1", "https://example.org/a/b/feed.xml") == "https://example.org/a/x?y=1"
    assert canonical("/x", "https://example.org") == "https://example.org/x"
    assert canonical("https://other.example/x", "https://example.org/feed") == "https://other.example/x"
    assert canonical("x", "mailto:nobody") is None


def test_scheme_and_www_make_no_difference_between_sources() -> None:
    assert key("https://www.example.org/x") == key("http://example.org/x") != key("https://example.org/y")
    assert len(key("https://example.org/x")) == 32


def test_a_bare_host_names_no_article() -> None:
    assert not shareable("https://example.org/")
    assert shareable("https://example.org/x") and shareable("https://example.org/?p=1")


def test_a_chain_of_redirectors_ends() -> None:
    url = "https://example.org/x"
    for _ in range(30):
        url = "https://www.google.com/url?url=" + url
    assert canonical(url) in (None, "https://example.org/x")


_PIECES = st.lists(
    st.sampled_from(
        [
            "https://",
            "http:",
            "//",
            "/",
            "..",
            ".",
            "a",
            "example.org",
            "www.",
            "nos.nl/l/12",
            "?",
            "&",
            "&amp;",
            "=",
            "#",
            "!",
            "%",
            "%2f",
            "%41",
            "%c3%a9",
            "é",
            " ",
            "+",
            ":",
            "@",
            "[",
            "]",
            "\\",
            "utm_source=x",
            "url=",
            "redirectUri=",
            "consent.",
            "www.google.com/url?url=http",
            "privacygate-confirm?redirectUri=/",
            "amp",
            "-b-c",
            "1",
            "\t",
            "ß",
            "￼",
        ]
    ),
    max_size=14,
).map("".join)


@settings(max_examples=600, deadline=None)
@given(st.one_of(_PIECES, _PIECES.map(lambda rest: "https://example.org/" + rest), st.text(max_size=60)))
def test_canonical_is_stable_and_never_raises(url: str) -> None:
    once = canonical(url)
    assert once is None or (
        canonical(once) == once and once.startswith(("http://", "https://")) and once.isascii()
    )
