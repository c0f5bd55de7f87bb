"""Words that a query may have meant: for those that no document has, the nearest that documents do have.

The same on both engines, because each is only asked which documents hold a near word; the words themselves
are counted in their titles and excerpts from SQL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.models import Signal
from ingest.text.analyzer import words
from search import core
from search.analysis import analysed
from search.core import Fuzzy
from search.engine import Engine, Request
from search.highlight import within
from search.query import Parsed, tree

SHORTEST = 4
"""Letters of the shortest word that is looked at: shorter ones are near to half the dictionary."""
_FEW = 3
"""Documents that a word may be in and still be taken for a mistake, in a query that finds no more."""
_CLEARLY = 5
"""A word that some documents have must be one letter from one that so many times as many have."""
_MOST_WORDS = 5
_SAMPLE = 100
"""Documents in which near words are counted."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`word` as the query has it, what it may have meant, and the query with all suggestions in it."""

    word: str
    replacement: str
    query: str


def suggestions(text: str, root: tree.Node | None, total: int, engine: Engine) -> list[Suggestion]:
    """For the plain words of a query (`total` documents match it) what may have been meant.

    Words that occur in no document; where the query finds next to nothing also those in next to none.
    Never quoted words, values of fields, words with * or ~, short ones and what follows NOT.
    """
    found: list[tuple[tree.Word, str]] = []
    plain = [] if root is None else list(dict.fromkeys(_plain(root)))
    for word in plain[:_MOST_WORDS]:
        token = words(word.text)[0]
        held = _count(word, engine)
        if held > (_FEW if total <= _FEW else 0):
            continue
        if nearest := _nearest(token, word.field == "title", held, engine):
            found.append((word, nearest))
    corrected = text
    for word, nearest in sorted(found, key=lambda item: -item[0].position):
        corrected = corrected[: word.position] + nearest + corrected[word.position + len(word.text) :]
    return [Suggestion(word.text, nearest, corrected) for word, nearest in found]


def _plain(node: tree.Node) -> Iterator[tree.Word]:
    """The single words that the query asks for."""
    if isinstance(node, tree.Conjunction | tree.Disjunction):
        for item in node.items:
            yield from _plain(item)
    elif isinstance(node, tree.Word) and node.field in (None, "title"):
        found = words(node.text)
        # A number that is off by one is another number.
        if len(found) == 1 and len(found[0]) >= SHORTEST and found[0].isalpha():
            yield node


def _count(word: tree.Word, engine: Engine) -> int:
    """Documents that have the word in any form."""
    return engine.search(Request(analysed(Parsed(word.text, word)).core, limit=1)).total


def _nearest(token: str, title: bool, held: int, engine: Engine) -> str:
    """The word that documents have within one letter, else within two; of several the one in most documents.

    Empty where there is none, or none in clearly more documents than `token` is in (`held`).
    """
    for distance in (1, 2) if len(token) > SHORTEST and not held else (1,):
        near: core.Core = Fuzzy("title_folded" if title else "folded", token, distance)
        hits = engine.search(Request(near, limit=_SAMPLE)).hits
        texts = Signal.objects.filter(pk__in=[hit.id for hit in hits]).values_list("title", "excerpt")
        counts: Counter[str] = Counter()
        for heading, excerpt in texts:
            present = {*words(heading), *(() if title else words(excerpt))}
            counts.update(each for each in present if each != token and within(token, each, distance))
        # A word that begins otherwise is rarely what was meant.
        ranked = sorted(counts, key=lambda each: (each[0] != token[0], -counts[each], each))
        if ranked and counts[ranked[0]] >= max(1, _CLEARLY * held):
            return ranked[0]
    return ""
