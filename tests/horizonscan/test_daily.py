"""The operator's day: who died and recovered, what came in against what is usual, in a few calm lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawlers.models import HealthChange, Vitals
from horizonscan import daily
from horizonscan.commands import status
from ingest.intake import hour_of
from ingest.models import Intake, Signal, Source, SourceState, Work
from notify.models import Canary
from tests.conftest import Store

NOW = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _source(slug: str, *history: tuple[str, float], fault: str = "") -> Source:
    """A source whose states began so many hours ago, oldest first."""
    source = Source.objects.create(slug=slug, name=slug, url=f"https://{slug}.example/")
    began = [NOW - hours * HOUR for _, hours in history]
    for (state, _), since, until in zip(history, began, [*began[1:], None], strict=True):
        HealthChange.objects.create(
            source=source, state=state, since=since, until=until, evidence="said then"
        )
    SourceState.objects.create(
        source=source, health=history[-1][0], health_since=began[-1], health_evidence=f"evidence of {slug}",
        last_polled=NOW, next_due=NOW,
    )  # fmt: skip
    Vitals.objects.create(source=source, faults=[{"fault": fault, "evidence": ""}] if fault else [])
    return source


def test_sources_that_died_recovered_and_changed_since_yesterday(store: Store) -> None:
    _source("steady", ("ok", 90))
    _source("long-dead", ("ok", 90), ("error", 40), fault="error")
    _source("died", ("ok", 90), ("error", 3), fault="error")
    _source("silent", ("ok", 90), ("volume", 3), fault="silence")
    _source("flooded", ("ok", 90), ("volume", 3), fault="flood")
    _source("recovered", ("frozen", 90), ("ok", 2))
    _source("restless", ("ok", 90), ("error", 8), ("ok", 7), ("error", 6), ("ok", 5))
    _source("begun", ("new", 90), ("ok", 2))
    _source("never-worked", ("new", 90), ("error", 2), fault="error")
    found = daily.turns(NOW)
    slugs = {word: [row["slug"] for row in rows] for word, rows in found.items()}
    assert slugs == {
        "died": ["died", "silent"],
        "recovered": ["recovered"],
        "noticed": ["flooded", "never-worked"],
        "restless": ["restless"],
    }
    assert found["died"][0] == {
        "slug": "died", "state": "error", "was": "ok", "since": "2026-11-24T09:30:00Z",
        "evidence": "evidence of died", "changes": 1,
    }  # fmt: skip
    lines = daily.lines(daily.summary(NOW))
    assert lines[0] == "died       died (error), silent (volume)"
    assert lines[1] == "recovered  recovered (was frozen)"
    assert "restless (4 changes in 24 hours, now ok)" in lines[3]


def test_what_came_in_is_told_beside_what_is_usual_on_that_weekday(store: Store) -> None:
    source = _source("one", ("ok", 900))
    for week, new in enumerate((7, 30, 20, 40)):
        hour = hour_of(NOW) - 3 * HOUR - week * 7 * DAY
        Intake.objects.create(source=source, hour=hour, documents=2, new=new, seen=100, rejected=week)
    assert daily.intake(NOW)["new"] == {"day": 7, "usual": None}, "three weeks are one too few to begin with"
    Intake.objects.create(source=source, hour=hour_of(NOW) - 30 * DAY, documents=1, new=9)
    first = Signal.objects.create(
        source=source, identity="a", title="t", content_hash="c", as_of=NOW, published=NOW, seen=NOW
    )
    Signal.objects.create(
        source=source, identity="b", title="t", content_hash="c", as_of=NOW, published=NOW, seen=NOW,
        duplicate_of=first,
    )  # fmt: skip
    found = daily.intake(NOW)
    assert found["new"] == {"day": 7, "usual": 30}
    assert found["entries"] == {"day": 107, "usual": 131}
    assert (found["rejected"], found["duplicates"]["day"]) == ({"day": 0, "usual": 2}, 1)
    Work.objects.create(signal=first, stage="index", revision=1, since=NOW - timedelta(seconds=90))
    assert daily.lag(NOW) == {"waiting": 1, "seconds": 90.0}
    told = daily.lines(daily.summary(NOW))
    assert told[0] == "changes    no source is otherwise than yesterday"
    assert told[1].startswith(
        "24 hours   107 (usually 131) entries: 7 (usually 30) new, 0 (usually 0) updated, 1 "
    )
    assert told[2].startswith("disk       data folder ") and told[2].endswith(" free")


def test_the_canarys_proof_is_told_and_an_alarm_comes_first(store: Store) -> None:
    minute = timedelta(minutes=1)
    assert daily.proved(NOW) == {"at": None, "seconds": None, "late": False, "said": ""}
    assert daily.lines(daily.summary(NOW))[-1] == "canary     no proof yet"
    begun = NOW - 40 * minute
    row = Canary.objects.create(nonce="a", started=begun, arrived=begun + timedelta(seconds=3.14))
    assert daily.lines(daily.summary(NOW))[-1] == "canary     last proof 2026-11-24 11:50, 3.1 s"
    Canary.objects.filter(pk=row.pk).update(started=begun - DAY, arrived=begun - DAY)
    Canary.objects.create(nonce="b", started=NOW - 6 * minute, said="not fetched: refused")
    assert daily.lines(daily.summary(NOW))[0] == (
        "canary     LATE, last proof 2026-11-23 11:50: not fetched: refused"
    )


def test_gaps_in_coverage_are_told_in_one_line_each() -> None:
    def group(kind: str, name: str, total: int, down: int) -> dict[str, object]:
        return {"kind": kind, "id": name, "total": total, "down": [{}] * down}

    groups = [group("all", "", 9, 2), group("domain", "cyber", 41, 3), group("domain", "crime", 9, 0)]
    assert status._covered([*groups, group("part", "BQ-SA", 0, 0)]) == [
        "coverage   domains: cyber 3 of 41 down",
        "coverage   Kingdom: no source for BQ-SA",
    ]
    assert status._covered([group("all", "", 0, 0)]) == []
