"""Documents through the pipeline into a real store: versions, sightings, refusals, quarantine, leases."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from ingest import lease, pipeline
from ingest.models import Entry, Fetch, Judgement, Signal, SourceState, Version, Work
from ingest.pipeline import drain
from ingest.quarantine import listing, retry
from ingest.reading import Read
from ingest.relate import relate_waiting
from tests.conftest import Store
from tests.ingest.documents import HOUR, MONDAY, fetched, ingested, rss, source

FLOOD = {
    "guid": "1",
    "title": "Overstroming in Limburg: dijkdoorbraak bij Venlo",
    "link": "https://nieuws.example/artikel/1",
    "description": "Het waterschap meldt een dijkdoorbraak; honderden mensen zijn geëvacueerd.",
    "pubDate": "Mon, 23 Nov 2026 06:30:00 GMT",
}
RANSOM = {
    "guid": "2",
    "title": "Ransomware legt ziekenhuis stil",
    "link": "https://nieuws.example/artikel/2",
    "description": "Een ransomware-aanval trof het ziekenhuis; operaties zijn uitgesteld.",
}


def counts(drained: pipeline.Drained) -> tuple[int, int, int, int, int]:
    return drained.new, drained.updated, drained.seen, drained.sightings, drained.rejected


def test_a_new_document_becomes_explained_signals(store: Store) -> None:
    paper = source("paper", language="nl")
    assert counts(ingested(paper, rss(FLOOD, RANSOM))) == (2, 0, 0, 0, 0)
    flood = Signal.objects.get(entry_id="1")
    assert flood.domains[0] == "climate"
    assert flood.language == "nl"
    why = Judgement.objects.get(signal=flood).result["domains"][0]["evidence"]
    text = f"{flood.title}\n{flood.excerpt}"
    assert all(text[e["start"] : e["end"]] for e in why)
    assert any("dijkdoorbraak" in text[e["start"] : e["end"]].lower() for e in why)
    assert set(Work.objects.filter(signal=flood).values_list("stage", flat=True)) == set(Work.Stage.values)
    state = SourceState.objects.get(source=paper)
    assert (state.position, state.signals, state.entries_last) == (MONDAY, 2, 2)
    assert Fetch.objects.get().state == Fetch.State.DONE


def test_a_date_that_is_missing_or_in_the_future_is_replaced_and_flagged(store: Store) -> None:
    paper = source("paper")
    future = {**FLOOD, "pubDate": "Tue, 23 Nov 2087 06:30:00 GMT"}
    ingested(paper, rss(future, RANSOM))
    for entry_id, flag in (("1", "future"), ("2", "missing")):
        signal = Signal.objects.get(entry_id=entry_id)
        assert (signal.published_flag, signal.published) == (flag, signal.seen)


def test_what_a_document_says_last_of_an_identity_is_current_however_often_it_says_it(store: Store) -> None:
    paper = source("paper")
    closed = {"guid": "1", "title": "Dijk gedicht", "link": "https://nieuws.example/artikel/1"}
    broken = {**closed, "title": "Dijk gebroken"}
    for n, items in enumerate(
        ((broken, closed, closed), (broken, closed, broken), (closed, broken), (broken, closed, closed))
    ):
        for _ in range(2):
            drained = ingested(paper, rss(*items), MONDAY + n * HOUR)
            assert Signal.objects.get().title == items[-1]["title"]
            assert Version.objects.count() == 2
        assert counts(drained) == (0, 0, len(items), 0, 0), "the same again changes nothing"


def test_what_a_first_poll_or_an_older_document_brings_never_alerts(store: Store) -> None:
    paper = source("paper")
    ingested(paper, rss(FLOOD))
    ingested(paper, rss({**RANSOM, "guid": "3"}), MONDAY - HOUR)
    ingested(
        paper, rss(RANSOM, {**FLOOD, "guid": "4", "pubDate": "Mon, 2 Nov 2026 06:30:00 GMT"}), MONDAY + HOUR
    )
    quiet = dict(Signal.objects.values_list("entry_id", "quiet"))
    assert quiet == {"1": "first-poll", "3": "backfill", "2": "", "4": "old"}


def test_the_same_document_again_changes_nothing(store: Store) -> None:
    paper = source("paper")
    ingested(paper, rss(FLOOD, RANSOM))
    Work.objects.all().delete()
    assert counts(ingested(paper, rss(FLOOD, RANSOM), MONDAY + HOUR)) == (0, 0, 2, 0, 0)
    assert not Work.objects.exists()
    assert Entry.objects.get(signal__entry_id="1").last_seen == MONDAY + HOUR


def test_an_edited_entry_is_a_version_and_a_flapping_one_returns(store: Store) -> None:
    paper = source("paper")
    edited = {**FLOOD, "title": "Overstroming in Limburg: dijk bij Venlo gedicht"}
    for n, item in enumerate((FLOOD, edited, FLOOD, edited, FLOOD)):
        ingested(paper, rss(item), MONDAY + n * HOUR)
    flood = Signal.objects.get()
    assert flood.title == FLOOD["title"]
    assert flood.revision == 5
    assert Version.objects.filter(signal=flood).count() == 2
    assert Judgement.objects.get(signal=flood).content_hash == flood.content_hash


def test_snapshots_end_the_same_in_whatever_order_they_come(store: Store) -> None:
    states = []
    for slug, order in (("forth", (0, 1, 2)), ("back", (2, 1, 0)), ("mixed", (1, 2, 0))):
        paper = source(slug)
        for n in order:
            item = {
                **FLOOD,
                "title": f"Overstroming in Limburg, stand {n}",
                "link": f"https://{slug}.example/1",
            }
            ingested(paper, rss(item), MONDAY + n * HOUR)
        signal = Signal.objects.get(source=paper)
        versions = list(Version.objects.filter(signal=signal).order_by("as_of").values_list("title", "as_of"))
        states.append((signal.title, versions, SourceState.objects.get(source=paper).position))
    assert states[0] == states[1] == states[2]


def test_one_identity_twice_in_a_document_is_ordered_by_its_updates(store: Store) -> None:
    paper = source("paper")
    later = {**FLOOD, "title": "Dijk gedicht", "pubDate": "Mon, 23 Nov 2026 06:45:00 GMT"}
    assert counts(ingested(paper, rss(later, FLOOD))) == (1, 1, 0, 0, 0)
    assert Signal.objects.get().title == "Dijk gedicht"
    assert Version.objects.count() == 2
    assert counts(ingested(paper, rss(later, FLOOD), MONDAY)) == (0, 0, 2, 0, 0)
    assert counts(ingested(paper, rss(later, FLOOD), MONDAY + HOUR)) == (0, 0, 2, 0, 0)
    signal = Signal.objects.get()
    assert (signal.title, signal.revision) == ("Dijk gedicht", 1)
    # A third wording in between, in a newer document: history at once, and what is newest stays current.
    between = {**FLOOD, "title": "Dijk bijna dicht", "pubDate": "Mon, 23 Nov 2026 06:40:00 GMT"}
    assert counts(ingested(paper, rss(later, between, FLOOD), MONDAY + 2 * HOUR)) == (0, 1, 2, 0, 0)
    assert counts(ingested(paper, rss(FLOOD), MONDAY + 3 * HOUR)) == (0, 1, 0, 0, 0)
    assert counts(ingested(paper, rss(later, FLOOD), MONDAY + 4 * HOUR)) == (0, 1, 1, 0, 0)
    signal.refresh_from_db()
    assert (signal.title, signal.revision, Version.objects.count()) == ("Dijk gedicht", 3, 3)
    assert Entry.objects.get().last_seen == MONDAY + 4 * HOUR


def test_the_same_url_from_another_source_is_a_sighting(store: Store) -> None:
    paper, other = source("paper"), source("other")
    ingested(paper, rss(FLOOD))
    again = {**FLOOD, "guid": "x", "title": "Dijkdoorbraak", "link": FLOOD["link"] + "?utm_source=rss"}
    assert counts(ingested(other, rss(again))) == (0, 0, 0, 1, 0)
    signal = Signal.objects.get()
    assert {e.source.slug for e in signal.entries.all()} == {"paper", "other"}
    assert signal.revision == 2
    assert counts(ingested(other, rss({**again, "title": "Anders"}), MONDAY + HOUR)) == (0, 0, 1, 0, 0)
    assert Version.objects.count() == 1


def test_a_url_that_occurs_twice_or_names_only_a_site_is_not_shared(store: Store) -> None:
    paper, other = source("paper"), source("other")
    home = {**FLOOD, "link": "https://nieuws.example/"}
    ingested(paper, rss(home, RANSOM, {**RANSOM, "guid": "3"}))
    assert counts(ingested(other, rss(home, RANSOM))) == (2, 0, 0, 0, 0)


def test_the_same_words_under_another_url_join_the_group(store: Store) -> None:
    paper, other = source("paper"), source("weekly")
    ingested(paper, rss(FLOOD))
    ingested(other, rss({**FLOOD, "link": "https://other.example/a/9"}))
    assert relate_waiting() == 2
    first, second = Signal.objects.order_by("pk")
    assert (first.duplicate_of_id, second.duplicate_of_id) == (None, first.pk)
    assert Work.objects.get(signal=second, stage="index").revision == second.revision == 2
    changed = {"title": "Iets anders", "description": "Een brug in Zeeland is dicht voor werk aan de klep."}
    ingested(other, rss({**FLOOD, "link": "https://other.example/a/9", **changed}), MONDAY + HOUR)
    relate_waiting()
    second.refresh_from_db()
    assert second.duplicate_of_id is None


def test_what_is_no_feed_is_refused_and_moves_nothing(store: Store) -> None:
    paper = source("paper")
    ingested(paper, rss(FLOOD))
    page = b"<!DOCTYPE html><html><head><title>Cookies</title></head><body>Accept</body></html>"
    drained = ingested(paper, page, MONDAY + HOUR)
    assert len(drained.refused) == 1
    state = SourceState.objects.get(source=paper)
    assert "html" in state.refused.lower()
    assert state.position == MONDAY
    assert Signal.objects.count() == 1
    ingested(paper, rss(FLOOD, RANSOM), MONDAY + 2 * HOUR)
    assert SourceState.objects.get(source=paper).refused == ""


def test_a_damaged_fetch_is_quarantined_after_three_failures_and_can_be_retried(store: Store) -> None:
    paper = source("paper")
    bad = fetched(paper, rss(FLOOD), MONDAY)
    whole = bytes(bad.body or b"")
    Fetch.objects.filter(pk=bad.pk).update(body=whole[:-8])
    fetched(paper, rss(RANSOM), MONDAY + HOUR)
    drained = drain(paper.pk, "test")
    assert [pk for pk, _ in drained.quarantined] == [bad.pk]
    assert drained.new == 1, "the next fetch goes on"
    assert [q.key for q in listing()] == [f"fetch-{bad.pk}"]
    Fetch.objects.filter(pk=bad.pk).update(body=whole)
    assert retry(f"fetch-{bad.pk}", "test")
    assert drain(paper.pk, "test").new == 1


def test_a_fetch_that_kills_its_worker_is_found_out(store: Store) -> None:
    paper = source("paper")
    deadly = fetched(paper, rss(FLOOD), MONDAY)
    Fetch.objects.filter(pk=deadly.pk).update(attempts=pipeline.DEATHS)
    assert [pk for pk, _ in drain(paper.pk, "test").quarantined] == [deadly.pk]


def test_a_leased_source_is_left_alone_until_the_lease_ends(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = source("paper")
    fetched(paper, rss(FLOOD), MONDAY)
    assert lease.take(paper.pk, "somebody")
    assert drain(paper.pk, "me").fetches == 0
    SourceState.objects.filter(source=paper).update(lease_until=MONDAY - HOUR)
    assert drain(paper.pk, "me").new == 1


def test_a_document_that_takes_longer_than_its_lease_is_read_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many workers wait for it: only deaths count against a document, not patience."""
    monkeypatch.setattr(lease, "LEASE", timedelta(seconds=0.4))
    paper = source("paper")
    fetched(paper, rss(FLOOD), MONDAY)
    reading = pipeline.read

    def slowly(*words: Any) -> Read:
        for number in range(12):
            time.sleep(0.1)
            assert drain(paper.pk, f"other-{number}").fetches == 0
        return reading(*words)

    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "read", slowly)
        assert drain(paper.pk, "slow").new == 1
    assert Fetch.objects.get().attempts == 1
    assert SourceState.objects.get(source=paper).lease_holder == ""


def test_a_fetch_that_another_worker_stored_meanwhile_is_not_stored_twice(store: Store) -> None:
    from ingest.reading import Judge, read, rules_of
    from ingest.storing import store as store_document

    paper = source("paper")
    fetch = fetched(paper, rss(FLOOD), MONDAY)
    found = read(rss(FLOOD), "", rules_of(paper))
    assert store_document(paper, fetch, found, Judge(paper)) is not None
    assert store_document(paper, fetch, found, Judge(paper)) is None
    assert Signal.objects.count() == 1


def test_relative_links_are_relative_to_the_source_where_the_feed_does_not_say(store: Store) -> None:
    paper = source("paper", url="https://nieuws.example/feeds/rss")
    ingested(paper, rss({**FLOOD, "link": "/artikel/1"}))
    assert Signal.objects.get().url == "https://nieuws.example/artikel/1"
