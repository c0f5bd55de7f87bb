"""Coverage: what is down of a domain, a place, a query; no source at all; in words, Dutch and English."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from crawlers import coverage
from crawlers.models import Vitals
from ingest.models import Source, SourceState
from search import core
from tests.conftest import Store

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def _source(slug: str, health: str, domains: list[str], country: str = "NL", **values: object) -> None:
    source = Source.objects.create(
        slug=slug, name=slug.title(), url=f"https://{slug}.example/feed", country=country,
        domain_prior=domains, enabled=bool(values.pop("enabled", True)),
    )  # fmt: skip
    fault = str(values.pop("fault", health if health not in ("ok", "new") else ""))
    SourceState.objects.create(
        source=source, health=health, health_since=NOW - 4 * DAY, health_evidence=f"evidence of {slug}",
        **{"last_polled": NOW, "next_due": NOW, **values},
    )  # fmt: skip
    Vitals.objects.create(source=source, faults=[{"fault": fault, "evidence": ""}] if fault else [])


def _all() -> None:
    _source("alfa", "ok", ["cyber", "crime"])
    _source("beta", "error", ["cyber"], "US")
    _source("gamma", "volume", ["cyber"], fault="silence")
    _source("delta", "volume", ["cyber"], fault="flood")
    _source("epsilon", "new", ["cyber"], last_polled=None)
    _source("zeta", "quiet", ["climate"], "BQ")
    _source("eta", "frozen", ["climate"], "BQ-SA")
    _source("theta", "gone", ["cyber"], enabled=False)


def test_what_is_down_of_a_domain_and_of_a_place(store: Store) -> None:
    _all()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = coverage.coverage(["cyber", "health"], ["BQ-SA", "SX"], NOW)
    assert len(asked) == 1
    cyber, health, saba, maarten = found.groups
    assert (cyber.total, cyber.new, [line.slug for line in cyber.down]) == (5, 1, ["beta", "gamma"])
    assert (saba.total, [line.slug for line in saba.down]) == (2, ["eta"])
    assert (health.total, maarten.total) == (0, 0)
    assert not found.complete
    assert cyber.sentence() == (
        "2 of 5 cyber sources are down: Beta (error since 2026-11-20), Gamma (silent since 2026-11-20); "
        "1 not read yet"
    )
    assert cyber.sentence("nl").startswith(
        "2 van de 5 bronnen over cyberdreigingen liggen stil: Beta (fout sinds 2026-11-20)"
    )
    assert saba.sentence() == "1 of 2 sources for Saba is down: Eta (frozen since 2026-11-20)"
    assert saba.sentence("nl") == "1 van de 2 bronnen voor Saba ligt stil: Eta (bevroren sinds 2026-11-20)"
    assert (maarten.sentence(), maarten.sentence("nl")) == (
        "no source is listed for Sint Maarten", "er staat geen bron op de lijst voor Sint Maarten",
    )  # fmt: skip
    assert health.sentence() == "no source is listed for health"
    assert found.json()[0]["down"][0] == {
        "slug": "beta", "name": "Beta", "state": "error", "since": "2026-11-20T12:00:00Z",
        "evidence": "evidence of beta",
    }  # fmt: skip


def test_where_nothing_is_asked_for_all_sources_are_told_of(store: Store) -> None:
    _all()
    (whole,) = coverage.coverage(now=NOW).groups
    assert (whole.total, len(whole.down), whole.new) == (7, 3, 1)
    crime = coverage.coverage(["crime"], now=NOW)
    assert crime.complete and crime.sentence() == "1 crime source, none down"
    dutch = crime.sentence("nl")
    assert dutch.startswith("1 bron over ") and dutch.endswith(", geen ligt stil")
    assert {group.id for group in coverage.overview(NOW).groups} >= {"", "cyber", "NL", "BQ-SE"}


def test_sources_that_nobody_polls_are_down_however_well_they_were(store: Store) -> None:
    _source("alfa", "ok", ["cyber"], last_polled=NOW - 3 * DAY, next_due=NOW - 3 * DAY)
    _source("beta", "gone", ["cyber"], last_polled=NOW - 3 * DAY, next_due=NOW - 2 * DAY)
    _source("gamma", "ok", ["cyber"], last_polled=NOW, next_due=NOW - timedelta(minutes=20))
    (cyber,) = coverage.coverage(["cyber"], now=NOW).groups
    assert [(line.slug, line.state) for line in cyber.down] == [("beta", "gone"), ("alfa", "unpolled")]
    assert "nobody has polled it since 2026-11-21" in cyber.down[1].evidence


def test_a_query_is_asked_for_its_domains_places_and_sources(store: Store) -> None:
    _all()
    asked = (("part", "bq-sa"), ("near", "bq-sa"), ("country", "de"), ("folded", "storm"), ("source", "eta"))
    either = core.Or((core.Term("domain", "cyber"), core.Term("threat", "cyber.ransomware")))
    never = core.Not(core.Term("domain", "climate"))
    query = core.And((either, never, *(core.Term(field, token) for field, token in asked)))
    found = coverage.of_query(query, NOW)
    assert [(group.kind, group.id) for group in found.groups] == [
        ("domain", "cyber"), ("part", "BQ-SA"), ("source", "eta"),
    ]  # fmt: skip
    assert [group.kind for group in coverage.of_query(core.Term("folded", "storm"), NOW).groups] == ["all"]
    assert [group.kind for group in coverage.of_query(None, NOW).groups] == ["all"]
