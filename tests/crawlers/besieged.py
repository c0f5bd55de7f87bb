"""One crawl of every hostile answer at once, healthy sources among them, ingested while it goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from django.db import connection
from django.utils import timezone

from crawlers import health
from ingest.models import Fetch, Signal, Source, SourceState
from ingest.pipeline import drain
from tests.crawlers import running
from tests.sites.hostile import CASES, LARGEST, PATIENCE, Case
from tests.sites.server import Site, answer, feed, fixed, serving
from tests.sites.tls import Authority

HEALTHY = 10
#: How often a healthy source must have been asked before the crawl may end.
OFTEN = 3


@dataclass
class Outcome:
    """What became of one case. `seconds` and `sent` (bytes) as its server saw them, None without one."""

    case: Case
    state: str
    evidence: str
    seconds: float | None = None
    sent: int | None = None


@dataclass
class Siege:
    """`peak`: bytes of memory the crawler had at most, `before`: when it had begun. `asked`: what a server
    saw that must never be asked. Of healthy sources: signals, polls, and when the first was searchable."""

    outcomes: list[Outcome] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    peak: int = 0
    before: int = 0
    healthy: dict[str, tuple[int, int]] = field(default_factory=dict)
    first: dict[str, float] = field(default_factory=dict)
    slowest: float = 0.0
    cookies: int = 0


def _source(slug: str, url: str, hosts: list[str], interval: int) -> None:
    source = Source.objects.create(
        slug=slug, name=slug, url=url, allowed_hosts=hosts, interval=interval, language="nl"
    )
    SourceState.objects.create(source=source)


@contextmanager
def _sites(folder: Path, found: Siege) -> Iterator[dict[str, Site]]:
    """The hostile servers first, so that their sources are due first; then the healthy ones."""
    authority = Authority(folder)
    with ExitStack() as stack:
        never = stack.enter_context(serving("127.0.0.1", {"*": fixed(answer(200, feed("Never")))}))
        sites = {"never": never}
        for number, case in enumerate(CASES, start=1):
            url, routes = case.url.format(port=never.port), case.routes
            if url and not case.via:
                _source(case.name, url, list(case.hosts), 900)
                continue
            address = f"127.9.{10 + number // 200}.{number % 200 + 1}"
            if case.via:
                routes = {"/feed": fixed(answer(302, Location=url.encode()))}
            context = None
            if case.tls in ("expired", "own", "other"):
                spoken = "127.9.255.254" if case.tls == "other" else address
                context = authority.context(spoken, expired=case.tls == "expired", own=case.tls == "own")
            site = serving(address, routes, context=context, greeting=case.greeting)
            sites[case.name] = stack.enter_context(site)
            own = sites[case.name].url()
            allowed = [address, urlsplit(url).hostname or ""] if case.via else []
            _source(case.name, own.replace("http:", "https:") if case.tls else own, allowed, 900)
        for number in range(HEALTHY):
            name = f"healthy-{number}"
            content = fixed(
                answer(200, feed(f"Gezond bericht {number} uit Verzonnendam", f"Tweede {number}"))
            )
            sites[name] = stack.enter_context(serving(f"127.9.20.{number + 1}", {"/feed": content}))
            _source(name, sites[name].url(), [], 1)
        (folder / "bundle").write_text(str(authority.bundle))
        yield sites


def crawl(url: str, folder: Path) -> Siege:
    """Runs it with the store at `url`, this process's own too. AssertionError where it does not end."""
    found = Siege()
    with _sites(folder, found) as sites:
        connection.close()
        settings = {
            "DATABASE_URL": url,
            "HORIZONSCAN_FETCH_TIMEOUT": str(PATIENCE),
            "HORIZONSCAN_MAX_BODY": str(LARGEST),
            "HORIZONSCAN_CA_BUNDLE": (folder / "bundle").read_text(),
        }
        begun = time.monotonic()
        with running.crawler(folder, **settings) as process:
            watched = psutil.Process(process.pid)
            while True:
                found.peak = max(found.peak, watched.memory_info().rss)
                for fetch in Fetch.objects.filter(state="waiting").select_related("source"):
                    if drain(fetch.source_id, "test").entries and fetch.source.slug.startswith("healthy"):
                        found.first.setdefault(fetch.source.slug, time.monotonic() - begun)
                left = SourceState.objects.filter(last_polled=None, source__slug__in=[c.name for c in CASES])
                often = all(len(sites[f"healthy-{n}"].requests("/feed")) >= OFTEN for n in range(HEALTHY))
                if not left.exists() and often:
                    break
                late = list(left.values_list("source__slug", flat=True))
                assert time.monotonic() - begun < 60, f"not polled: {late}; see {folder / 'crawler.log'}"
                time.sleep(0.1)
            found.slowest = time.monotonic() - begun
        health.assess(None, timezone.now())
        states = {state.source.slug: state for state in SourceState.objects.select_related("source")}
        for case in CASES:
            state, site = states[case.name], sites.get(case.name)
            found.outcomes.append(
                Outcome(
                    case,
                    state.health,
                    state.health_evidence,
                    site.longest if site else None,
                    site.sent if site else None,
                )
            )
        for number in range(HEALTHY):
            name = f"healthy-{number}"
            signals = Signal.objects.filter(entries__source__slug=name).count()
            found.healthy[name] = (signals, len(sites[name].requests("/feed")))
        found.asked = [request.path for request in sites["never"].asked]
        found.cookies = sum("cookie" in request.headers for site in sites.values() for request in site.asked)
    return found
