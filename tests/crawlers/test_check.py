"""What `sources check` sees through: the traps that real catalogues set, each as an invented answer."""

# ruff: noqa: E501 - tables: one case a line
from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

import pytest

from crawlers.check import judge, works
from crawlers.decide import answers, tdm
from crawlers.polls import Answer, Job, Poll

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
URL = "https://www.news.example/feed"
DUTCH = [
    "Brandweer blust grote brand in de haven van Rotterdam",
    "Waterschap waarschuwt voor hoog water langs de Maas",
    "Ziekenhuis schort operaties op na storing in het netwerk",
    "Politie houdt drie verdachten aan voor de explosie in Utrecht",
    "Minister stuurt brief over de veiligheid van de kustwacht",
    "Treinverkeer ligt stil door een defecte bovenleiding",
]


def item(title: str, days: float = 0.5, *, link: str = "", date: str | None = None, text: str = "") -> str:
    when = format_datetime(NOW - timedelta(days=days), usegmt=True) if date is None else date
    number = abs(hash((title, days))) % 10**9
    parts = [f"<link>{link or f'https://www.news.example/a/{number}'}</link><guid>{number}</guid>"]
    parts += [f"<title>{title}</title>"] if title else []
    parts += [f"<pubDate>{when}</pubDate>"] if when else []
    parts += [f"<description>{escape(text)}</description>"] if text else []
    return f"<item>{''.join(parts)}</item>"


def rss(*items: str, title: str = "Invented") -> bytes:
    return f'<rss version="2.0"><channel><title>{title}</title>{"".join(items)}</channel></rss>'.encode()


