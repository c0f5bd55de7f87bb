"""An authority without a feed, from its list page to signals: the declarative spider in the real crawler."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone

from crawlers import health
from ingest.models import Fetch, Signal, Source, SourceState
from ingest.pipeline import drain
from tests.conftest import Store
from tests.crawlers import running
from tests.sites import authority


def test_news_of_a_site_without_a_feed_become_signals(tmp_path: Path, sqlite_store: Store) -> None:
    today = f"{timezone.now():%Y-%m-%d}"
    with authority.running("127.9.7.1") as site:
        site.publish(
            "/nieuws/1", "Storing in de drinkwaterpompen van Verzonnendam", today, "De pompen staan stil."
        )
        source = Source.objects.create(
            slug="dienst", name="Dienst", url=site.site.url("/nieuws"), kind="page", spider=authority.SPIDER,
            language="nl", interval=1,
        )  # fmt: skip
        SourceState.objects.create(source=source)
        with running.crawler(tmp_path, DATABASE_URL=sqlite_store.url):

            def state() -> SourceState:
                return SourceState.objects.get(source=source)

            running.wait_until(lambda: state().unchanged >= 2, 20, "the counter on the page is no news")
            assert Fetch.objects.count() == 1
            site.publish("/nieuws/2", "Pompen draaien weer", today, "De storing is verholpen.")
            running.wait_until(lambda: Fetch.objects.count() == 2, 20, "the new item is")
    assert "/zoeken" not in {request.path for request in site.site.asked}
    drain(source.pk, "test")
    health.assess([source.pk], timezone.now())
    assert set(Signal.objects.values_list("title", flat=True)) == {
        "Storing in de drinkwaterpompen van Verzonnendam",
        "Pompen draaien weer",
    }
    found = Signal.objects.get(title="Pompen draaien weer")
    assert (found.url, found.excerpt) == (site.site.url("/nieuws/2"), "De storing is verholpen.")
    kept = state()
    assert (kept.health, kept.format) == ("ok", "jsonfeed"), kept.health_evidence
