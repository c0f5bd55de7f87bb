"""The core algebra: what a query asks once analysed. Both compilers, highlights and tests read only this.

Its leaves hold finished tokens for named index fields, so no engine analyses anything. Times may still be
relative (`Period`); `resolved` fixes them to a clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from search.query.times import period
from search.query.tree import QueryError

MAX_SECOND = 2**33 - 1
"""Times are kept in seconds since 1970, 0 to this."""


@dataclass(frozen=True, slots=True)
class Term:
    """Documents with exactly this token or value in the field."""

    field: str
    token: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """These tokens (two or more) side by side; where `open`, the last is only how a token begins."""

    field: str
    tokens: tuple[str, ...]
    open: bool = False


@dataclass(frozen=True, slots=True)
class Prefix:
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Tokens within `distance` edits; two neighbouring letters swapped are one edit."""

    field: str
    token: str
    distance: int


@dataclass(frozen=True, slots=True)
class Range:
    """Whole numbers from `low` to `high`, both included; None is open, not both."""

    field: str
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Period:
    """A range over time as written; `period()` of a bound gives its seconds."""

    field: str
    low: str | None
    high: str | None
    low_included: bool = True
    high_included: bool = True


@dataclass(frozen=True, slots=True)
class Not:
    item: Core


@dataclass(frozen=True, slots=True)
class And:
    items: tuple[Core, ...]


@dataclass(frozen=True, slots=True)
class Or:
    items: tuple[Core, ...]


@dataclass(frozen=True, slots=True)
class Everything:
    pass


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


Core = Term | Phrase | Prefix | Fuzzy | Range | Period | Not | And | Or | Everything | Nothing
Leaf = Term | Phrase | Prefix | Fuzzy | Range | Period | Everything | Nothing


def conjunction(items: tuple[Core, ...]) -> Core:
    """All of `items`; conjunctions in it are taken apart, so that nesting stays as flat as its meaning."""
    flat = tuple(part for item in items for part in (item.items if isinstance(item, And) else (item,)))
    return flat[0] if len(flat) == 1 else And(flat)


def disjunction(items: tuple[Core, ...]) -> Core:
    """Any of `items`, taken apart likewise."""
    flat = tuple(part for item in items for part in (item.items if isinstance(item, Or) else (item,)))
    return flat[0] if len(flat) == 1 else Or(flat)


def depth(core: Core) -> int:
    """Levels of NOT, AND and OR inside each other."""
    if isinstance(core, Not):
        return 1 + depth(core.item)
    if isinstance(core, And | Or):
        return 1 + max(map(depth, core.items))
    return 0


def _fixed(item: Period, now: datetime) -> Core:
    low = high = None
    if item.low is not None:
        low = period(item.low, now)[0 if item.low_included else 1]
    if item.high is not None:
        high = period(item.high, now)[1 if item.high_included else 0] - 1
    if low is None and high is None:
        return Everything()
    # Stored times are clamped, so a bound outside of what can be stored decides for all documents.
    if (high is not None and high < 0) or (low is not None and low > MAX_SECOND):
        return Nothing()
    low = None if low is None else max(0, low)
    high = None if high is None else min(MAX_SECOND, high)
    if low is not None and high is not None and low > high:
        return Nothing()
    return Range(item.field, low, high)


def resolved(core: Core, now: datetime) -> Core:
    """`core` with every Period made a Range by the clock. Raises QueryError for an unreadable time."""
    if isinstance(core, Period):
        return _fixed(core, now)
    if isinstance(core, Not):
        return Not(resolved(core.item, now))
    if isinstance(core, And | Or):
        return type(core)(tuple(resolved(item, now) for item in core.items))
    return core


def open_ends(core: Core) -> Iterator[Phrase]:
    """The phrases whose last token is only a beginning, wherever they stand."""
    if isinstance(core, Not):
        yield from open_ends(core.item)
    elif isinstance(core, And | Or):
        for item in core.items:
            yield from open_ends(item)
    elif isinstance(core, Phrase) and core.open:
        yield core


def leaves(core: Core, wanted: bool = True) -> Iterator[Leaf]:
    """The leaves that make a document match (`wanted`); those under NOT are left out."""
    if isinstance(core, Not):
        yield from leaves(core.item, not wanted)
    elif isinstance(core, And | Or):
        for item in core.items:
            yield from leaves(item, wanted)
    elif wanted:
        yield core


__all__ = [
    "MAX_SECOND",
    "And",
    "Core",
    "Everything",
    "Fuzzy",
    "Leaf",
    "Not",
    "Nothing",
    "Or",
    "Period",
    "Phrase",
    "Prefix",
    "QueryError",
    "Range",
    "Term",
    "conjunction",
    "depth",
    "disjunction",
    "leaves",
    "open_ends",
    "resolved",
]
