"""The deciders of a poll, as tables: hosts, redirects, Retry-After, back-off, robots.txt, TDM, pages."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawlers import pages, schedule
from crawlers.decide import answers, hosts, robots, state, tdm
from crawlers.pace import pause
from crawlers.polls import Answer, Job
from ingest import formats

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
JOB = Job(1, "one", "https://www.news.example/feed", allowed_hosts=("news.example",))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/a", True),
        ("https://WWW.News.Example./a", True),
        ("https://feeds.news.example:8443/a", True),
        ("https://evilnews.example/", False),
        ("https://news.example.evil.example/", False),
        ("https://news.example@evil.example/", False),
        ("https:///nothing", False),
        ("https://ｎｅｗｓ.example/a", True),
        ("https://news.example\\@evil.example/", False),
        ("https://[bad/", False),
    ],
)
def test_hosts_are_allowed_exactly_or_below(url: str, expected: bool) -> None:
    assert hosts.allowed(url, ["news.example"], "https://news.example/feed") is expected


def test_without_a_list_only_the_sources_own_host_is_allowed() -> None:
    assert hosts.allowed("https://a.example/x", [], "https://a.example/feed")
    assert not hosts.allowed("https://b.example/x", [], "https://a.example/feed")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/",
        "file:///etc/passwd",
        "https://u:p@a.example/",
        "https://a.example:x/",
        "//",
        "https://evil.example\\.news.example/",
        "https://evil.example%00.news.example/",
        "https://evil example.news.example/",
        "https://[::1%25eth0]/",
        "https://…/",
        "https://./",
        "https://a..example/",
    ],
)
def test_what_is_not_fetched_at_all(url: str) -> None:
    assert hosts.fetchable(url)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/new", "https://www.news.example/new"),
        ("//feeds.news.example/x#y", "https://feeds.news.example/x"),
        ("?page=2", "https://www.news.example/feed?page=2"),
        ("https://evil.example/", "not an allowed host"),
        ("ftp://news.example/", "scheme ftp"),
        ("https://u:p@news.example/", "user name"),
        ("https://www.news.example/feed", "loop"),
        ("", "without a Location"),
        ("http://[::", "not a URL"),
        ("/caf\xc3\xa9 x", "https://www.news.example/caf%C3%A9%20x"),
        ("/caf\xe9", "https://www.news.example/caf%C3%A9"),
        ("/a\x00\x07b", "https://www.news.example/ab"),
    ],
)
def test_redirects(location: str, expected: str) -> None:
    answer = Answer(JOB.url, 301, {"location": location})
    step = answers.redirect(answer, [JOB.url], JOB)
    assert (
        (step.url == expected and step.permanent) if isinstance(step, answers.Hop) else expected in str(step)
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", NOW + timedelta(minutes=2)),
        (" 0 ", NOW),
        ("99999999999999999999", NOW + timedelta(days=1)),
        ("Tue, 24 Nov 2026 13:00:00 GMT", NOW + timedelta(hours=1)),
        ("Tuesday, 24-Nov-26 13:00:00 GMT", NOW + timedelta(hours=1)),
        ("Tue, 24 Nov 2026 11:00:00 GMT", None),
        ("soon", None),
        ("-5", None),
        ("１２０", None),
        (None, None),
    ],
)
def test_retry_after(value: str | None, expected: datetime | None) -> None:
    assert schedule.retry_after(value, NOW) == expected


def test_back_off_doubles_up_to_a_day_and_is_the_same_every_time() -> None:
    quarter = timedelta(minutes=15)
    waits = [schedule.backoff(quarter, failures, source_id=7) for failures in range(1, 40)]
    assert waits == [schedule.backoff(quarter, failures, source_id=7) for failures in range(1, 40)]
    assert waits == sorted(waits) and waits[0] >= quarter and waits[-1] == timedelta(days=1)
    assert waits[3] > 7 * quarter
    assert len({schedule.backoff(quarter, 3, source_id) for source_id in range(50)}) > 40


def test_a_slow_source_is_never_polled_sooner_because_it_failed() -> None:
    assert schedule.backoff(timedelta(days=7), 3, 1) >= timedelta(days=1)


def test_success_is_followed_by_the_interval_and_the_counters_start_again() -> None:
    job = replace(JOB, failures=5, unchanged=2, polls=9, etag='"a"')
    poll = answers.ended(Answer(JOB.url, 304, {}), job, NOW)
    values = state.after(poll)
    assert values["failures"] == 0 and values["unchanged"] == 3 and values["polls"] == 10
    assert abs(values["next_due"] - NOW - job.interval) <= job.interval * 0.05
    assert values["etag"] == '"a"' and "body_hash" not in values


def test_a_failure_keeps_validators_and_hash() -> None:
    values = state.after(answers.ended(Answer(JOB.url, 500, {}), replace(JOB, etag='"a"'), NOW))
    assert not {"etag", "last_modified", "body_hash", "last_answered"} & set(values)


@pytest.mark.parametrize("etag", ['"a"', 'W/"b-gzip"', "unquoted", '"\xe9\xff"', "", "x" * 1000])
def test_validators_are_kept_and_sent_as_they_came(etag: str) -> None:
    poll = answers.ended(
        Answer(JOB.url, 200, {"etag": etag, "last-modified": "whenever "}, b"<rss/>"), JOB, NOW
    )
    sent = answers.validators(replace(JOB, etag=poll.etag, last_modified=poll.last_modified))
    assert sent.get("If-None-Match", b"").decode("latin-1") == etag
    assert sent["If-Modified-Since"] == b"whenever "


def test_a_validator_too_long_to_keep_is_not_cut_but_left_out() -> None:
    poll = answers.ended(Answer(JOB.url, 200, {"etag": "x" * 1001}, b"<rss/>"), JOB, NOW)
    assert poll.etag == ""


@pytest.mark.parametrize(
    ("status", "body", "url", "allowed"),
    [
        (200, "User-agent: *\nDisallow: /", "https://a.example/feed", False),
        (200, "User-agent: *\nDisallow:", "https://a.example/feed", True),
        (200, "User-agent: other\nDisallow: /", "https://a.example/feed", True),
        (
            200,
            "User-agent: *\nDisallow: /\nUser-agent: HorizonScan\nAllow: /",
            "https://a.example/feed",
            True,
        ),
        (200, "User-agent: *\nDisallow: /f\nAllow: /feed$", "https://a.example/feed", True),
        (200, "User-agent: *\nDisallow: /*.xml$", "https://a.example/x/feed.xml", False),
        (200, "User-agent: *\nDisallow: /*.xml$", "https://a.example/x/feed.xml?a=1", True),
        (200, "\ufeffUser-agent: *\r\nDisallow: /feed\r\n", "https://a.example/feed", False),
        (200, "<html>no rules</html>", "https://a.example/feed", True),
        (200, "", "https://a.example/feed", True),
        (404, "User-agent: *\nDisallow: /", "https://a.example/feed", True),
        (403, "", "https://a.example/feed", True),
        (429, "", "https://a.example/feed", False),
        (500, "", "https://a.example/feed", False),
        (503, "", "https://a.example/feed", False),
        (200, "#" * robots.LARGEST + "\nUser-agent: *\nDisallow: /", "https://a.example/feed", True),
    ],
)
def test_robots(status: int, body: str, url: str, allowed: bool) -> None:
    rules = robots.Rules(robots.from_answer(status, body.encode()))
    assert (rules.refusal(url) is None) is allowed


def test_a_sites_crawl_delay_lengthens_the_pause_but_never_beyond_a_minute() -> None:
    rules = robots.Rules(robots.from_answer(200, b"User-agent: *\nCrawl-delay: 7"))
    assert pause("a.example", 2, rules.delay()) == 7
    assert pause("a.example", 9, rules.delay()) == 9
    assert robots.Rules(robots.from_answer(200, b"User-agent: *\nCrawl-delay: 9999")).delay() == 60
    assert pause("127.77.0.1", 9, 7) == 0


def test_hostile_robots_rules_cost_no_time() -> None:
    text = "User-agent: *\n" + "".join(f"Disallow: /{'*a' * 200}{n}$\n" for n in range(50))
    started = time.perf_counter()
    robots.Rules(robots.from_answer(200, text.encode())).refusal("https://a.example/" + "a" * 2000)
    assert time.perf_counter() - started < 5


RULES = tdm.read_file(
    json.dumps(
        [
            {"location": "/open/*", "tdm-reservation": 0},
            {"location": "/*.pdf$", "tdm-reservation": 1, "tdm-policy": "https://p.example/"},
            {"location": "/news", "tdm-reservation": 1},
            {"no": "location"},
        ]
    ).encode()
)


@pytest.mark.parametrize(
    ("path", "header", "reserved"),
    [
        ("/news", None, True),
        ("/news/today", None, True),
        ("/open/news.pdf", None, False),
        ("/a/b.pdf", None, True),
        ("/a/b.pdf?x", None, False),
        ("/else", None, False),
        ("/news", "0", False),
        ("/else", "1", True),
        ("/news", "perhaps", True),
    ],
)
def test_tdm_header_beats_file_and_the_first_rule_counts(
    path: str, header: str | None, reserved: bool
) -> None:
    decision = tdm.decide(f"https://a.example{path}", header, None, RULES)
    assert decision.reserved is reserved and decision.basis


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b"[" * 100_000])
def test_a_tdm_file_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"tdmrep\.json"):
        tdm.read_file(body)


def test_hostile_tdm_rules_cost_no_time_and_store_everywhere() -> None:
    (rule,) = tdm.read_file(
        json.dumps([{"location": "/" + "*a" * 240 + "b$\x00\ud800", "tdm-reservation": 1}]).encode()
    )
    assert "\x00" not in rule.location
    rule.location.encode()
    started = time.perf_counter()
    tdm.decide("https://a.example/" + "a" * 2000, None, None, [rule])
    assert time.perf_counter() - started < 0.5


PAGE = """<html><head><title>Nieuws  van de dienst</title><base href="/nieuws/"></head>
<body><ul class="lijst">
<li><a class="t" href="een">Eerste bericht</a><time datetime="2026-11-23">23 november</time><p>Kort.</p></li>
<li><a class="t" href="/twee#deel">Tweede &amp; laatste</a></li>
<li><a class="t" href="een">Eerste bericht, nog eens</a></li>
<li><a class="t" href="javascript:void(0)">Geen adres</a></li><li><a class="t" href="drie"></a></li>
</ul></body></html>"""
SPIDER = {
    "item": "ul.lijst > li",
    "link": "a.t@href",
    "title": "a.t",
    "date": "time@datetime",
    "summary": "p",
}


def test_a_list_page_becomes_a_feed_that_ingest_reads() -> None:
    body = pages.feed(
        PAGE.encode("latin-1"), "https://dienst.example/", "text/html; charset=iso-8859-1", SPIDER, "nl"
    )
    document = formats.parse(body, content_type=pages.CONTENT_TYPE)
    assert document.format == "jsonfeed" and document.language == "nl"
    assert [(e.url, e.title, e.published) for e in document.entries] == [
        ("https://dienst.example/nieuws/een", "Eerste bericht", "2026-11-23"),
        ("https://dienst.example/twee", "Tweede & laatste", None),
    ]


def test_the_same_entries_give_the_same_bytes_whatever_else_is_on_the_page() -> None:
    shown = [PAGE, PAGE.replace("</body>", "<p>Bezocht: 12 keer</p></body>")]
    assert len({pages.feed(page.encode(), "https://d.example/", "", SPIDER) for page in shown}) == 1


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"link": "a@href"}, "no rule 'item'"),
        ({"item": "li", "titel": "a"}, "'titel' is not known"),
        ({"item": "li[", "link": "a@href"}, "not a CSS selector"),
        ({"item": "article"}, "find nothing"),
        ({"item": "body", "title": "h9"}, "no link with a title"),
    ],
)
def test_rules_that_cannot_be_used_are_named(rules: dict[str, str], words: str) -> None:
    with pytest.raises(pages.PageError, match=words.replace("[", r"\[")):
        pages.feed(PAGE.encode(), "https://d.example/", "", rules)


@pytest.mark.parametrize(
    "piece", ["<div>", "<div></x>", "<li><a href=x>t", "<b></p>", "<table><tr><td>", "<svg>", "<title>"]
)
def test_a_hostile_page_costs_no_time(piece: str) -> None:
    body = piece.encode() * (pages.LARGEST // len(piece))
    started = time.perf_counter()
    answers.html_title(b"<html>" + body)
    with pytest.raises(pages.PageError):
        pages.feed(body, "https://d.example/", "", SPIDER)
    assert time.perf_counter() - started < 10
