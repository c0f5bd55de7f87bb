"""What every search engine does: the protocol, its requests and answers, and how it fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from search.core import And, Core, Not, Or, Phrase, Term
from search.document import KEYWORDS, SearchDocument
from search.query.fields import LEVELS

Sort = Literal["published", "relevance"]

FACETS = ("domain", "threat", "severity", "part", "relevance", "country", "source", "lang")
FACET_SIZE = 100
"""Values a facet shows; more are cut off, least frequent first."""

MAX_OFFSET = 10_000
"""How deep one can page by relevance; by time there is no limit."""

OPEN_WORDS = 4_096
"""Words of the index that a phrase's open end may stand for. tantivy takes at most 16,384, a server as many
as its memory allows for clauses (8,192 at a heap of 512 MB): both refuse at the same, lower number."""

DAY = 86_400
LEVEL_NAMES = {level: name.upper() for name, level in LEVELS.items() if len(name) == 1}


class EngineUnavailable(RuntimeError):
    """The engine does not answer now (connection, time-out, too busy): wait and try again."""


class WrittenElsewhere(EngineUnavailable):
    """Another process has the index open for writing, and is the one to write it."""


class IndexMissing(RuntimeError):
    """There is no index that can be used: never made, deleted, damaged, or made by another analysis."""


class EngineError(RuntimeError):
    """The engine refuses a request for good; the message is one line."""


class TooBroad(EngineError):
    """A phrase's open end stands for more than OPEN_WORDS words."""

    def __init__(self, phrase: Phrase) -> None:
        *exact, last = phrase.tokens
        super().__init__(
            f"more than {OPEN_WORDS:,} words begin with {last!r}: add letters before the * behind"
            f" {' '.join(exact)!r}"
        )


@dataclass(frozen=True, slots=True)
class Request:
    """One search. `core` holds no relative times. `after` continues behind an earlier answer's `next`."""

    core: Core
    sort: Sort = "published"
    limit: int = 20
    after: int | None = None
    facets: bool = False
    histogram: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    id: int
    key: int
    score: float = 0.0


Facets = Mapping[str, Sequence[tuple[str, int]]]


@dataclass(frozen=True, slots=True)
class Answer:
    """`total` is exact. Facets are by count, ties by value; histogram is (UTC day as ISO date, count), oldest
    first, days without a match left out. `next` is None after the last hit."""

    total: int
    hits: Sequence[Hit]
    next: int | None = None
    facets: Facets = field(default_factory=dict)
    histogram: Sequence[tuple[str, int]] = ()


class Target(Protocol):
    """Something documents can be written to: an index in use, or one being built."""

    def write(self, documents: Sequence[SearchDocument]) -> Mapping[int, str]:
        """Upserts; a version older than the one there changes nothing, an equal one replaces it.

        Durable and visible to searches that start after the return. Returns id → reason for each
        document that was refused by itself. Raises EngineUnavailable, IndexMissing.
        """
        ...

    def delete(self, ids: Sequence[int]) -> None:
        """Removes documents; unknown ids are no error. Raises EngineUnavailable, IndexMissing."""
        ...

    def versions(self, above: int = -1) -> Iterator[tuple[int, int]]:
        """(id, version) of every document whose id is greater than `above`, by rising id."""
        ...


class Engine(Target, Protocol):
    name: str

    def trouble(self) -> str | None:
        """Why the index must be built anew; None while it is sound. Raises EngineUnavailable."""
        ...

    def search(self, request: Request) -> Answer:
        """Raises EngineUnavailable, IndexMissing, EngineError."""
        ...

    def rebuilding(self) -> Target:
        """The index that is being built: the unfinished one, else a new one. Searches do not see it."""
        ...

    def swap(self) -> None:
        """Makes the index that was being built the one in use, at once, and removes the former."""
        ...

    def close(self) -> None: ...


def scored(core: Core) -> bool:
    """True where words give documents different scores; without them relevance means time.

    Prefixes and fuzzy words do not: how often which of their words occurs says little.
    """
    if isinstance(core, And | Or):
        return any(scored(item) for item in core.items)
    if isinstance(core, Not):
        return False
    if isinstance(core, Phrase):
        return not core.open
    return isinstance(core, Term) and core.field not in KEYWORDS
