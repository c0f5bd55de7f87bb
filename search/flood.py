"""The flood guard: no source fills a reader's day. What is held back is rolled up and named.

Of what one reader sees in a day, each owner group gets at most a share (a quarter); a few items it may
always show. The share is one of what is *shown*, so holding one owner back lowers what the others may
show: the limit is the highest at which everybody keeps to it. Where fewer owners have anything to show
than the share has room for (four, of a quarter each), that is the few items each.

More items of other owners never hide one that was shown without them, and nothing is lost: what is kept
and what is rolled up are together what came in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

#: One owner's share of what a reader sees in a day.
SHARE = 0.25
#: What an owner may show however little there is else.
LEAST = 3


@dataclass(frozen=True, slots=True)
class Rolled(Generic[T]):
    """What one owner has more: "+ 37 more from NVD". `items` in the order they came; `count` of them."""

    owner: str
    count: int
    items: tuple[T, ...]


@dataclass(frozen=True, slots=True)
class Shown(Generic[T]):
    """`kept` in the order they came; `rolled` by falling count, ties in the order the owners came."""

    kept: tuple[T, ...]
    rolled: tuple[Rolled[T], ...]


def _limit(waiting: Mapping[str, int], before: Mapping[str, int], share: float, least: int) -> int:
    """How many each owner may have shown by the end: the highest number that agrees with itself."""
    earlier = sum(before.values())
    total = earlier + sum(waiting.values())
    while True:
        # A hair more, because 0.29 * 100 is 28.999…
        most = max(least, int(share * total + 1e-9))
        fitting = earlier + sum(
            min(count, max(0, most - before.get(owner, 0))) for owner, count in waiting.items()
        )
        if fitting >= total:
            return most
        total = fitting


def limited(
    items: Sequence[T],
    owner: Callable[[T], str],
    share: float = SHARE,
    already: Mapping[str, int] | None = None,
    least: int = LEAST,
) -> Shown[T]:
    """`items` (best first) of which no owner shows more than its share; the rest rolled up by owner.

    `already`: how many of each owner the reader has seen this day; they count for both the share and the
    whole. An owner whose share is used up gets nothing more until others come. Stable, the same
    for the same input, and again the same for what was kept. Raises ValueError for a share outside 0 … 1
    or a negative number.
    """
    before = dict(already or {})
    if not 0 < share <= 1 or least < 0 or any(count < 0 for count in before.values()):
        raise ValueError("share must be above 0 and at most 1, `least` and counts not negative")
    owners = [owner(item) for item in items]
    most = _limit(Counter(owners), before, share, least)
    kept: list[T] = []
    rest: dict[str, list[T]] = {}
    shown = Counter(before)
    for item, name in zip(items, owners, strict=True):
        if shown[name] < most:
            shown[name] += 1
            kept.append(item)
        else:
            rest.setdefault(name, []).append(item)
    rolled = [Rolled(name, len(more), tuple(more)) for name, more in rest.items()]
    rolled.sort(key=lambda each: -each.count)
    return Shown(tuple(kept), tuple(rolled))
