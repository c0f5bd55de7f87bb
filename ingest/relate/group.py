"""Groups: which signal repeats or updates which, as a function of the signals alone.

In their order (published, then who they are) each signal looks at those before it: it repeats the first
root whose text it is, else it updates the first whose newer version it is. A group is a star: every
member was compared with the root itself, so unlike texts are never joined through one between them. What
a signal is depends on earlier ones only, so after a change it is enough to settle, in order, the signals
whose neighbours changed.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from ingest.relate.compare import Comparison, Verdict, compare
from ingest.relate.text import Text

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Link(Generic[K]):
    """What a signal repeats or updates, never both."""

    duplicate_of: K | None = None
    update_of: K | None = None


class World(Protocol[K]):
    """The signals, as the one who settles them sees them."""

    def order(self, key: K) -> Any:
        """What signals are sorted by: the same on every machine, never equal."""

    def text(self, key: K) -> Text: ...

    def link(self, key: K) -> Link[K]: ...

    def decided(self, key: K) -> Link[K] | None:
        """What a person said it is; None where nobody did."""

    def neighbours(self, key: K) -> Iterable[K]:
        """The signals that share an anchor with it, without itself."""

    def expect(self, key: K, soon: Collection[K]) -> None:
        """What is asked of next, and what probably after it: may be read in one go."""

    def bound(self, key: K) -> Iterable[K]:
        """The signals of which a person said that they repeat it."""


def settle(world: World[K], dirty: Iterable[K], keep: Callable[[K, Link[K]], None]) -> None:
    """Settles the dirty signals and those that follow from them; `keep` is given every link that is new.

    `keep` must make `world.link` answer with it.
    """
    waiting: set[K] = set()
    heap: list[tuple[Any, K]] = []

    def wait(key: K) -> None:
        if key not in waiting:
            waiting.add(key)
            heapq.heappush(heap, (world.order(key), key))

    restless = set(dirty)
    for key in restless:
        wait(key)
    while heap:
        order, key = heapq.heappop(heap)
        waiting.discard(key)
        world.expect(key, waiting)
        near = sorted((world.order(other), other) for other in world.neighbours(key))
        before = world.link(key)
        link = world.decided(key) or place(world, key, [other for o, other in near if o < order])
        if link != before:
            keep(key, link)
            for other in world.bound(key):
                wait(other)
        elif key not in restless:
            continue
        for other_order, other in near:
            if other_order > order and other not in waiting and _follows(world, key, other):
                wait(other)


def place(world: World[K], key: K, earlier: Sequence[K]) -> Link[K]:
    """What a signal is to those before it, given in order."""
    text, order = world.text(key), world.order(key)
    updated: K | None = None
    for other in earlier:
        link = world.link(other)
        repeats = link.duplicate_of is not None
        # Of those that repeat a root only the same publisher's are looked at: it may go on with its own copy.
        if repeats and world.text(other).publisher != text.publisher:
            continue
        # A person may have joined it to a later signal; what that is cannot be followed from here.
        if link.duplicate_of is not None and world.order(link.duplicate_of) >= order:
            continue
        verdict = compare(world.text(other), text).verdict
        if verdict is Verdict.DUPLICATE and not repeats:
            return Link(duplicate_of=other)
        if verdict is Verdict.UPDATE and updated is None:
            updated = other
    return Link() if updated is None else Link(update_of=_head(world, updated, text, earlier))


def why(world: World[K], key: K, link: Link[K]) -> Comparison:
    """The comparison behind a link."""
    other = link.duplicate_of if link.duplicate_of is not None else link.update_of
    if other is None:
        return Comparison(Verdict.DIFFERENT)
    return compare(world.text(other), world.text(key))


def _head(world: World[K], other: K, text: Text, earlier: Sequence[K]) -> K:
    """What an update of `other` updates: what that repeats, or updates if `text` is kin of it as well."""
    link = world.link(other)
    if link.duplicate_of is not None:
        return link.duplicate_of
    first = link.update_of
    if first is None or first not in earlier:
        return other
    return other if compare(world.text(first), text).verdict is Verdict.DIFFERENT else first


def _follows(world: World[K], key: K, other: K) -> bool:
    """Whether what `other` is may depend on what `key` is."""
    link = world.link(other)
    if key in (link.duplicate_of, link.update_of):
        return True
    return compare(world.text(key), world.text(other)).verdict is not Verdict.DIFFERENT
