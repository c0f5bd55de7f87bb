"""Health in the store, on both kinds: since when, its history, what is measured, how much is usual."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from django.utils import timezone

from crawlers import health, leases, recording
from crawlers.health import assessing, counting
from crawlers.models import HealthChange, PollResult, Vitals
from crawlers.polls import Poll
from ingest.intake import hour_of
from ingest.models import Entry, Fetch, Intake, Signal, Source, SourceState
from tests.conftest import Store

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _source(slug: str, **values: object) -> Source:
    source = Source.objects.create(slug=slug, name=slug, url=f"https://{slug}.example/feed", country="NL")
    SourceState.objects.create(source=source, **values)
    return source


def _fails(source: Source, at: datetime, note: str = "answered 404") -> None:
    SourceState.objects.filter(pk=source.pk).update(last_polled=at, last_error=note, failures=3)
    PollResult.objects.update_or_create(source=source, defaults={"kind": "failed", "since": at})
    health.assess([source.pk], at)


def _answers(source: Source, at: datetime) -> None:
    values = {"last_polled": at, "last_answered": at, "failures": 0, "last_error": "", "entry_newest": at}
    SourceState.objects.filter(pk=source.pk).update(ingested=at, entries_last=9, **values)
    PollResult.objects.update_or_create(source=source, defaults={"kind": "answered", "since": at})
    health.assess([source.pk], at)


def test_health_is_stored_with_its_turning_point(store: Store) -> None:
    began = timezone.now()
    source = _source("one", last_polled=began, last_error="answered 404", failures=1, last_status=404)
    PollResult.objects.create(source=source, kind="failed", since=began)
    assert health.assess(None, began) == 1
    assert health.assess([source.pk], began + HOUR) == 0
    kept = SourceState.objects.get(source=source)
    assert (kept.health, kept.health_since) == ("error", began)
    assert kept.health_evidence.startswith("answered 404, once")
    assert Vitals.objects.get().faults == [{"fault": "error", "evidence": kept.health_evidence}]


def test_since_when_survives_flapping_and_every_turn_is_kept(store: Store) -> None:
    began = datetime(2026, 11, 23, 6, tzinfo=UTC)
    source = _source("one")

    def since() -> tuple[str, datetime]:
        state = SourceState.objects.get(source=source)
        return state.health, state.health_since

    _fails(source, began)
    _answers(source, began + 3 * HOUR)
    assert since() == ("ok", began + 3 * HOUR)
    _fails(source, began + 4 * HOUR)
    assert since() == ("error", began)
    _answers(source, began + 5 * HOUR)
    assert since() == ("ok", began + 5 * HOUR), "a recovery counts from when it was seen"
    _fails(source, began + 6 * HOUR)
    assert since() == ("error", began)
    _answers(source, began + 7 * HOUR)
    _fails(source, began + 20 * HOUR, "answered 500")
    assert since() == ("error", began + 20 * HOUR), "thirteen good hours are a recovery"
    rows = list(HealthChange.objects.order_by("since").values_list("state", "since", "until"))
    assert [state for state, _, _ in rows] == ["error", "ok"] * 3 + ["error"]
    assert all(until == begun for (_, _, until), (_, begun, _) in pairwise(rows))
    assert rows[-1] == ("error", began + 20 * HOUR, None)
    assert "answered 500" in HealthChange.objects.get(until=None).evidence
    newest, before, *_ = health.history(2)[source.pk]
    assert (newest["state"], newest["until"], before["state"]) == ("error", None, "ok")


def test_a_long_history_is_cut(store: Store) -> None:
    source = _source("one")
    began = datetime(2026, 11, 1, tzinfo=UTC)
    assessing.KEPT, kept = 6, assessing.KEPT
    try:
        for turn in range(10):
            (_answers if turn % 2 else _fails)(source, began + turn * DAY)
    finally:
        assessing.KEPT = kept
    rows = HealthChange.objects.order_by("since")
    assert rows.count() == 6 and rows.first().since == began + 4 * DAY  # type: ignore[union-attr]


def test_a_day_is_compared_with_the_same_weekdays_unless_we_paused_or_offices_rested(store: Store) -> None:
    now = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
    source, other = _source("one"), _source("other")
    for day in range(40):
        for part in (0, 12):
            hour = hour_of(now) - day * DAY - part * HOUR
            if not 13 <= day <= 15:  # two weeks ago nothing ran
                Intake.objects.create(source=other, hour=hour, documents=1, new=1)
                Intake.objects.create(source=source, hour=hour, documents=1, new=day + 1, sightings=1)
    found = counting.polled({source.pk: "NL", other.pk: "NL"}, now)
    assert found[source.pk].day == 2 * 1 + 2
    assert found[source.pk].before == (2 * 8 + 2, 2 * 22 + 2, 2 * 29 + 2)
    assert not found[source.pk].holiday
    christmas = datetime(2026, 12, 25, 12, tzinfo=UTC)
    assert counting.polled({source.pk: "NL"}, christmas)[source.pk].holiday
    assert counting.polled({source.pk: "NL"}, christmas + 7 * DAY)[source.pk].holiday
    # A week later in January, those two do not count as weeks before.
    assert len(counting.polled({source.pk: "NL"}, christmas + 14 * DAY)[source.pk].before) <= 2


def test_a_source_that_is_watched_for_too_short_has_no_weeks_before(store: Store) -> None:
    now = timezone.now()
    source = _source("one")
    Intake.objects.create(source=source, hour=hour_of(now - 8 * DAY), documents=1, new=90)
    Intake.objects.create(source=source, hour=hour_of(now), documents=1, new=9)
    assert counting.polled({source.pk: "NL"}, now)[source.pk].before == ()


def test_a_pause_of_ours_begins_a_new_series(store: Store) -> None:
    now = timezone.now()
    source = _source("one")

    def poll(at: datetime) -> datetime | None:
        job = leases.job_of(Source.objects.select_related("state").get(pk=source.pk))
        recording.record([Poll(job=job, at=at, outcome="failed", note="answered 500")], at)
        return PollResult.objects.get().unbroken

    assert poll(now) == now
    assert poll(now + HOUR) == now
    assert poll(now + 9 * HOUR) == now + 9 * HOUR


def test_a_recorded_source_is_compared_by_the_times_of_its_documents(store: Store) -> None:
    end = datetime(2024, 7, 26, 12, tzinfo=UTC)
    source = _source("recorded", position=end, ingested=end, entries_last=5, entry_newest=end - DAY)
    Source.objects.filter(pk=source.pk).update(kind="recorded")
    number = 0
    for day in range(40):
        at = end - day * DAY
        Fetch.objects.create(source=source, as_of=at, body_hash="h", size=1, state="done")
        for _ in range(0 if day == 0 else 30):
            number += 1
            signal = Signal.objects.create(
                source=source, identity=str(number), title="t", content_hash="c", as_of=at,
                published=at, seen=timezone.now(), quiet="first-poll" if day == 39 else "",
            )  # fmt: skip
            Entry.objects.create(
                source=source, identity=str(number), content_hash="c", signal=signal,
                first_seen=timezone.now(), last_seen=at,
            )  # fmt: skip
    health.assess(None, timezone.now())
    state = SourceState.objects.get()
    assert state.health == "volume" and "0 new entries" in state.health_evidence
    assert state.health_evidence.endswith("weeks before: 30, 30, 30, 30")
