"""Groups are a function of the signals: whatever the order, the batches and the edits, the same comes out."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from ingest.corrections import correct, undo
from ingest.models import Anchor, Signal, Source, Work
from ingest.relate import drawers, relate_waiting
from ingest.relate import stored as stored_world
from tests.conftest import Store
from tests.ingest.related import Links, Story, edited, links, stored, stories


def _emptied() -> None:
    Signal.objects.all().delete()
    Source.objects.all().delete()


def _settled(limit: int) -> None:
    while relate_waiting(limit):
        pass


def _arrived(chance: random.Random, first: Sequence[Story], last: dict[str, Story], limit: int) -> Links:
    """The end state after the signals came in some order, some edited before and some after being related."""
    _emptied()
    arriving = list(first)
    chance.shuffle(arriving)
    changes = [story for story in last.values() if story not in arriving]
    chance.shuffle(changes)
    while arriving or changes:
        for _ in range(chance.randrange(1, 2 * limit)):
            if arriving:
                stored(arriving.pop())
        for change in [c for c in changes if c.identity not in {a.identity for a in arriving}]:
            if chance.random() < 0.3 or not arriving:
                stored(change)
                changes.remove(change)
        if chance.random() < 0.7:
            relate_waiting(limit)
    _settled(limit)
    return links()


def _told(first: Sequence[Story], chance: random.Random) -> dict[str, Story]:
    last = {story.identity: story for story in first}
    for identity in chance.sample(sorted(last), len(last) // 6):
        last[identity] = edited(chance, last[identity], first)
    return last


@pytest.mark.parametrize("seed", range(4))
def test_neither_order_nor_batches_nor_edits_change_what_comes_out(sqlite_store: Store, seed: int) -> None:
    chance = random.Random(seed)
    first = stories(chance, 60)
    last = _told(first, chance)
    _emptied()
    for story in last.values():
        stored(story)
    _settled(1000)
    expected = links()
    assert sum(root is not None for root, _ in expected.values()) >= 5
    assert sum(head is not None for _, head in expected.values()) >= 3
    for limit in (1, 3, 50):
        assert _arrived(chance, first, last, limit) == expected


def test_the_same_on_postgresql(store: Store) -> None:
    chance = random.Random(5)
    first = stories(chance, 40)
    last = _told(first, chance)
    assert _arrived(chance, first, last, 4) == _arrived(chance, first, last, 30)


def test_an_anchor_that_many_share_is_not_followed_whenever_it_became_so(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (drawers, stored_world):
        monkeypatch.setattr(module, "MOST", 3)
    crowded = 0
    for seed in range(4):
        chance = random.Random(seed)
        first = stories(chance, 50)
        last = _told(first, chance)
        expected = _arrived(chance, first, last, 100)
        crowded += sum(there is None for there in drawers.holders(_keys()).values())
        for limit in (1, 7):
            assert _arrived(chance, first, last, limit) == expected
    assert crowded


def _keys() -> list[int]:
    return list(Anchor.objects.values_list("key", flat=True).distinct())


def test_persons_words_stand_whatever_comes_later(sqlite_store: Store) -> None:
    for seed in range(3):
        chance = random.Random(seed)
        first = stories(chance, 40)
        half = first[: len(first) // 2]
        _emptied()
        for story in half:
            stored(story)
        _settled(10)
        ids = dict(Signal.objects.values_list("identity", "pk"))
        alone = next(identity for identity, (root, _) in links().items() if root is not None)
        free = [i for i, (root, _) in links().items() if root is None and not _repeated(i)]
        correct(ids[alone], "duplicate", "", None, actor="analist@example.org")
        joined, target = free[0], free[1]
        made = correct(ids[joined], "duplicate", "", ids[target], actor="analist@example.org")
        for story in first[len(half) :]:
            stored(story)
        for story in chance.sample(half, 5):
            stored(edited(chance, story, first))
        _settled(7)
        after = links()
        assert after[alone][0] is None
        assert after[joined][0] == (after[target][0] or target)
        undo(made.pk, actor="analist@example.org")
        _settled(7)
        undone = links()
        # Afresh, all of them at once: the same comes out.
        Signal.objects.update(duplicate_of=None, update_of=None)
        for pk, revision in Signal.objects.values_list("pk", "revision"):
            Work.objects.get_or_create(signal_id=pk, stage="relate", defaults={"revision": revision})
        _settled(1000)
        assert links() == undone


def _repeated(identity: str) -> bool:
    return Signal.objects.filter(duplicate_of__identity=identity).exists()


def test_removed_signals_leave_groups_as_if_they_had_never_been(sqlite_store: Store) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from ingest.retention import Keep, retain

    chance = random.Random(11)
    first = stories(chance, 50)
    gone = {story.identity for story in chance.sample(first, 10)}
    _emptied()
    for story in first:
        stored(story)
    _settled(10)
    Signal.objects.filter(identity__in=gone).update(seen=timezone.now() - timedelta(days=900))
    Signal.objects.exclude(identity__in=gone).update(seen=timezone.now())
    long = timedelta(days=800)
    retain(timezone.now(), Keep(bodies=long, quarantine=long, unsorted=long, signals=long))
    _settled(10)
    found = links()
    assert len(found) == len(first) - len(gone)
    _emptied()
    for story in first:
        if story.identity not in gone:
            stored(story)
    _settled(1000)
    assert found == links()
