"""The decider: identity, order, version and sighting, as a table of what must happen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.decide import KEPT_VERSIONS, Act, Known, decide, pruned

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def known(*contents: str, current: str = "", owner: bool = True, removed: bool = False) -> Known:
    """Contents first seen on successive days from Monday on; the last is current unless told otherwise."""
    versions = {content: MONDAY + n * DAY for n, content in enumerate(contents)}
    last = MONDAY + (len(contents) - 1) * DAY
    return Known(last, owner, removed, current or contents[-1], versions)


def test_never_seen_is_new_or_a_sighting_of_what_another_source_has() -> None:
    assert decide(None, "a", MONDAY, sharing=False) is Act.NEW
    assert decide(None, "a", MONDAY, sharing=True) is Act.SIGHTING


def test_the_same_content_again_is_seen() -> None:
    assert decide(known("a"), "a", MONDAY + DAY, sharing=False) is Act.SEEN
    assert decide(known("a"), "a", MONDAY + DAY, sharing=True) is Act.SEEN


def test_changed_content_is_a_version() -> None:
    assert decide(known("a"), "b", MONDAY + DAY, sharing=False) is Act.VERSION


def test_a_feed_that_flaps_makes_the_earlier_content_current_again_without_a_new_version() -> None:
    assert decide(known("a", "b"), "a", MONDAY + 2 * DAY, sharing=False) is Act.AGAIN


def test_an_older_document_adds_history_and_changes_nothing_else() -> None:
    assert decide(known("b"), "a", MONDAY - DAY, sharing=False) is Act.EARLIER
    assert decide(known("b"), "b", MONDAY - DAY, sharing=False) is Act.REDATE
    assert decide(known("a", "b"), "b", MONDAY, sharing=False) is Act.REDATE
    assert decide(known("a", "b"), "a", MONDAY, sharing=False) is Act.SEEN


def test_an_entry_that_its_own_document_outdates_is_history_whatever_the_documents_time() -> None:
    later = MONDAY + 3 * DAY
    assert decide(known("b"), "a", later, sharing=False, outdated=True) is Act.EARLIER
    assert decide(known("a", "b"), "a", later, sharing=False, outdated=True) is Act.SEEN
    assert decide(known("a", "b"), "a", later, sharing=False) is Act.AGAIN


def test_a_document_of_the_same_time_read_again_changes_nothing() -> None:
    held = known("a", "b")
    held.versions["a"] = held.last_seen
    assert decide(held, "a", held.last_seen, sharing=False) is Act.SEEN


def test_what_was_removed_does_not_come_back_and_a_sighting_is_never_a_version() -> None:
    assert decide(known("a", removed=True), "b", MONDAY + DAY, sharing=False) is Act.SEEN
    assert decide(known("a", owner=False), "b", MONDAY + DAY, sharing=True) is Act.SEEN


def test_the_first_version_and_the_latest_49_are_kept() -> None:
    contents = [f"c{n}" for n in range(KEPT_VERSIONS + 2)]
    held = known(*contents)
    assert pruned(held.versions, "c51") == ["c1", "c2"]
    assert pruned(held.versions, "c1") == ["c2"]
    full = known(*contents[:KEPT_VERSIONS])
    assert decide(full, "x", MONDAY + DAY / 2, sharing=False) is Act.SEEN
    assert decide(full, "x", MONDAY - DAY, sharing=False) is Act.EARLIER


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 6)), min_size=1, max_size=12), st.randoms())
def test_history_does_not_depend_on_the_order_in_which_documents_arrive(
    documents: list[tuple[str, int]], random: st.DataObject
) -> None:
    """One content a moment: whatever the order of arrival, current and versions end the same."""
    moments = {hour: content for content, hour in documents}
    shuffled = list(moments.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert _run(sorted(moments.items())) == _run(shuffled)


def _run(documents: list[tuple[int, str]]) -> tuple[str, list[str]]:
    held: Known | None = None
    for hour, content in documents:
        as_of = MONDAY + timedelta(hours=hour)
        act = decide(held, content, as_of, sharing=False)
        if held is None:
            held = Known(as_of, True, current=content, versions={content: as_of})
            continue
        if act in (Act.VERSION, Act.EARLIER, Act.REDATE):
            held.versions[content] = as_of
        if act in (Act.VERSION, Act.AGAIN):
            held.current = content
        held.last_seen = max(held.last_seen, as_of)
    assert held is not None
    return held.current, sorted(held.versions, key=lambda c: held.versions[c])
