"""The flood guard: a source's share of a reader's day, what is rolled up, and that nothing is lost."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.flood import LEAST, SHARE, Shown, limited

Item = tuple[str, int]


def owner(item: Item) -> str:
    return item[0]


def of(name: str, count: int) -> list[Item]:
    return [(name, number) for number in range(count)]


def counts(shown: Shown[Item]) -> Counter[str]:
    return Counter(map(owner, shown.kept))


def test_a_flood_of_one_source_is_cut_to_a_quarter_and_the_rest_is_named() -> None:
    others = [item for name in "abcdefghij" for item in of(name, 3)]
    shown = limited([*of("NVD", 47), *others], owner)
    assert counts(shown)["NVD"] == 10 and len(shown.kept) == 40
    assert [(rolled.owner, rolled.count) for rolled in shown.rolled] == [("NVD", 37)]
    assert shown.kept[:10] == tuple(of("NVD", 10)), "the first of them are the ones that are shown"
    assert shown.rolled[0].items == tuple(of("NVD", 47)[10:])


def test_a_short_list_is_not_cut() -> None:
    assert limited(of("NVD", 3), owner) == Shown(tuple(of("NVD", 3)), ())
    assert limited([], owner) == Shown((), ())
    mixed = [*of("NVD", 3), *of("RIVM", 1)]
    assert limited(mixed, owner).kept == tuple(mixed)


def test_a_source_that_is_alone_shows_its_few_and_names_the_rest() -> None:
    shown = limited(of("NVD", 100), owner)
    assert len(shown.kept) == LEAST and shown.rolled[0].count == 100 - LEAST


def test_two_floods_do_not_make_room_for_each_other() -> None:
    shown = limited([*of("a", 500), *of("b", 500), *of("c", 20), *of("d", 20), *of("e", 20)], owner)
    seen = counts(shown)
    assert max(seen.values()) <= SHARE * len(shown.kept)
    assert seen["c"] == seen["d"] == seen["e"] == 20 and seen["a"] == seen["b"] == 30
    assert [rolled.owner for rolled in shown.rolled] == ["a", "b"]


def test_what_was_seen_earlier_in_the_day_counts() -> None:
    news = [item for name in "uvwxyz" for item in of(name, 2)]
    assert counts(limited([*of("NVD", 5), *news], owner, already={"NVD": 3}))["NVD"] == 1
    assert counts(limited([*of("NVD", 5), *news], owner, already={"NVD": 4}))["NVD"] == 0
    assert limited(of("NVD", 5), owner, already={"NVD": 3}).kept == ()
    more = limited(of("NVD", 5), owner, already={"NVD": 3, "RIVM": 8, "KNMI": 8})
    assert len(more.kept) == 2 and more.rolled[0].count == 3, "five of 21 are a quarter, six of 22 are more"


def test_the_order_is_kept() -> None:
    mixed = [("a", 0), ("b", 0), ("a", 1), ("c", 0), ("a", 2), ("a", 3), ("b", 1)]
    assert limited(mixed, owner).kept == tuple(item for item in mixed if item != ("a", 3))


@pytest.mark.parametrize("wrong", [{"share": 0}, {"share": 1.5}, {"least": -1}, {"already": {"a": -1}}])
def test_a_wrong_limit_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="share must be"):
        limited([("a", 1)], owner, **wrong)  # type: ignore[arg-type]


_ITEMS = st.lists(st.sampled_from("aaaaabbbcdefg"), max_size=120).map(
    lambda names: [(name, number) for number, name in enumerate(names)]
)
_ALREADY = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 30), max_size=6)
_SHARES = st.sampled_from((0.1, 0.25, 0.29, 1 / 3, 0.5, 1.0))


@given(_ITEMS, _ALREADY, _SHARES)
def test_nothing_is_lost_and_every_order_is_kept(
    items: list[Item], already: dict[str, int], share: float
) -> None:
    shown = limited(items, owner, share, already)
    rest = [item for rolled in shown.rolled for item in rolled.items]
    assert sorted([*shown.kept, *rest], key=items.index) == items
    assert list(shown.kept) == sorted(shown.kept, key=items.index)
    for rolled in shown.rolled:
        assert rolled.count == len(rolled.items) > 0
        assert list(rolled.items) == sorted(rolled.items, key=items.index)
        assert {owner(item) for item in rolled.items} == {rolled.owner}
    assert len({rolled.owner for rolled in shown.rolled}) == len(shown.rolled)


@given(_ITEMS, _ALREADY, _SHARES)
def test_no_owner_shows_more_than_its_share_or_its_few(
    items: list[Item], already: dict[str, int], share: float
) -> None:
    shown = limited(items, owner, share, already)
    whole = sum(already.values()) + len(shown.kept)
    for name, count in counts(shown).items():
        day = already.get(name, 0) + count
        assert day <= max(LEAST, share * whole + 1e-6)


@given(_ITEMS, _ALREADY, _SHARES)
def test_what_is_rolled_up_would_have_broken_the_limit(
    items: list[Item], already: dict[str, int], share: float
) -> None:
    shown = limited(items, owner, share, already)
    whole = sum(already.values()) + len(shown.kept)
    for rolled in shown.rolled:
        day = already.get(rolled.owner, 0) + counts(shown)[rolled.owner]
        assert day + 1 > max(LEAST, int(share * whole + 1e-9))


@given(_ITEMS, _ALREADY, _SHARES)
def test_what_was_kept_is_kept_again(items: list[Item], already: dict[str, int], share: float) -> None:
    kept = limited(items, owner, share, already).kept
    assert limited(kept, owner, share, already) == Shown(kept, ())


@given(_ITEMS, _ITEMS, _ALREADY, _SHARES)
def test_more_items_of_other_owners_hide_nothing(
    items: list[Item], more: list[Item], already: dict[str, int], share: float
) -> None:
    others = [(f"other {name}", number) for name, number in more]
    before = set(limited(items, owner, share, already).kept)
    assert before <= set(limited([*items, *others], owner, share, already).kept)
    assert before <= set(limited([*others, *items], owner, share, already).kept)
