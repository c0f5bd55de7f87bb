"""The signals of the store as `ingest.relate.group` sees them: read many at a time, as they are needed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from ingest.models import Correction, Signal
from ingest.relate import drawers
from ingest.relate.anchors import MOST, around, beside, few, kept, near
from ingest.relate.group import Link
from ingest.relate.text import Given, Text

_CHUNK = 5_000
_NOBODY: dict[int, bool] = {}
_COLUMNS = (
    "pk",
    "title",
    "excerpt",
    "url",
    "source__slug",
    "source__owner",
    "published",
    "entry_id",
    "official",
    "url_key",
    "identity",
    "duplicate_of",
    "update_of",
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One signal, read once."""

    order: tuple[datetime, str, str]
    text: Text
    link: Link[int]


class Stored:
    """A `ingest.relate.group.World` over the store, in one transaction."""

    def __init__(self) -> None:
        self._rows: dict[int, _Row] = {}
        self._links: dict[int, Link[int]] = {}
        self._keys: dict[int, set[int]] = {}
        self._holders: dict[int, dict[int, bool] | None] = {}
        self._nearby: dict[int, set[int]] = {}
        self._said: dict[int, int | None] = {}
        self._bound: dict[int, list[int]] = {}

    # What `settle` asks.

    def order(self, key: int) -> Any:
        return self._row(key).order

    def text(self, key: int) -> Text:
        return self._row(key).text

    def link(self, key: int) -> Link[int]:
        found = self._links.get(key)
        return found if found is not None else self._row(key).link

    def decided(self, key: int) -> Link[int] | None:
        if key not in self._said:
            return None
        value = self._said[key]
        if value is None:
            return Link()
        root = self.link(value).duplicate_of
        return Link(duplicate_of=value if root is None or root == key else root)

    def neighbours(self, key: int) -> Iterable[int]:
        return self._nearby[key]

    def expect(self, key: int, soon: Collection[int]) -> None:
        if key not in self._nearby:
            self.see([key, *(other for other in soon if other not in self._nearby)])

    def bound(self, key: int) -> Iterable[int]:
        return [other for other in self._bound.get(key, ()) if self._there(other)]

    # What the stage does with it.

    def change(self, key: int, link: Link[int]) -> None:
        self._links[key] = link

    def changed(self) -> dict[int, Link[int]]:
        """The links that are now others than in the store."""
        return {key: link for key, link in self._links.items() if link != self._rows[key].link}

    def see(self, signals: Collection[int]) -> None:
        """Reads these signals, their anchors, whoever shares one, and what persons said of them."""
        self.read(signals)
        self._keys.update({signal: set() for signal in signals if signal not in self._keys})
        self._keys.update(drawers.held(signals))
        self._look_up(key for s in signals for _, keys in self._around(s, self._keys[s]) for key in keys)
        self._meet(signals)

    def enter(self, signals: Collection[int]) -> set[int]:
        """Gives signals the anchors of their present content; returns who must be settled because of it."""
        self.read(signals)
        present = [signal for signal in signals if signal in self._rows]
        before = drawers.held(present)
        after = {signal: set(kept(self.text(signal))) for signal in present}
        # Where those of a former content were near is no longer known to the day.
        self._look_up(other for keys in before.values() for key in keys for other in beside(key))
        self._look_up(key for s in present for _, keys in self._around(s, after[s]) for key in keys)
        nearby = {other for keys in before.values() for other in self._near(keys)}
        scarce = {s: few(keys) for s, keys in after.items()}
        # A signal that has few, or no longer has few, puts all its anchors anew.
        same = {s: after[s] & keys if few(keys) == scarce[s] else set() for s, keys in before.items()}
        out = {(key, s) for s, keys in before.items() for key in keys - same[s]}
        new = {(key, s, scarce[s]) for s in present for key in after[s] - same.get(s, set())}
        drawers.take_out(out)
        drawers.put(new)
        turned = self._moved(out, new)
        self._keys.update(after)
        self._meet(present)
        self.read(nearby | turned)
        # What was near the former content can only have lost a link by its going.
        dirty = {s for s in nearby if self._there(s) and self.link(s) != Link()}
        dirty.update(present, filter(self._there, turned))
        # Whoever a person joined to one that now has another time.
        dirty.update(other for signal in present for other in self.bound(signal))
        if before:
            entered = drawers.listed(before)
            pointing = Signal.objects.filter(Q(duplicate_of__in=entered) | Q(update_of__in=entered))
            dirty.update(pointing.values_list("pk", flat=True))
        return dirty

    def read(self, signals: Iterable[int]) -> None:
        """Reads these signals' rows."""
        wanted = sorted({signal for signal in signals if signal not in self._rows})
        if wanted:
            rows = Signal.objects.filter(pk__in=drawers.listed(wanted)).values_list(*_COLUMNS)
            for row in rows.iterator(_CHUNK):
                self._rows[row[0]] = _made(row)

    def _row(self, key: int) -> _Row:
        if key not in self._rows:
            self.read([key])
        return self._rows[key]

    def _there(self, key: int) -> bool:
        """Whether the store has it."""
        if key not in self._rows:
            self.read([key])
        return key in self._rows

    def _around(self, signal: int, keys: Iterable[int]) -> list[tuple[int, list[int]]]:
        return around(keys, self._rows[signal].text.published if signal in self._rows else None)

    def _near(self, keys: Collection[int], signal: int | None = None) -> set[int]:
        """Who is near keys: those of a signal as it is, or (without one) of a content of once."""
        places = [(key, beside(key)) for key in keys] if signal is None else self._around(signal, keys)
        return near(self._shared(places), few(keys))

    def _shared(
        self, places: Iterable[tuple[int, Collection[int]]]
    ) -> Iterator[tuple[int, Iterable[tuple[int, bool]]]]:
        holders = self._holders
        for key, others in places:
            if holders.get(key, _NOBODY) is None:
                continue
            for other in others:
                there = holders.get(other)
                if there:
                    yield key, there.items()

    def _look_up(self, keys: Iterable[int]) -> None:
        wanted = set(keys).difference(self._holders)
        found = drawers.holders(wanted)
        self._holders.update((key, found.get(key, {})) for key in wanted)

    def _meet(self, signals: Collection[int]) -> None:
        """Reads whoever is near these signals, and what persons said of and with them."""
        if not signals:
            return
        found = {signal: self._near(self._keys[signal], signal) for signal in signals}
        self.read(set().union(*found.values()))
        for signal, others in found.items():
            # A neighbour may be gone meanwhile, its anchors about to go.
            self._nearby[signal] = {o for o in others if o != signal and o in self._rows}
        said = Correction.objects.filter(kind=Correction.Kind.DUPLICATE, undone=None)
        for signal, value in said.filter(signal__in=drawers.listed(signals)).values_list("signal", "value"):
            if value is None or self._there(value):
                self._said[signal] = value
        for signal, value in said.filter(value__in=list(signals)).values_list("signal", "value"):
            self._bound.setdefault(int(value or 0), []).append(signal)

    def _moved(self, out: Iterable[tuple[int, int]], new: Iterable[tuple[int, int, bool]]) -> set[int]:
        """Follows rows taken out and put; returns who shares an anchor that says nothing since, or again."""
        met: set[int] = set()
        cut: set[int] = set()
        turned: set[int] = set()
        for key, signal in out:
            there = self._holders[key]
            if there is None:
                cut.add(key)
            else:
                there.pop(signal, None)
        for key, signal, scarce in new:
            there = self._holders[key]
            if there is not None:
                there[signal] = scarce
                if len(there) > MOST:
                    turned.add(key)
        for key in turned:
            met.update(self._holders[key] or ())
            self._holders[key] = None
        # What was crowded was not read whole; it may no longer be.
        self._holders.update({key: {} for key in cut} | drawers.holders(cut))
        turned |= {key for key in cut if self._holders[key] is not None}
        others = {other for key in turned for other in beside(key)}
        self._look_up(others)
        return met.union(*(self._holders[other] or () for other in others))


def _made(row: tuple[Any, ...]) -> _Row:
    pk, title, excerpt, url, slug, owner, published, entry, official, url_key = row[:10]
    identity, root, head = row[10:]
    given = Given(
        pk,
        title,
        excerpt,
        # A page where many things are told says nothing of one of them.
        url if url_key else "",
        slug,
        owner or slug,
        published,
        entry,
        str(official.get("version") or "") if official else "",
    )
    return _Row((published, slug, identity), Text(given), Link(root, head))
