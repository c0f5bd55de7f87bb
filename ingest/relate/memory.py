"""Relating signals that are all in memory: what `horizonscan cluster` does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from ingest.relate.anchors import MOST, anchors, few, near
from ingest.relate.group import Link, settle, why
from ingest.relate.text import Given, Text

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Related:
    """What one signal repeats or updates and why; `story` is the first of its group."""

    duplicate_of: Any
    update_of: Any
    story: Any
    reason: str


class Conflict:
    """Two different signals claim one key."""


class _Memory:
    def __init__(self, given: Iterable[Given]) -> None:
        self.texts = {each.key: Text(each) for each in given}
        # Nothing is stored here, so all runs of words count: no copy is missed.
        self.anchors = {key: anchors(text, stretch=1) for key, text in self.texts.items()}
        self.links: dict[Any, Link[Any]] = {}
        self.holders: dict[int, list[tuple[Any, bool]]] = {}
        for key, found in self.anchors.items():
            for anchor in found:
                self.holders.setdefault(anchor, []).append((key, few(found)))

    def order(self, key: Any) -> Any:
        return self.texts[key].published or _NEVER, str(key), isinstance(key, str)

    def text(self, key: Any) -> Text:
        return self.texts[key]

    def link(self, key: Any) -> Link[Any]:
        return self.links.get(key) or Link()

    def decided(self, key: Any) -> None:
        return None

    def expect(self, key: Any, soon: Collection[Any]) -> None:
        """All is at hand."""

    def bound(self, key: Any) -> Iterable[Any]:
        return ()

    def neighbours(self, key: Any) -> Iterable[Any]:
        shared = ((anchor, self.holders[anchor]) for anchor in self.anchors[key])
        return near([pair for pair in shared if len(pair[1]) <= MOST], few(self.anchors[key])) - {key}


def relate(signals: Sequence[Given]) -> dict[Any, Related | Conflict]:
    """By key, what each signal is to the others; the answer does not depend on their order.

    A signal given twice counts once; a key given to two that differ is a conflict, and neither counts.
    """
    once: dict[Any, Given] = {}
    clashing: set[Any] = set()
    for signal in signals:
        if once.setdefault(signal.key, signal) != signal:
            clashing.add(signal.key)
    world = _Memory(each for key, each in once.items() if key not in clashing)
    # All are dirty and each is settled once, in order: none follows from another.
    settle(world, world.texts, world.links.__setitem__)

    @cache
    def story(key: Any) -> Any:
        link = world.link(key)
        before = link.duplicate_of if link.duplicate_of is not None else link.update_of
        return key if before is None else story(before)

    answers: dict[Any, Related | Conflict] = {key: Conflict() for key in clashing}
    for key in world.texts:
        link = world.link(key)
        answers[key] = Related(link.duplicate_of, link.update_of, story(key), why(world, key, link).reason)
    return answers
