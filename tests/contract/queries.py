"""Queries and, for each, what it means: a predicate over the words of a document, made without the parser.

The generator writes text and meaning side by side, so a disagreement points at the parser, the analysis,
a compiler or an engine, and the evaluator is the third opinion on all of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ingest.text.analyzer import STEMMED, joined_stems, parts, query_stems, words
from tests.contract import corpus
from tests.contract.corpus import View

NOW = corpus.NEWEST
Meaning = Callable[[View], bool]
_LEVELS = "ABCDE"


@dataclass(frozen=True, slots=True)
class Case:
    text: str
    means: Meaning


def _adjacent(tokens: Sequence[str], wanted: Sequence[str], open_end: bool = False) -> bool:
    if len(wanted) > 1 and wanted[0] not in tokens:
        return False
    for start in range(len(tokens) - len(wanted) + 1):
        part = tokens[start : start + len(wanted)]
        if part[:-1] == list(wanted[:-1]) and (
            part[-1].startswith(wanted[-1]) if open_end else part[-1] == wanted[-1]
        ):
            return True
    return False


def _edits(one: str, other: str) -> int:
    """Optimal string alignment distance, straight from its recursive definition."""
    known: dict[tuple[int, int], int] = {}

    def rest(i: int, j: int) -> int:
        if i == 0 or j == 0:
            return i + j
        if (i, j) not in known:
            best = min(
                rest(i - 1, j) + 1, rest(i, j - 1) + 1, rest(i - 1, j - 1) + (one[i - 1] != other[j - 1])
            )
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                best = min(best, rest(i - 2, j - 2) + 1)
            known[i, j] = best
        return known[i, j]

    return rest(len(one), len(other))


def _fields(view: View, title: bool) -> list[list[str]]:
    return [view.title] if title else [view.title, view.excerpt]


def word(text: str, title: bool = False) -> Meaning:
    wanted = words(text)
    if len(wanted) > 1:
        apart, stems = phrase(text, title), {("nl", stem) for stem in joined_stems(text)}
    else:
        pieces = " ".join(parts(wanted[0]))
        apart = phrase(pieces, title) if pieces else lambda view: False
        stems = {(language, stem) for language in STEMMED for stem in query_stems(wanted[0], language)}
    return lambda view: (
        (len(wanted) == 1 and wanted[0] in (view.title_tokens if title else view.tokens))
        or bool(stems & (view.title_stems if title else view.stems))
        or apart(view)
    )


def phrase(text: str, title: bool = False) -> Meaning:
    wanted = words(text)
    return lambda view: any(_adjacent(tokens, wanted) for tokens in _fields(view, title))


def begins(text: str, title: bool = False) -> Meaning:
    wanted = words(text)
    if len(wanted) == 1:
        return lambda view: any(
            token.startswith(wanted[0]) for token in (view.title_tokens if title else view.tokens)
        )
    return lambda view: any(_adjacent(tokens, wanted, True) for tokens in _fields(view, title))


def close(text: str, distance: int, title: bool = False) -> Meaning:
    wanted = words(text)[0]
    near: dict[str, bool] = {}

    def matches(token: str) -> bool:
        if token not in near:
            near[token] = abs(len(token) - len(wanted)) <= distance and _edits(wanted, token) <= distance
        return near[token]

    return lambda view: any(map(matches, view.title_tokens if title else view.tokens))


def between(low: datetime | None, high: datetime | None) -> Meaning:
    """From `low`, before `high`."""
    start = low.timestamp() if low else float("-inf")
    end = high.timestamp() if high else float("inf")
    return lambda view: start <= view.second < end


def graded(allowed: str) -> Meaning:
    return lambda view: bool(view.facts.severity) and view.facts.severity in allowed


def negated(case: Case) -> Case:
    sign = "NOT " if len(case.text) % 2 else "-"
    return Case(f"{sign}{_grouped(case)}", lambda view: not case.means(view))


def both(cases: Sequence[Case], sign: str = " ") -> Case:
    return Case(sign.join(map(_grouped, cases)), lambda view: all(case.means(view) for case in cases))


def either(cases: Sequence[Case]) -> Case:
    # AND binds tighter, so its operands need no parentheses.
    return Case(
        " OR ".join(case.text for case in cases), lambda view: any(case.means(view) for case in cases)
    )


def _grouped(case: Case) -> str:
    bare = case.text.startswith(("NOT ", "-", "+")) and "(" in case.text
    return case.text if " " not in case.text.strip('"') or bare else f"({case.text})"


class Generator:
    """Queries of every form over the corpus's words; the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.views = [View(facts) for facts in corpus.facts()]

    def _some(self) -> View:
        return self.chance.choice(self.views)

    def _word(self) -> str:
        vocabulary = self.chance.choice((corpus.NL, corpus.NL, corpus.EN, corpus.EN, corpus.DE, corpus.NAMES))
        return self.chance.choice(vocabulary[: max(20, len(vocabulary))])

    def textual(self) -> Case:
        title = self.chance.random() < 0.15
        field = self.chance.choice(("title:", "titel:")) if title else ""
        kind = self.chance.choices(("word", "phrase", "prefix", "fuzzy"), (60, 12, 20, 8))[0]
        text = self._word()
        if kind == "phrase":
            tokens = self._some().facts.title.split()
            start = self.chance.randrange(len(tokens))
            text = " ".join(tokens[start : start + self.chance.randint(1, 3)])
            if not words(text):
                text = "de dijk"
            return Case(f'{field}"{text}"', phrase(text, title))
        tokens = words(text)
        if kind == "prefix":
            text = text[: self.chance.randint(2, max(2, len(text)))] if len(tokens) == 1 else text
            return Case(f"{field}{text}*", begins(text, title))
        if kind == "fuzzy" and len(tokens) == 1 and len(tokens[0]) > 4:
            distance = self.chance.randint(1, 2)
            at = self.chance.randrange(1, len(tokens[0]) - 1)
            typo = tokens[0][:at] + self.chance.choice("aenr") + tokens[0][at + 1 :]
            return Case(f"{field}{typo}~{distance}", close(typo, distance, title))
        return Case(f"{field}{text}", word(text, title))

    def listed(self) -> Case:
        kind = self.chance.randrange(14)
        if kind > 5:
            return self.concerned(kind)
        if kind == 0:
            domain = self.chance.choice(corpus.DOMAINS)
            return Case(f"domain:{domain}", lambda view: domain in view.facts.domains)
        if kind == 1:
            source = self.chance.choice(corpus.SOURCES)
            return Case(f"source:{source}", lambda view: view.facts.source == source)
        if kind == 2:
            language = self.chance.choice(("nl", "en", "de"))
            return Case(f"lang:{language}", lambda view: view.facts.language == language)
        if kind == 3:
            threat = self.chance.choice(corpus.THREATS)
            return Case(f"threat:{threat}", lambda view: threat in view.facts.threats)
        if kind == 4:
            start = self.chance.choice(corpus.DOMAINS)[:2]
            return Case(f"domein:{start}*", lambda view: any(d.startswith(start) for d in view.facts.domains))
        host = self.chance.choice(("example.nl", "example.org", "nieuws.example.nl"))
        ends = (f"//{host}/", f".{host}/")
        return Case(f"url:{host}", lambda view: any(end in view.facts.url.lower() for end in ends))

    def concerned(self, kind: int) -> Case:
        """What a signal is about: countries, places, parts of the Kingdom, relevance, entities."""
        pick = self.chance.choice
        part = pick(corpus.PARTS)
        if kind == 6:
            code, name = pick((("NL", "nl"), ("BE", "be"), ("CW", "CW"), ("UA", "ua")))
            return Case(f"{pick(('country', 'land'))}:{name}", lambda view: code in view.facts.countries)
        if kind == 7:
            code = pick(("NL", "BE", "CW"))
            return Case(f"origin:{code}", lambda view: view.facts.origin == code)
        if kind == 8:
            typed = pick((part, part.lower(), f'"{corpus.PART_NAMES[part]}"'))
            field = pick(("part", "deel"))
            return Case(f"{field}:{typed}", lambda view: view.facts.parts.get(part) == "direct")
        if kind == 9:
            return Case(f"nabij:{part}", lambda view: view.facts.parts.get(part) == "near")
        if kind == 10:
            typed, relevance = pick(
                (("direct", "direct"), ("nabij", "near"), ("indirect", "indirect"), ("geen", ""))
            )
            return Case(f"relevance:{typed}", lambda view: view.facts.relevance == relevance)
        if kind == 11:
            entity, typed = pick(
                (
                    ("cve-2026-12345", "CVE-2026-12345"),
                    ("cwe-79", "cwe-79"),
                    ("nato", "NAVO"),
                    ("nato", '"North Atlantic Treaty Organization"'),
                )
            )
            return Case(f"entity:{typed}", lambda view: entity in view.facts.entities)
        if kind == 12:
            start = pick(("den-", "curac", "willem", "invented-"))
            return Case(f"place:{start}*", lambda view: any(p.startswith(start) for p in view.facts.places))
        name = pick(("country", "part", "near", "relevance", "entity", "place", "threat"))
        return Case(
            f"{name}:*",
            lambda view: bool(
                {
                    "country": view.facts.countries,
                    "part": view.direct,
                    "near": "near" in view.facts.parts.values(),
                    "relevance": view.facts.relevance,
                    "entity": view.facts.entities,
                    "place": view.facts.places,
                    "threat": view.facts.threats,
                }[name]
            ),
        )

    def ordered(self) -> Case:
        if self.chance.random() < 0.35:
            level = self.chance.choice(_LEVELS)
            at = _LEVELS.index(level)
            sign, allowed = self.chance.choice(
                ((">=", _LEVELS[at:]), (">", _LEVELS[at + 1 :]), ("<=", _LEVELS[: at + 1]), ("", level))
            )
            return Case(f"severity:{sign}{level}", graded(allowed))
        day = (NOW - timedelta(days=self.chance.randint(0, 150))).replace(hour=0, minute=0)
        following, text = day + timedelta(days=1), f"{day:%Y-%m-%d}"
        ending = day + timedelta(days=self.chance.randint(1, 60))
        hours = self.chance.randint(5, 2_000)
        return self.chance.choice(
            (
                Case(f"published:>={text}", between(day, None)),
                Case(f"published:<{text}", between(None, day)),
                Case(f"published:<={text}", between(None, following)),
                Case(f"published:[{text} TO {ending:%Y-%m-%d}]", between(day, ending + timedelta(days=1))),
                Case(f"published:{{{text} TO {ending:%Y-%m-%d}}}", between(following, ending)),
                Case(f"published:>now-{hours}h", between(NOW - timedelta(hours=hours, seconds=-1), None)),
                Case(f"datum:>=now-{hours // 24}d/d", between(_midnight(hours // 24), None)),
            )
        )

    def leaf(self) -> Case:
        return self.chance.choices((self.textual, self.listed, self.ordered), (62, 26, 12))[0]()

    def case(self, depth: int = 2) -> Case:
        kind = self.chance.choices(("leaf", "and", "or", "not"), (35, 25, 28, 12))[0]
        if depth == 0 or kind == "leaf":
            return self.leaf()
        if kind == "not":
            return both([self.case(depth - 1), negated(self.leaf())])
        parts = [self.case(depth - 1) for _ in range(self.chance.randint(2, 3))]
        if kind == "or":
            return either(parts)
        return both(parts[:2], self.chance.choice((" ", " AND ", " && ")))


def _midnight(days: int) -> datetime:
    return (NOW - timedelta(days=days)).replace(hour=0, minute=0, second=0, tzinfo=UTC)


def generated(count: int, seed: int = 3) -> list[Case]:
    generator = Generator(seed)
    return [generator.case() for _ in range(count)]
