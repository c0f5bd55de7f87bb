"""The relate stage on the store: what waits, what it writes and queues, what quarantine takes; owners."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.catalogue import load
from ingest.corrections import correct
from ingest.models import Anchor, Entry, Signal, Source, Work
from ingest.outbox import queue
from ingest.relate import group_of, owners, relate_waiting, stored, story_of
from tests.conftest import Store
from tests.ingest.related import START, Story
from tests.ingest.related import stored as store_it

TEXT = (
    "Een stroomstoring legt sinds vanochtend het treinverkeer rond Zwolle plat; de beheerder zoekt naar de "
    "oorzaak en verwacht dat reizigers pas in de avond weer verder kunnen."
)
DAY = timedelta(days=1)
SOURCES = ("ncsc", "csaf")
FIRST = Story("bode", "a", "Geen treinen rond Zwolle", TEXT, START)
COPY = Story("courant", "b", "Storing op het spoor", TEXT, START + timedelta(hours=2))


def _related() -> None:
    while relate_waiting():
        pass


def _linked(story: Story) -> str | None:
    root = Signal.objects.get(identity=story.identity).duplicate_of
    return root.identity if root is not None else None


def test_a_repeat_points_to_the_first_and_is_indexed_anew(store: Store) -> None:
    store_it(FIRST)
    copy = store_it(COPY)
    assert relate_waiting() == 2
    assert (_linked(FIRST), _linked(COPY)) == (None, "a")
    waiting = set(Work.objects.values_list("signal", "stage", "revision"))
    assert waiting == {(copy.pk, "match", 2), (copy.pk, "index", 2)}
    # Related again with nothing changed, nothing is written or queued.
    queue([Signal.objects.get(pk=copy.pk)], (Work.Stage.RELATE,))
    _related()
    assert Signal.objects.get(pk=copy.pk).revision == 2


def test_an_earlier_one_that_arrives_later_becomes_the_root(store: Store) -> None:
    store_it(COPY)
    _related()
    store_it(replace(COPY, source="dagblad", identity="c", at=COPY.at + timedelta(hours=1)))
    _related()
    assert _linked(replace(COPY, identity="c")) == "b"
    store_it(FIRST)
    _related()
    assert [_linked(FIRST), _linked(COPY), _linked(replace(COPY, identity="c"))] == [None, "a", "a"]


def test_an_edited_signal_leaves_and_its_followers_find_another_root(store: Store) -> None:
    third = replace(COPY, source="dagblad", identity="c", at=COPY.at + timedelta(hours=1))
    for story in (FIRST, COPY, third):
        store_it(story)
    _related()
    store_it(
        replace(FIRST, text="In Zwolle begint vandaag het festival voor jonge makers van film en muziek.")
    )
    _related()
    assert [_linked(FIRST), _linked(COPY), _linked(third)] == [None, None, "b"]


def test_a_signal_edited_while_it_is_related_stays_in_the_queue(store: Store) -> None:
    store_it(FIRST)
    store_it(COPY)
    waiting = list(Work.objects.filter(stage="relate").order_by("pk"))
    Work.objects.filter(pk=waiting[1].pk).update(revision=9)
    from ingest.relate.waiting import _relate

    _relate(waiting)
    assert list(Work.objects.filter(stage="relate").values_list("revision", flat=True)) == [9]


def test_a_signal_that_cannot_be_related_is_quarantined_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = store_it(replace(COPY, identity="bad", title="BAD"))
    store_it(FIRST)
    store_it(COPY)
    real = stored.kept

    def kept(text: stored.Text) -> frozenset[int]:
        if text.given.title == "BAD":
            raise ValueError("no words")
        return real(text)

    monkeypatch.setattr(stored, "kept", kept)
    for _ in range(3):
        relate_waiting()
    assert _linked(COPY) == "a"
    row = Work.objects.get(stage="relate")
    assert (row.signal_id, row.attempts, row.error) == (bad.pk, 3, "ValueError: no words")
    assert row.quarantined is not None and relate_waiting() == 0


def test_entries_that_all_link_to_one_page_are_not_its_versions(store: Store) -> None:
    # `url_key` is empty where a document holds one URL twice.
    for number in range(3):
        story = Story(
            "bode",
            f"i{number}",
            f"Beving {number},1 bij Dorp{number}",
            "",
            START,
            page="alle-bevingen-op-een-rij",
        )
        Signal.objects.filter(pk=store_it(story).pk).update(url_key="")
    _related()
    assert not Signal.objects.exclude(duplicate_of=None, update_of=None).exists()


def test_removing_a_signal_removes_its_anchors(store: Store) -> None:
    signal = store_it(FIRST)
    _related()
    assert Anchor.objects.filter(signal=signal).exists()
    signal.delete()
    assert not Anchor.objects.exists()


def test_a_signal_joined_by_hand_to_a_later_one_makes_no_circle(sqlite_store: Store) -> None:
    versions = [
        Story(
            "ncsc",
            f"v{n}",
            f"NCSC-2026-0012 [1.0{n}] Lek in pakket",
            "",
            START + timedelta(hours=n),
            entry="NCSC-2026-0012",
        )
        for n in range(3)
    ]
    ids = [store_it(version).pk for version in versions]
    _related()
    found = list(Signal.objects.order_by("pk").values_list("duplicate_of", "update_of"))
    assert found == [(None, None), (None, ids[0]), (None, ids[0])]
    correct(ids[0], "duplicate", "", ids[2], actor="analist@example.org")
    _related()
    found = list(Signal.objects.order_by("pk").values_list("duplicate_of", "update_of"))
    assert found == [(ids[2], None), (None, None), (None, ids[1])]
    # The joined one's target moves before the second: that follows.
    store_it(replace(versions[2], at=START + timedelta(minutes=30)))
    _related()
    found = list(Signal.objects.order_by("pk").values_list("duplicate_of", "update_of"))
    assert found == [(ids[2], None), (None, ids[2]), (None, None)]


def test_what_was_joined_by_hand_to_a_removed_signal_is_related_afresh(store: Store) -> None:
    from ingest.retention import Keep, retain

    between = replace(COPY, source="dagblad", identity="c", at=COPY.at + timedelta(hours=1))
    apart = Story("omroep", "d", "Markt gaat door", "De weekmarkt in Assen gaat zaterdag door.", COPY.at)
    for story in (FIRST, between, apart):
        store_it(story)
    _related()
    ids = dict(Signal.objects.values_list("identity", "pk"))
    correct(ids["d"], "duplicate", "", ids["c"], actor="analist@example.org")
    _related()
    assert (_linked(between), _linked(apart)) == ("a", "a")
    now = START + timedelta(days=1000)
    Signal.objects.exclude(pk=ids["c"]).update(seen=now)
    long = timedelta(days=800)
    retain(now, Keep(bodies=long, quarantine=long, unsorted=long, signals=long))
    _related()
    # The word was about a text that nobody has any more.
    assert (_linked(FIRST), _linked(apart)) == (None, None)


def test_a_source_that_gets_an_owner_is_related_afresh(store: Store, tmp_path: Path) -> None:
    first = Story("ncsc", "v0", "NCSC-2026-0012 [1.00] Lek in pakket", "", START, entry="NCSC-2026-0012")
    second = replace(
        first, source="csaf", identity="v1", title=first.title.replace("1.00", "1.01"), at=START + 9 * DAY
    )
    one, two = store_it(first), store_it(second)
    _related()
    assert Signal.objects.get(pk=two.pk).update_of_id is None
    catalogue = tmp_path / "sources.yaml"
    lines = [f"  - {{slug: {s}, name: {s}, url: https://{s}.example/rss, owner: dienst}}" for s in SOURCES]
    catalogue.write_text("\n".join(["sources:", *lines]))
    load(catalogue)
    _related()
    assert Signal.objects.get(pk=two.pk).update_of_id == one.pk


def test_owners_count_once_and_sightings_count(store: Store) -> None:
    stories = [
        FIRST,
        COPY,
        replace(COPY, source="dagblad", identity="c", at=COPY.at + timedelta(hours=1)),
        Story("dagblad", "d", "Markt gaat door", "De weekmarkt in Assen gaat zaterdag gewoon door.", START),
    ]
    ids = {}
    for story in stories:
        signal = store_it(story)
        ids[story.identity] = signal.pk
        Entry.objects.create(
            source=signal.source, identity=story.identity, content_hash="c", signal=signal,
            first_seen=START, last_seen=START,
        )  # fmt: skip
    Source.objects.filter(slug__in=("bode", "courant")).update(owner="uitgever")
    site = Source.objects.create(slug="site", name="site")
    Entry.objects.create(
        source=site, identity="x", content_hash="c", signal_id=ids["d"], first_seen=START, last_seen=START
    )
    _related()
    assert group_of(ids.values()) == {
        ids["a"]: ids["a"], ids["b"]: ids["a"], ids["c"]: ids["a"], ids["d"]: ids["d"],
    }  # fmt: skip
    assert owners(ids.values()) == {ids["a"]: 2, ids["d"]: 2}
    assert owners([ids["b"]]) == {ids["a"]: 2}
    assert group_of([10**6]) == owners([]) == {}


def test_a_story_follows_updates_too(store: Store) -> None:
    first = Story("ncsc", "v0", "NCSC-2026-0012 [1.00] Lek in pakket", "", START, entry="NCSC-2026-0012")
    second = replace(
        first, identity="v1", title="NCSC-2026-0012 [1.01] Lek in pakket", at=START + timedelta(days=9)
    )
    one, two = store_it(first), store_it(second)
    _related()
    assert Signal.objects.get(pk=two.pk).update_of_id == one.pk
    assert story_of([two.pk]) == {two.pk: one.pk}
    assert group_of([two.pk]) == {two.pk: two.pk}
