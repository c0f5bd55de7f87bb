"""Every state of health, reached by a server that behaves so: one crawl of all, ingested, then looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from zlib import crc32

import pytest
from django.db import connection
from django.utils import timezone

from crawlers import health
from crawlers.models import HealthChange, PollResult, Vitals
from ingest.intake import hour_of
from ingest.models import Intake, Source, SourceState
from ingest.pipeline import drain
from tests.conftest import Store
from tests.crawlers import running
from tests.sites.server import Request, Route, answer, feed, fixed, serving

NOW = timezone.now()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

DUTCH = ("Brand in een loods bij de haven van {}", "Storing legt het treinverkeer rond {} urenlang stil")
ENGLISH = (
    "A fire broke out in a warehouse near {} harbour",
    "Power failure leaves hospitals near {} in the dark",
)
PLACES = ("Verzonnendam", "Nergenshuizen", "Schijnwijk", "Doemhaven", "Waanstad", "Zoekdorp", "Leegwaard")


def titles(patterns: tuple[str, ...], number: int) -> list[str]:
    """Invented headlines, each another one."""
    return [
        patterns[n % len(patterns)].format(f"{PLACES[n % len(PLACES)]}-{'abcdefghijklmnop'[n // 7]}")
        for n in range(number)
    ]


def document(*dated: tuple[str, datetime | None], built: str = "") -> bytes:
    items = "".join(
        f"<item><title>{title}</title><link>https://news.example/{crc32(f'{title}{moment}'.encode())}</link>"
        + (f"<pubDate>{format_datetime(moment)}</pubDate>" if moment else "")
        + "</item>"
        for title, moment in dated
    )
    head = f"<title>Invented</title><lastBuildDate>{built}</lastBuildDate>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def hourly(newest: datetime, number: int = 20, patterns: tuple[str, ...] = DUTCH) -> bytes:
    return document(*((title, newest - n * HOUR) for n, title in enumerate(titles(patterns, number))))


def made_anew(newest: datetime) -> Route:
    """The same entries for ever, under a `lastBuildDate` of now."""
    number = count()
    dated = [(title, newest - n * HOUR) for n, title in enumerate(titles(DUTCH, 20))]
    return lambda _: answer(200, document(*dated, built=str(next(number))))


def turning_english(_: Request) -> bytes:
    return answer(200, next(_turning))


_turning: Iterator[bytes] = iter(
    [hourly(NOW - HOUR, 60), *[hourly(NOW - HOUR, 20, ENGLISH) for _ in range(100)]]
)

#: State → what its server answers to /feed, and words of the evidence.
SERVED: dict[str, tuple[Route, str]] = {
    "ok": (fixed(answer(200, hourly(NOW - HOUR))), "20 entries, newest entry"),
    "quiet": (fixed(answer(200, hourly(NOW - 5 * DAY))), "5 days ago (usually one every 60 minutes)"),
    "frozen": (made_anew(NOW - 40 * DAY), "(usually one every 60 minutes): it answers, its bytes changed"),
    "stale": (fixed(answer(200, document(("Jaarverslag", NOW - 400 * DAY)))), "rhythm is not known"),
    "empty": (fixed(answer(200, document())), "holds 0 entries"),
    "error": (fixed(answer(503)), "answered 503"),
    "gone": (fixed(answer(410)), "410 Gone"),
    "blocked": (fixed(answer(302, Location="http://elsewhere.example/feed")), "not an allowed host"),
    "consent": (
        fixed(answer(302, Location="https://myprivacy.uitgever.example/consent?callbackUrl=http://x/feed")),
        "redirects to the consent wall of myprivacy.uitgever.example",
    ),
    "consent-page": (
        fixed(answer(200, b"<!doctype html><title>Uitgever Privacy Gate</title><body>Akkoord?")),
        'titled "Uitgever Privacy Gate" instead of a feed (a consent wall)',
    ),
    "skew": (fixed(answer(200, hourly(NOW + 4 * HOUR, 10))), "of its newest 10 entries lay 2 hours in the"),
    "language": (turning_english, "20 of its newest 20 entries are in en"),
    "volume": (fixed(answer(200, hourly(NOW - 30 * HOUR))), "silence: 0 new entries in 24 hours"),
    "volume-flood": (
        fixed(answer(200, hourly(NOW - 1 * HOUR)), answer(200, feed(*titles(DUTCH, 110)))),
        "flood: 1",
    ),
}  # fmt: skip


@pytest.fixture
def crawled(sqlite_store: Store, tmp_path: Path) -> Iterator[Path]:
    """All servers polled until each showed what it does, and everything ingested."""
    with ExitStack() as stack:
        for number, (name, (route, _)) in enumerate(SERVED.items(), start=1):
            site = stack.enter_context(serving(f"127.9.6.{number}", {"/feed": route}))
            source = Source.objects.create(
                slug=name, name=name, url=site.url(), allowed_hosts=[site.host], interval=1
            )
            SourceState.objects.create(source=source)
        reserved = {
            "/.well-known/tdmrep.json": fixed(answer(200, b'[{"location": "/", "tdm-reservation": 1}]'))
        }
        site = stack.enter_context(serving("127.9.6.99", reserved))
        source = Source.objects.create(
            slug="reserved", name="r", url=site.url(), kind="page", spider={"item": "li"}, interval=1
        )
        SourceState.objects.create(source=source)
        connection.close()
        with running.crawler(tmp_path, DATABASE_URL=sqlite_store.url):
            often = ("language", "frozen", "volume-flood")
            running.wait_until(
                lambda: (
                    not SourceState.objects.filter(last_polled=None).exists()
                    and all(SourceState.objects.get(source__slug=slug).polls >= 2 for slug in often)
                ),
                30,
                f"every source polled; see {tmp_path / 'crawler.log'}",
            )
        yield tmp_path


def weeks_of(source: Source, entries: int) -> None:
    """Four weeks in which `source` was polled without a pause and gave so many entries each day."""
    for hours in range(6, 24 * 29, 12):
        moment = hour_of(NOW) - hours * HOUR
        Intake.objects.create(source=source, hour=moment, documents=1, new=0 if hours < 25 else entries // 2)
    PollResult.objects.filter(source=source).update(unbroken=NOW - 29 * DAY)


def test_every_state_is_reached_by_a_server_that_behaves_so(crawled: Path) -> None:
    for source in Source.objects.all():
        drain(source.pk, "test")
    # What took four weeks is put there: the first document belongs to them.
    for slug, entries in (("volume", 40), ("volume-flood", 8)):
        source = Source.objects.get(slug=slug)
        if slug == "volume":
            Intake.objects.filter(source=source).delete()
        weeks_of(source, entries)
    health.assess(None, timezone.now())
    states = {state.source.slug: state for state in SourceState.objects.select_related("source")}
    for slug, (_, words) in SERVED.items():
        state = states[slug]
        assert state.health == slug.partition("-")[0], (slug, state.health_evidence)
        assert words in state.health_evidence, state.health_evidence
    assert states["reserved"].health == "reserved" and "tdmrep.json" in states["reserved"].health_evidence
    # Since when, and what was before, is kept of every one.
    for slug, state in states.items():
        row = HealthChange.objects.get(source__slug=slug, until=None)
        assert (row.state, row.since) == (state.health, state.health_since), slug
    faults = dict(Vitals.objects.values_list("source__slug", "faults"))
    assert [fault["fault"] for fault in faults["volume"]] == ["silence"]
    assert faults["ok"] == []
