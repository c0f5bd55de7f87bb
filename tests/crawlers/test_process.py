"""The real crawler process against hand-written servers: what every kind of answer makes of its source.

One process polls all sources at once; each test looks at what became of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import zstandard
from django.db import connections

from accounts.models import AuditEvent
from crawlers.models import Host, PollResult
from ingest.models import Fetch, Source, SourceState
from tests.crawlers import running
from tests.sites.scenarios import ETAG, FEED, FORBIDDEN, HTML, MODIFIED, ROUTES, redirects
from tests.sites.server import Site, answer, feed, fixed, serving

DB = "crawled"


@dataclass
class World:
    """What the tests look at after the run: sites and sources by name."""

    sites: dict[str, Site] = field(default_factory=dict)

    def source(self, name: str) -> Source:
        return Source.objects.using(DB).get(slug=name)

    def state(self, name: str) -> SourceState:
        return SourceState.objects.using(DB).get(source__slug=name)

    def result(self, name: str) -> PollResult:
        return PollResult.objects.using(DB).get(source__slug=name)

    def bodies(self, name: str) -> list[bytes]:
        rows = Fetch.objects.using(DB).filter(source__slug=name).order_by("id")
        return [zstandard.decompress(bytes(row.body or b"")) for row in rows]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("crawl")
    running.database(DB, folder)
    found = World()
    with ExitStack() as stack:
        private = stack.enter_context(serving("127.0.0.1", {"*": fixed(answer(200, FEED))}))
        found.sites["private"] = private
        for number, (name, routes) in enumerate(ROUTES.items(), start=1):
            site = stack.enter_context(serving(f"127.9.1.{number}", routes))
            found.sites[name] = site
            kind = "page" if name.startswith("tdm-page") else "recorded" if name == "recorded" else "feed"
            path = "/private/feed" if name == "robots-ours" else "/feed"
            _source(name, site.url(path), [site.host], kind)
        for name, pattern in FORBIDDEN.items():
            url = pattern.format(port=private.port)
            _source(name, url, [])
        closed = {
            "/robots.txt": fixed(answer(200, b"User-agent: *\nDisallow: /")),
            "*": fixed(answer(200, FEED)),
        }
        other = stack.enter_context(serving("127.9.2.2", closed))
        found.sites["closed"] = other
        hop = stack.enter_context(serving("127.9.2.3", {"/feed": redirects(302, other.url("/feed"))}))
        _source("hop-to-closed", hop.url(), [hop.host, other.host])
        to_private = redirects(302, f"http://localhost:{private.port}/x")
        site = stack.enter_context(serving("127.9.2.1", {"/feed": to_private}))
        _source("redirect-private", site.url(), [site.host, "localhost"])
        found.sites["redirect-private"] = site
        connections[DB].close()
        with running.crawler(folder) as process:
            _settle(found, folder)
            process.terminate()
            assert process.wait(10) == 0, (folder / "crawler.log").read_text()[-2000:]
        yield found
    connections[DB].close()


def _source(name: str, url: str, hosts: list[str], kind: str = "feed") -> None:
    rules = {"item": "li", "link": "a@href", "title": "a"} if kind == "page" else {}
    source = Source(slug=name, name=name, url=url, allowed_hosts=hosts, kind=kind, interval=1, spider=rules)
    source.save(using=DB)
    SourceState(source=source).save(using=DB)


def _settle(found: World, folder: Path) -> None:
    """Until every source was polled, and those that go on often enough to show what they do."""
    often: dict[str, Callable[[], bool]] = {
        "validators": lambda: found.state("validators").unchanged >= 2,
        "same": lambda: found.state("same").unchanged >= 1,
        "changing": lambda: len(found.bodies("changing")) >= 3,
        "not-found": lambda: found.state("not-found").failures >= 3,
        "recorded": lambda: found.state("recorded").unchanged >= 1,
        "gone": lambda: found.state("gone").polls >= 1,
        "moved-301": lambda: found.state("moved-301").polls >= 2,
    }
    missing = SourceState.objects.using(DB).filter(last_polled=None)
    running.wait_until(
        lambda: not missing.exists() and all(check() for check in often.values()), 45,
        f"every source polled; see {folder / 'crawler.log'}",
    )  # fmt: skip


def test_both_validators_are_echoed_byte_for_byte(world: World) -> None:
    first, *later = world.sites["validators"].requests("/feed")
    assert "if-none-match" not in first.headers and "if-modified-since" not in first.headers
    assert len(later) >= 2
    assert {r.headers["if-none-match"] for r in later} == {ETAG}
    assert {r.headers["if-modified-since"] for r in later} == {MODIFIED}
    assert world.bodies("validators") == [FEED]


def test_the_crawler_says_who_it_is_and_nothing_of_a_browser(world: World) -> None:
    headers = world.sites["validators"].requests("/feed")[-1].headers
    assert (
        headers["user-agent"].startswith(b"horizonscan/")
        and b"(+mailto:test@example.org)" in headers["user-agent"]
    )
    assert "cookie" not in headers and "referer" not in headers


def test_same_bytes_are_stored_once_and_changed_bytes_each_time(world: World) -> None:
    assert world.bodies("same") == [FEED]
    assert world.bodies("changing")[:3] == [feed("Invented 0"), feed("Invented 1"), feed("Invented 2")]


@pytest.mark.parametrize("name", ["gzip", "deflate", "brotli", "zstd"])
def test_compressed_bodies_are_read(world: World, name: str) -> None:
    assert world.bodies(name) == [FEED]


@pytest.mark.parametrize(
    ("name", "path"), [("moved-301", "/new"), ("moved-308", "/new?a=1"), ("moved-then-found", "/kept")]
)
def test_a_permanent_redirect_moves_the_source_and_is_audited(world: World, name: str, path: str) -> None:
    site = world.sites[name]
    assert world.source(name).url == site.url(path)
    event = AuditEvent.objects.using(DB).get(action="source.moved", object=name)
    assert (event.detail["before"], event.detail["after"]) == (site.url("/feed"), site.url(path))
    assert world.bodies(name) == [FEED]
    assert len(site.requests("/feed")) == 1


def test_a_temporary_redirect_is_followed_and_not_remembered(world: World) -> None:
    assert world.source("found-302").url == world.sites["found-302"].url("/feed")
    assert world.bodies("found-302") == [FEED]


def test_a_feed_that_moved_to_a_web_page_keeps_its_address(world: World) -> None:
    assert world.source("moved-to-home").url.endswith("/feed")
    assert world.state("moved-to-home").health == "error"


def test_gone_is_asked_once_and_never_again(world: World) -> None:
    assert len(world.sites["gone"].requests("/feed")) == 1
    assert world.state("gone").health == "gone"
    assert "410" in world.state("gone").health_evidence


@pytest.mark.parametrize(
    ("name", "after"), [("later-seconds", timedelta(hours=2)), ("later-date", timedelta(hours=2.9))]
)
def test_retry_after_is_kept_for_the_source_and_its_host(world: World, name: str, after: timedelta) -> None:
    state = world.state(name)
    assert state.last_polled and state.next_due - state.last_polled >= after - timedelta(minutes=1)
    site = world.sites[name]
    host = Host.objects.using(DB).get(name=f"{site.host}:{site.port}")
    assert host.next_request_at - state.last_polled >= after - timedelta(minutes=1)
    assert len(site.requests("/feed")) == 1


def test_failures_back_off(world: World) -> None:
    moments = [request.begun for request in world.sites["not-found"].requests("/feed")]
    gaps = [b - a for a, b in itertools.pairwise(moments)]
    # Never earlier than the wait says (1 s, then 2 s, each within a tenth); how much later is the machine's.
    assert gaps[0] >= 0.95 and gaps[1] >= 1.75
    assert world.state("not-found").health == "error"


@pytest.mark.parametrize(
    ("name", "health", "words"),
    [
        ("loop", "error", "loop"),
        ("six-hops", "error", "more than 5 redirects"),
        ("no-location", "error", "without a Location"),
        ("not-found", "error", "404"),
        ("challenge-202", "error", "202"),
        ("unasked-304", "error", "304"),
        ("html", "error", 'web page titled "Just a moment..." instead of a feed'),
        ("empty-body", "error", "empty body"),
        ("refused-elsewhere", "blocked", "other.example"),
        ("robots-disallow", "blocked", "robots.txt disallows"),
        ("robots-5xx", "blocked", "robots.txt answers 500"),
        ("robots-moved", "blocked", "robots.txt disallows"),
        ("hop-to-closed", "blocked", "robots.txt disallows http://127.9.2.2"),
        ("tdm-page", "reserved", "tdmrep.json"),
        ("tdm-page-header", "reserved", "header tdm-reservation: 1"),
        ("endless", "error", "larger than 300000 bytes"),
        ("bomb", "error", "larger than 300000 bytes"),
        ("too-long", "error", "larger than 300000 bytes"),
        ("drip", "error", "no complete answer within 2 seconds"),
        ("endless-headers", "error", "header is endless"),
        ("endless-100", "error", "header is endless"),
        ("short", "error", "ended before the whole body"),
        ("not-gzip", "error", "cannot be decompressed"),
        ("not-http", "error", "not HTTP"),
        ("hangs-up", "error", "hung up"),
        ("redirect-private", "blocked", "localhost resolves to 127.0.0.1, a loopback address"),
        ("decimal", "blocked", "2130706433 (127.0.0.1) is a loopback address"),
        ("short-form", "blocked", "loopback"),
        ("hexadecimal", "blocked", "loopback"),
        ("octal", "blocked", "loopback"),
        ("mapped", "blocked", "a loopback address inside IPv6"),
        ("mapped-hex", "blocked", "a loopback address inside IPv6"),
        ("ipv6-loopback", "blocked", "loopback"),
        ("name", "blocked", "localhost resolves to"),
        ("unspecified", "blocked", "unspecified"),
        ("metadata", "blocked", "cloud metadata"),
        ("private", "blocked", "private"),
    ],
)
def test_a_hostile_or_broken_answer_costs_its_source_a_state(
    world: World, name: str, health: str, words: str
) -> None:
    state = world.state(name)
    assert state.health == health, state.health_evidence
    assert words in state.health_evidence
    assert not world.bodies(name)


def test_private_servers_were_never_asked(world: World) -> None:
    assert world.sites["private"].asked == []


@pytest.mark.parametrize("name", ["robots-disallow", "robots-5xx", "robots-moved", "tdm-page", "closed"])
def test_what_a_site_forbids_is_not_asked_for(world: World, name: str) -> None:
    assert world.sites[name].requests("/feed") == []


def test_robots_rules_are_read_by_group_and_longest_match(world: World) -> None:
    assert world.bodies("robots-ours") == [FEED]
    assert world.bodies("robots-html") == [FEED]


def test_rules_of_a_site_are_asked_for_once(world: World) -> None:
    site = world.sites["changing"]
    assert len(site.requests("/robots.txt")) == 1 and len(site.requests("/.well-known/tdmrep.json")) == 1
    assert site.most_at_once == 1


def test_a_reserved_feed_is_read_and_the_decision_kept(world: World) -> None:
    assert world.bodies("tdm-header") == [FEED]
    kept = world.result("tdm-header")
    assert kept.tdm_reserved is True and kept.tdm_policy == "https://p.example/"
    assert "header tdm-reservation: 1" in kept.tdm_basis and kept.tdm_decided is not None
    assert world.result("tdm-header-beats").tdm_reserved is False


def test_recorded_sources_have_no_site_and_carry_their_own_time(world: World) -> None:
    assert {request.path for request in world.sites["recorded"].asked} == {"/feed"}
    moments = (
        Fetch.objects.using(DB).filter(source__slug="recorded").order_by("id").values_list("as_of", flat=True)
    )
    assert [f"{moment:%Y-%m-%d}" for moment in moments] == ["2024-05-01", "2024-05-02"]


def test_a_web_page_that_was_recorded_is_handed_on_to_ingest(world: World) -> None:
    assert world.bodies("recorded") == [feed("Old"), HTML]
