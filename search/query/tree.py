"""The syntax tree of a query: what was written, before any analysis. Immutable and comparable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from search.query.wording import said


class QueryError(ValueError):
    """A query cannot be used. The message is one line: what is wrong and what to write instead."""


@dataclass(frozen=True, slots=True)
class Note:
    """A repair or a reading: what was done to the query, and at which of its characters (from 0).

    `key` is one of `wording.NOTES`, `values` are what its words have places for.
    """

    position: int
    key: str
    values: tuple[str, ...] = ()

    def said(self, language: str) -> str:
        """In Dutch for `nl`, else in English."""
        where = "bij teken" if language[:2] == "nl" else "at character"
        return f"{where} {self.position + 1}: {said(self.key, self.values, language)}"

    def __str__(self) -> str:
        return self.said("en")


@dataclass(frozen=True, slots=True)
class Word:
    field: str | None
    text: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Quoted:
    field: str | None
    text: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Start:
    """`text*`: anything that begins so."""

    field: str | None
    text: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Near:
    """`text~distance`: words that differ in at most `distance` (1 or 2) letters."""

    field: str | None
    text: str
    distance: int
    position: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """A comparison or a range; None is an open end."""

    field: str
    low: str | None
    high: str | None
    low_included: bool = True
    high_included: bool = True
    position: int = 0


@dataclass(frozen=True, slots=True)
class Everything:
    position: int = 0


@dataclass(frozen=True, slots=True)
class Negation:
    item: Node


@dataclass(frozen=True, slots=True)
class Conjunction:
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    items: tuple[Node, ...]


Node = Word | Quoted | Start | Near | Span | Everything | Negation | Conjunction | Disjunction


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed query. `tree` is None where nothing was written or nothing of it could be used."""

    text: str
    tree: Node | None
    notes: Sequence[Note] = ()
