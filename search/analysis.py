"""The syntax tree analysed: words become tokens and stems, values are typed, once for all engines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.text.analyzer import STEMMED, apart_stems, joined_stems, parts, query_stems, words
from search import core
from search.core import Core, Fuzzy, Period, Phrase, Prefix, Range, Term
from search.document import address
from search.query import Note, Parsed, QueryError, parse, times, tree
from search.query.fields import FIELDS, Kind
from search.values import beginning, level, meant

MAX_LEVELS = 25
"""Elasticsearch takes 30 levels of clauses by default."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query ready for any engine: its text, what it asks (times still relative), the repairs made, and the
    syntax tree it came from (None where nothing in it could be used)."""

    text: str
    core: Core
    notes: Sequence[Note] = ()
    tree: tree.Node | None = None


def query(text: str) -> Query:
    """Parses and analyses. Raises QueryError (one line) where the text cannot be understood."""
    return analysed(parse(text))


def analysed(parsed: Parsed) -> Query:
    notes = list(parsed.notes)
    found = None if parsed.tree is None else _Analysis(notes).node(parsed.tree)
    if found is None:
        if parsed.text.strip():
            notes.append(Note(0, "nothing"))
        found = core.Nothing() if parsed.text.strip() else core.Everything()
    if core.depth(found) > MAX_LEVELS:
        raise QueryError(f"AND, OR and NOT are nested more than {MAX_LEVELS} deep; write it flatter")
    return Query(parsed.text, found, tuple(sorted(notes, key=lambda note: note.position)), parsed.tree)


def _plain(prefix: str, token: str) -> Core:
    """A plain word: the word itself, or a document in Dutch or English with the same stem.

    A Dutch compound is found as well where its parts are written apart (`cyber aanval`).
    """
    stemmed = [
        Term(f"{prefix}stems_{language}", stem)
        for language in STEMMED
        for stem in query_stems(token, language)
    ]
    pieces = parts(token)
    apart = (Phrase(f"{prefix}folded", pieces),) if pieces else ()
    return core.Or((Term(f"{prefix}folded", token), *stemmed, *apart))


def _apart(one: tree.Node, other: tree.Node | None) -> tuple[str, ...]:
    """The stems of the verb that two plain words side by side make, if they do."""
    if not isinstance(one, tree.Word) or not isinstance(other, tree.Word) or one.field != other.field:
        return ()
    if one.field not in (None, "title"):
        return ()
    verb, particle = words(one.text), words(other.text)
    return apart_stems(verb[0], particle[0]) if len(verb) == len(particle) == 1 else ()


def _hyphened(prefix: str, text: str, found: tuple[str, ...]) -> Core:
    """A word of several tokens: their phrase, or where hyphens join them, the same word in one piece."""
    phrase = Phrase(f"{prefix}folded", found)
    joined = tuple(Term(f"{prefix}stems_nl", stem) for stem in joined_stems(text))
    return core.Or((phrase, *joined)) if joined else phrase


class _Analysis:
    def __init__(self, notes: list[Note]) -> None:
        self.notes = notes

    def node(self, node: tree.Node) -> Core | None:
        """None where nothing searchable is left of the node; it then has no say in the result."""
        match node:
            case tree.Conjunction(items):
                found = tuple(item for item in self.conditions(items) if item is not None)
                return core.conjunction(found) if found else None
            case tree.Disjunction(items):
                found = tuple(item for item in map(self.node, items) if item is not None)
                return core.disjunction(found) if found else None
            case tree.Negation(item):
                inner = self.node(item)
                return None if inner is None else core.Not(inner)
            case tree.Everything():
                return core.Everything()
            case tree.Span():
                return self.span(node)
            case _:
                return self.value(node)

    def conditions(self, items: Sequence[tree.Node]) -> Iterator[Core | None]:
        """What each item asks; Dutch verb and particle (`viel aan`) also ask for the two as one."""
        rest = iter(zip(items, [*items[1:], None], strict=True))
        for item, following in rest:
            found = self.node(item)
            stems = _apart(item, following)
            if not stems or following is None:
                yield found
                continue
            next(rest)
            prefix = "title_" if isinstance(item, tree.Word) and item.field == "title" else ""
            both = tuple(each for each in (found, self.node(following)) if each is not None)
            terms = (Term(f"{prefix}stems_nl", stem) for stem in stems)
            yield core.Or((core.conjunction(both), *terms))

    def value(self, node: tree.Word | tree.Quoted | tree.Start | tree.Near) -> Core | None:
        kind = FIELDS[node.field] if node.field else Kind.TEXT
        if kind is Kind.TEXT:
            return self.text(node)
        assert node.field is not None
        text = node.text.strip()
        if not text and not isinstance(node, tree.Start):
            self.notes.append(Note(node.position, "empty", (f"{node.field}:",)))
            return None
        if kind is Kind.LEVEL:
            return Range(node.field, level(text), level(text))
        if kind is Kind.TIME:
            return self.moment(node.field, text, node.position)
        if kind is Kind.ADDRESS:
            value = address(text)
            return Prefix(node.field, value) if isinstance(node, tree.Start) else Term(node.field, value)
        return self.listed(node.field, text, node.position, begins=isinstance(node, tree.Start))

    def listed(self, field: str, text: str, position: int, *, begins: bool) -> Core:
        """A value of a keyword field: an id or a name."""
        found = beginning(field, text) if begins else meant(field, text)
        if found.note:
            self.notes.append(Note(position, found.note, (field, text[:40], found.said)))
        if not begins and not found.values:
            return core.Not(self.present(field))
        terms: tuple[Core, ...] = tuple(Term(field, value) for value in found.values)
        return core.disjunction((Prefix(field, text.lower()), *terms) if begins else terms)

    def text(self, node: tree.Word | tree.Quoted | tree.Start | tree.Near) -> Core | None:
        # `title:` searches the title's own fields, which are named like the whole text's.
        prefix = "title_" if node.field == "title" else ""
        field = f"{prefix}folded"
        found = tuple(words(node.text))
        if not found:
            self.notes.append(Note(node.position, "wordless", (node.text[:40],)))
            return None
        match node:
            case tree.Start():
                return Prefix(field, found[0]) if len(found) == 1 else Phrase(field, found, open=True)
            case tree.Near() if len(found) == 1:
                distance = self.distance(node, found[0])
                return Fuzzy(field, found[0], distance) if distance else _plain(prefix, found[0])
            case tree.Near():
                self.notes.append(Note(node.position, "words-near", (node.text[:40],)))
            case tree.Quoted() if len(found) == 1:
                return Term(field, found[0])
            case tree.Word():
                return _plain(prefix, found[0]) if len(found) == 1 else _hyphened(prefix, node.text, found)
        return Phrase(field, found)

    def distance(self, node: tree.Near, token: str) -> int:
        """Short words are within two letters of half the dictionary, and engines differ on them."""
        allowed = 0 if len(token) < 3 else 1 if len(token) < 5 else 2
        if node.distance > allowed:
            key = "short-one" if allowed else "short-exact"
            self.notes.append(Note(node.position, key, (node.text, str(node.distance))))
        return min(node.distance, allowed)

    def moment(self, field: str, text: str, position: int) -> Core:
        self.readable(field, text)
        if times.instant(text):
            self.notes.append(Note(position, "since", (field, text)))
            return Period(field, text, None)
        return Period(field, text, text)

    def readable(self, field: str, text: str) -> None:
        try:
            times.period(text, datetime(2026, 1, 31, tzinfo=UTC))
        except QueryError as error:
            raise QueryError(f"{field}: {error}") from None

    def span(self, node: tree.Span) -> Core:
        kind = FIELDS[node.field]
        if node.low is None and node.high is None:
            return self.present(node.field)
        if kind is Kind.TIME:
            for bound in (node.low, node.high):
                if bound is not None:
                    self.readable(node.field, bound)
            return Period(node.field, node.low, node.high, node.low_included, node.high_included)
        low = None if node.low is None else level(node.low) + (not node.low_included)
        high = None if node.high is None else level(node.high) - (not node.high_included)
        # `severity:<C` asks for graded signals: none is no grade below A.
        low = 1 if low is None else low
        if high is not None and (high < low):
            return core.Nothing()
        return Range(node.field, low, high)

    def present(self, field: str) -> Core:
        """`field:*`: any value."""
        if FIELDS[field] is Kind.LEVEL:
            return Range(field, 1, None)
        if FIELDS[field] is Kind.TIME:
            return core.Everything()
        return Prefix("title_folded" if field == "title" else field, "")