def page(title: str, body: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>".encode()


def found(
    body: bytes, *, status: int = 200, url: str = URL, language: str = "nl", **headers: str
) -> dict[str, str]:
    """Codes and texts of what is found in one answer."""
    job = Job(1, "one", URL, allowed_hosts=("news.example",), language=language)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    poll = answers.ended(Answer(url, status, named, body), job, NOW)
    return {finding.code: finding.text for finding in judge(job, poll, NOW)}


def test_a_feed_that_works_gets_one_line() -> None:
    body = rss(*(item(title, n / 2) for n, title in enumerate(DUTCH)))
    assert list(found(body)) == ["read"]
    assert "6 entries, newest 2026-11-24 12:00 UTC" in found(body)["read"]


@pytest.mark.parametrize(
    ("body", "options", "code"),
    [
        (page("Nieuws | Invented"), {}, "html"),
        (page("Home"), {"url": "https://www.news.example/"}, "html"),
        (page("Just a moment..."), {}, "challenge"),
        (page("", "<noscript>Enable JavaScript and cookies to continue</noscript>"), {}, "challenge"),
        (page("Bot check"), {}, "challenge"),
        (b"", {"status": 202}, "challenge"),
        (page("Even geduld"), {"status": 202}, "challenge"),
        (page("Cookiewall - Invented"), {}, "consent-wall"),
        (page("Welkom"), {"url": "https://www.news.example/privacygate/?to=feed"}, "consent-wall"),
        (page("Pagina niet gevonden"), {}, "soft-404"),
        (page("404 - Invented"), {}, "soft-404"),
        (b"", {}, "empty-answer"),
        (b" \n\n ", {}, "empty-answer"),
        (b"", {"status": 404}, "status-404"),
        (b"", {"status": 403}, "status-403"),
        (b"", {"status": 410}, "gone"),
        (rss(), {}, "no-entries"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": []}', {}, "no-entries"),
        (b"just words, no feed", {}, "refused"),
        (b'{"error": "no such feed"}', {}, "refused"),
        (rss(*(item(title, 175 + n) for n, title in enumerate(DUTCH))), {}, "frozen"),
        (rss(*(item(title, 3900 + n) for n, title in enumerate(DUTCH))), {}, "frozen"),
    ],
)
def test_faults(body: bytes, options: dict[str, str], code: str) -> None:
    job_findings = found(body, **options)  # type: ignore[arg-type]
    assert next(iter(job_findings)) == code, job_findings


@pytest.mark.parametrize(
    ("body", "options", "code", "words"),
    [
        (rss(*(item(t, 45 + n) for n, t in enumerate(DUTCH))), {}, "old", "45 days ago"),
        (rss(*(item(t, date="") for t in DUTCH)), {}, "undated", "6 of 6"),
        (rss(item(DUTCH[0], date="gisteren"), *(item(t) for t in DUTCH[1:])), {}, "unreadable-dates", "gisteren"),
        (rss(item(DUTCH[0], -40), *(item(t) for t in DUTCH[1:])), {}, "future", "up to 2027-01-03"),
        (rss(*(item("", text=t) for t in DUTCH)), {}, "untitled", "6 of 6"),
        (rss(*(item(f"Bedrijf {n}") for n in range(6))), {}, "bare-titles", "little to judge by"),
        (rss(item(DUTCH[0])), {}, "single", "one entry only"),
        (rss(*(item(t, d) for t, d in zip(DUTCH, (90, 3, 50, 1, 70, 2), strict=True))), {}, "unordered", "order of time"),
        (rss(*(item(t) for t in DUTCH)), {"language": "en"}, "language", "written in nl, listed as en"),
        (rss(*(item(t, link=f"https://paper{n}.example/x") for n, t in enumerate(DUTCH))), {}, "elsewhere", "6 of 6"),
        (rss(*(item(f"A &amp;amp;amp; B {t}") for t in DUTCH)), {}, "double-escaped", "6 of 6"),
        (rss(item(DUTCH[0]), item(DUTCH[0]), *(item(t) for t in DUTCH[1:])), {}, "repeated-ids", "1 of 7"),
        (rss(*(item(f"{DUTCH[n % 6]} {n}") for n in range(600))), {}, "many", "600"),
        (rss(*(item(t) for t in DUTCH))[:-120], {}, "truncated", "breaks off"),
    ],
)  # fmt: skip
def test_warnings_and_notes(body: bytes, options: dict[str, str], code: str, words: str) -> None:
    every = found(body, **options)  # type: ignore[arg-type]
    assert code in every, every
    assert words in every[code]


def test_the_language_of_a_bilingual_or_unlisted_source_is_not_judged() -> None:
    body = rss(*(item(title) for title in DUTCH))
    assert "language" not in found(body, language="") and "language" not in found(body, language="pap")


@pytest.mark.parametrize(
    ("note", "code"),
    [
        ("robots.txt disallows https://www.news.example/feed", "robots"),
        ("redirects to evil.example, which is not an allowed host of this source", "other-host"),
        (
            "localhost resolves to 127.0.0.1, a loopback address; HORIZONSCAN_ALLOW_PRIVATE can allow it",
            "private-address",
        ),
    ],
)
def test_what_our_own_rules_forbid_is_named(note: str, code: str) -> None:
    (finding,) = judge(Job(1, "one", URL), Poll(Job(1, "one", URL), NOW, "blocked", note=note), NOW)
    assert (finding.code, finding.level, finding.text) == (code, "fault", note)


def test_reservations_and_moves_are_told_beside_what_was_read() -> None:
    job = Job(1, "one", URL, language="nl")
    poll = answers.ended(Answer(URL, 200, {}, rss(*(item(title) for title in DUTCH))), job, NOW)
    decision = tdm.Reservation(True, "header tdm-reservation: 1")
    from dataclasses import replace

    findings = judge(job, replace(poll, reservation=decision, moved_to="https://www.news.example/new"), NOW)
    assert works(findings)
    assert [finding.code for finding in findings] == ["moved", "tdm-reserved", "read"]
    reserved = Poll(job, NOW, "reserved", note=decision.basis, reservation=decision)
    assert [(f.code, f.level) for f in judge(job, reserved, NOW)] == [("tdm-reserved", "fault")]


def test_json_feeds_are_judged_alike() -> None:
    items = [{"id": str(n), "url": f"https://www.news.example/{n}", "title": t} for n, t in enumerate(DUTCH)]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": items}).encode()
    assert list(found(body)) == ["undated", "read"]
