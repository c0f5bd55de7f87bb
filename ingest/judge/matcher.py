"""Finding a lexicon's terms in a text, all domains of one language at once.

An Aho-Corasick automaton over the text's words says which of the thousands of terms can occur at all;
only those are looked for by their own regular expression. So what is found is what the expressions
find, by construction, and the time goes with what is in the text, not with the size of the lexicon.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

import ahocorasick

from ingest.judge.patterns import Pattern, compile_term, lowered, spaced
from ingest.judge.taxonomy import Taxonomy
from ingest.text.fold import fold

Span = tuple[int, int]


@dataclass(slots=True)
class Found:
    """One domain's terms in one text; spans are offsets in the folded text, in order.

    `strong`: term and its first occurrences, at most the count cap. `support`: term, first occurrence.
    `ambiguous`: term, first occurrence, number of its contexts that occur; none of its exclusions does.
    """

    strong: list[tuple[str, list[Span]]] = field(default_factory=list)
    support: list[tuple[str, Span]] = field(default_factory=list)
    ambiguous: list[tuple[str, Span, int]] = field(default_factory=list)


class _Text:
    """A folded text and what was looked up in it so far. `places` maps back to an earlier text's offsets."""

    __slots__ = ("folded", "low", "places", "seen")

    def __init__(self, folded: str, places: Sequence[int] | None = None) -> None:
        self.folded = folded
        self.low = lowered(folded)
        self.places = places
        self.seen: dict[int, list[Span]] = {}


@dataclass(frozen=True, slots=True)
class _Rules:
    """One domain's terms as pattern numbers."""

    strong: Sequence[tuple[str, int]]
    support: Sequence[tuple[str, int]]
    ambiguous: Sequence[tuple[str, int, Sequence[int], Sequence[int]]]
    excluded: Sequence[int]


class Matcher:
    """The lexicon of one language, ready to be looked for. Safe to share between threads."""

    def __init__(self, taxonomy: Taxonomy, language: str) -> None:
        self._cap = taxonomy.weights.count_cap_per_term
        self._patterns: list[Pattern] = []
        self._numbers: dict[tuple[str, bool], int] = {}
        self._rules: list[_Rules] = []
        for domain in taxonomy.domains:
            lexicon = domain.lexicons[language]
            self._rules.append(
                _Rules(
                    strong=[(term, self._number(term)) for term in lexicon.strong],
                    support=[(term, self._number(term)) for term in lexicon.support],
                    ambiguous=[
                        (
                            rule.term,
                            self._number(rule.term, plural=True),
                            [self._number(term) for term in rule.contexts],
                            [self._number(term) for term in rule.exclusions],
                        )
                        for rule in lexicon.ambiguous
                    ],
                    excluded=[self._number(term) for term in lexicon.exclude_phrases],
                )
            )
        #: What a pattern's occurrence can mean: (domain, kind, place in that kind's list).
        self._uses: list[list[tuple[int, str, int]]] = [[] for _ in self._patterns]
        for number, rules in enumerate(self._rules):
            for kind in ("strong", "support", "ambiguous"):
                for place, rule in enumerate(getattr(rules, kind)):
                    self._uses[rule[1]].append((number, kind, place))
            for pattern in rules.excluded:
                self._uses[pattern].append((number, "excluded", 0))
        self._automaton = self._build()
        # All compiled now (0.1 s a language), so that no text later pays for it.
        self._searches = [(pattern.regex.finditer, pattern.cased) for pattern in self._patterns]

    def _number(self, term: str, plural: bool = False) -> int:
        """The number of the term's pattern; equal patterns share one, so that each is looked for once."""
        pattern = compile_term(term, plural)
        key = (pattern.source, pattern.cased)
        if key not in self._numbers:
            self._numbers[key] = len(self._patterns)
            self._patterns.append(pattern)
        return self._numbers[key]

    def _build(self) -> ahocorasick.Automaton:
        numbers: dict[str, list[int]] = {}
        for number, pattern in enumerate(self._patterns):
            for keyword in pattern.keywords:
                numbers.setdefault(keyword, []).append(number)
        automaton = ahocorasick.Automaton()
        for keyword, held in numbers.items():
            automaton.add_word(keyword, tuple(held))
        automaton.make_automaton()
        return automaton

    def _possible(self, text: _Text) -> set[int]:
        """The patterns whose keywords occur: every pattern that matches, and some that do not."""
        possible: set[int] = set()
        for _, numbers in self._automaton.iter(spaced(text.low)):
            possible.update(numbers)
        return possible

    def _spans(self, text: _Text, number: int, possible: set[int]) -> list[Span]:
        """The first occurrences of a pattern, at most the count cap."""
        if number not in possible:
            return []
        spans = text.seen.get(number)
        if spans is None:
            search, cased = self._searches[number]
            found = search(text.folded if cased else text.low)
            spans = [match.span() for match in islice(found, self._cap)]
            if spans and (places := text.places) is not None:
                spans = [(places[start], places[end - 1] + 1) for start, end in spans]
            text.seen[number] = spans
        return spans

    def _without(self, text: _Text, domain: int) -> _Text:
        """The text with the domain's exclude phrases blanked out, one phrase after the other."""
        folded = text.folded
        places = list(range(len(folded)))
        for number in self._rules[domain].excluded:
            search, cased = self._searches[number]
            for found in reversed(list(search(folded if cased else lowered(folded)))):
                start, end = found.span()
                folded = f"{folded[:start]} {folded[end:]}"
                places[start:end] = [places[start]]
        return _Text(folded, places)

    def find(self, text: str) -> dict[int, Found]:
        """The terms in `text` by domain (its place in the taxonomy), for domains that have any."""
        whole = _Text(fold(text))
        possible = self._possible(whole)
        hits: dict[int, list[tuple[str, int]]] = {}
        excluding: set[int] = set()
        for number in possible:
            for domain, kind, place in self._uses[number]:
                if kind != "excluded":
                    hits.setdefault(domain, []).append((kind, place))
                elif self._spans(whole, number, possible):
                    excluding.add(domain)
        result: dict[int, Found] = {}
        for domain, places in hits.items():
            if domain in excluding:
                # Blanking can bring words together, so what is possible is asked anew.
                cut = self._without(whole, domain)
                among = self._possible(cut)
                own = [(k, p) for n in among for d, k, p in self._uses[n] if d == domain and k != "excluded"]
                found = self._domain(cut, domain, own, among)
            else:
                found = self._domain(whole, domain, places, possible)
            if found.strong or found.support or found.ambiguous:
                result[domain] = found
        return result

    def _domain(self, text: _Text, domain: int, places: list[tuple[str, int]], possible: set[int]) -> Found:
        rules = self._rules[domain]
        found = Found()
        for kind, place in sorted(places):
            if kind == "ambiguous":
                term, number, contexts, exclusions = rules.ambiguous[place]
                if spans := self._spans(text, number, possible):
                    beside = sum(1 for context in contexts if self._spans(text, context, possible))
                    if not any(self._spans(text, other, possible) for other in exclusions):
                        found.ambiguous.append((term, spans[0], beside))
            elif kind == "strong":
                term, number = rules.strong[place]
                if spans := self._spans(text, number, possible):
                    found.strong.append((term, spans))
            else:
                term, number = rules.support[place]
                if spans := self._spans(text, number, possible):
                    found.support.append((term, spans[0]))
        return found
