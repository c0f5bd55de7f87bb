"""Which of many terms stand in a text, and where: an automaton says which can, their expressions which do."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from itertools import islice
from typing import Generic, TypeVar

import ahocorasick

from ingest.judge.patterns import Pattern, compile_term, spaced
from ingest.judge.text import Text

Key = TypeVar("Key", bound=Hashable)
#: A term and where it stands in the folded text.
Hit = tuple[str, int, int]
#: Occurrences of one term that are looked at.
_MOST = 4


class Index(Generic[Key]):
    """Terms in lexicon notation, each for a key. Safe to share between threads."""

    def __init__(self, terms: Iterable[tuple[str, Key]]) -> None:
        self._patterns: list[tuple[str, Pattern, Key]] = []
        numbers: dict[str, list[int]] = {}
        for term, key in terms:
            pattern = compile_term(term)
            for keyword in pattern.keywords:
                numbers.setdefault(keyword, []).append(len(self._patterns))
            self._patterns.append((term, pattern, key))
        self._automaton = ahocorasick.Automaton()
        for keyword, held in numbers.items():
            self._automaton.add_word(keyword, tuple(held))
        self._automaton.make_automaton()

    def find(self, text: Text) -> dict[Key, list[Hit]]:
        """The terms that stand in `text` by their key, at most a few occurrences of each, in order."""
        found: dict[Key, list[Hit]] = {}
        if not self._patterns:
            return found
        possible: set[int] = set()
        for _, numbers in self._automaton.iter(spaced(text.low)):
            possible.update(numbers)
        for number in possible:
            term, pattern, key = self._patterns[number]
            search = pattern.regex.finditer(text.folded if pattern.cased else text.low)
            hits = [(term, *match.span()) for match in islice(search, _MOST)]
            if hits:
                found.setdefault(key, []).extend(hits)
        for hits in found.values():
            if len(hits) > 1:
                hits.sort(key=lambda hit: hit[1:])
        return found
