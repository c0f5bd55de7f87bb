"""Groups of stored signals: whose group a signal is in, and how many independent owners tell it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from ingest.models import Entry, Signal

_CHUNK = 5_000
#: A person's word may add a step to a group's star; more would be a circle.
_STEPS = 4


def group_of(signals: Iterable[int]) -> dict[int, int]:
    """The root of each signal's duplicate group: itself where it repeats none. Unknown ids are left out."""
    return _followed(signals, "duplicate_of")


def story_of(signals: Iterable[int]) -> dict[int, int]:
    """The first signal of each one's story, until stories are built: updates followed as well as repeats."""
    found = group_of(signals)
    heads = _followed(set(found.values()), "update_of")
    roots = group_of(set(heads.values()))
    return {signal: roots[heads[root]] for signal, root in found.items()}


def owners(signals: Iterable[int]) -> dict[int, int]:
    """By root of these signals' duplicate groups: how many owner groups report it, sightings included.

    A source without an owner is its own; wire copy of one owner's titles counts once.
    """
    roots = set(group_of(signals).values())
    by_root: dict[int, set[str]] = {root: set() for root in roots}
    for part in _parts(roots):
        members = dict(
            Signal.objects.filter(Q(pk__in=part) | Q(duplicate_of__in=part)).values_list("pk", "duplicate_of")
        )
        for some in _parts(members):
            reports = Entry.objects.filter(signal__in=some).values_list(
                "signal", "source__owner", "source__slug"
            )
            for signal, owner, slug in reports:
                by_root[members[signal] or signal].add(owner or slug)
    return {root: len(names) for root, names in by_root.items()}


def _followed(signals: Iterable[int], column: str) -> dict[int, int]:
    found = {signal: signal for signal in signals}
    there: set[int] = set()
    asked = set(found)
    for _ in range(_STEPS):
        targets: dict[int, int] = {}
        for part in _parts(asked):
            for pk, target in Signal.objects.filter(pk__in=part).values_list("pk", column):
                there.add(pk)
                if target is not None:
                    targets[pk] = target
        if not targets:
            break
        found = {signal: targets.get(root, root) for signal, root in found.items()}
        asked = set(targets.values())
    return {signal: root for signal, root in found.items() if signal in there}


def _parts(values: Iterable[int]) -> Iterable[list[int]]:
    whole = list(values)
    return (whole[start : start + _CHUNK] for start in range(0, len(whole), _CHUNK))
