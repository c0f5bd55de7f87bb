"""What the table finds in one language of a text: counts, events and guards."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from ingest.entries import Reason
from ingest.judge.severity.counts import Found, Words, count
from ingest.judge.severity.index import Hit, Index
from ingest.judge.severity.numbers import Token, tokens
from ingest.judge.severity.official import RULES, magnitude
from ingest.judge.severity.table import MAGNITUDE, Count, Table, installed
from ingest.judge.text import Text

#: kind, name, and for a count the side its number stands on.
Key = tuple[str, str, str]
_NOT = re.compile(r"\b(?:geen|niet|zonder|no|not|without|never|nooit)\s(?:[a-z]+\s){0,4}$")
_MAY = re.compile(r"\b(?:kan|kunnen|kon|konden|zou|zouden|can|could|may|might)\s(?:[a-z]+\s)?$")
_QUOTES = ("'", '"', "‘", "“", "”", "„", "«")
#: Guards that hold wherever they stand.
_EVERYWHERE = frozenset(("court", "statistics"))
_SENTENCE = re.compile(r"[a-z0-9\"')]{2}[.!?]\s")


def table() -> Table:
    """The installed table. Raises SeverityError."""
    return installed(RULES)


def _terms(found: Table, language: str) -> Iterator[tuple[str, Key]]:
    for name, count_ in found.counts.items():
        for side, terms in count_.words[language].items():
            yield from ((term, ("count", name, side)) for term in terms)
        yield from ((term, ("beside", name, "")) for term in count_.beside[language])
    for name, event in found.events.items():
        yield from ((term, ("event", name, "")) for term in event.words[language])
        yield from ((term, ("beside", f"events.{name}", "")) for term in event.beside[language])
    yield from ((term, ("epidemic", "", "")) for term in found.epidemic[language])
    for kind, named in found.guards.items():
        for name, words in named.items():
            yield from ((term, (kind, name, "")) for term in words[language])


class Reader:
    """The table in one language."""

    def __init__(self, found: Table, language: str) -> None:
        self.table = found
        self.dutch = language == "nl"
        self._index: Index[Key] = Index(_terms(found, language))
        self._words = Words(
            *(frozenset(found.people[name][language]) for name in ("people", "none", "part", "things"))
        )

    def reasons(self, text: Text, domains: Collection[str]) -> list[Reason]:
        """Why `text` is severe, one reason a rule; empty where nothing or a guard says so."""
        hits = self._index.find(text)
        if not hits:
            return []
        head = _head(text)
        hard, asks, soft = _guarded(hits, text, head, bool(domains))
        if hard:
            return []
        counted = self._counts(text, hits, domains)
        events = []
        for key, found in hits.items():
            if key[0] != "event":
                continue
            event = self.table.events[key[1]]
            if asks or (soft and not event.sure) or not _concerns(event.domains, domains, event.alone):
                continue
            if any(event.beside.values()) and ("beside", f"events.{event.name}", "") not in hits:
                continue
            hit = next((hit for hit in found if not _denied(text.low, hit[1])), None)
            # What a text of no threat domain is about stands in its headline.
            if hit is None or not (domains or hit[1] < head):
                continue
            said = text.low[hit[1] : hit[2]]
            events.append(Reason(f"events.{event.name}", said, event.level, text.evidence(*hit)))
        events = [each for each in events if not self._outdone(each, events, text)]
        if not domains:
            counted = [
                each for each in counted if each[2] < head and self._alone(each[0], each[1], bool(events))
            ]
        return [*(reason for reason, _, _ in counted), *events]

    def _outdone(self, reason: Reason, beside: Sequence[Reason], text: Text) -> bool:
        """Whether the text has what says more than this event."""
        unless = self.table.events[reason.rule.partition(".")[2]].unless
        if unless == MAGNITUDE:
            return magnitude(text) is not None
        return bool(unless) and any(each.rule == f"events.{unless}" for each in beside)

    def _alone(self, reason: Reason, number: float, beside: bool) -> bool:
        """Whether so many count in a text of no domain: enough, or `beside` an event of a rule for all."""
        kind = self.table.counts[reason.rule.partition(".")[2]]
        if beside and not kind.domains:
            return True
        return kind.alone is not None and number >= kind.alone

    def _counts(
        self, text: Text, hits: dict[Key, list[Hit]], domains: Collection[str]
    ) -> list[tuple[Reason, float, int]]:
        """Each counted thing's reason, its number and where it stands."""
        wanted = [
            (key, kind)
            for key in hits
            if key[0] == "count" and self._wanted(kind := self.table.counts[key[1]], hits, domains)
        ]
        if not wanted:
            return []
        made = tokens(text.low, self.dutch)
        starts = [token.start for token in made]
        taken = self._taken(hits, starts)
        epidemic = "health" in domains or ("epidemic", "", "") in hits
        best: dict[str, tuple[Reason, int, tuple[bool, float]]] = {}
        for key, kind in wanted:
            for hit in hits[key]:
                found = self._number(kind, key[2], hit, made, starts, taken)
                number = found.number if found.said else kind.uncounted
                level = kind.level(number, epidemic)
                # What the title counts outranks the background in the text.
                place = found.said and found.end <= text.title_end, number
                if level and place > best.get(kind.name, (None, 0, (False, -1.0)))[2]:
                    said = f"{'~' if found.about else ''}{number:.0f}" if found.said else ""
                    evidence = text.evidence(text.low[found.start : found.end], found.start, found.end)
                    reason = Reason(f"counts.{kind.name}", said, level, evidence)
                    best[kind.name] = reason, found.start, place
        return [(reason, number, start) for reason, start, (_, number) in best.values()]

    def _wanted(self, kind: Count, hits: dict[Key, list[Hit]], domains: Collection[str]) -> bool:
        """Whether it counts in a text of these domains, beside the words that it needs."""
        if domains and not _concerns(kind.domains, domains, True):
            return False
        return not any(kind.beside.values()) or ("beside", kind.name, "") in hits

    def _number(
        self,
        kind: Count,
        side: str,
        hit: Hit,
        made: Sequence[Token],
        starts: Sequence[int],
        taken: set[int],
    ) -> Found:
        if kind.money:
            sums = [token for token in made if token.money and token.value]
            if not sums:
                return Found(0, hit[1], hit[2], said=False)
            most = max(sums, key=lambda token: token.value or 0)
            return Found(most.value or 0, most.start, most.end)
        return count(made, starts, hit[1:], side, taken, self._words, people=kind.people, named=kind.named)

    def _taken(self, hits: dict[Key, list[Hit]], starts: Sequence[int]) -> set[int]:
        """The tokens of words for people counted, which no number is looked for beyond."""
        taken: set[int] = set()
        for key, found in hits.items():
            if key[0] == "count" and self.table.counts[key[1]].people:
                for _, start, end in found:
                    taken.update(range(bisect_left(starts, start), bisect_left(starts, end)))
        return taken


def _concerns(own: frozenset[str], domains: Collection[str], alone: bool) -> bool:
    """Whether a rule for `own` domains (empty: for all) holds in a text of `domains`."""
    return bool(not own or own.intersection(domains)) if domains else alone


def _head(text: Text) -> int:
    """Where the headline ends in the folded text: the title, else the first sentence."""
    if text.title_end:
        return text.title_end
    found = _SENTENCE.search(text.low, 20)
    return found.end() if found else len(text.low)


def _guarded(hits: dict[Key, list[Hit]], text: Text, head: int, threat: bool) -> tuple[bool, bool, bool]:
    """(hard, asks, soft): whether guards of that kind stand in the headline.

    Trials and statistics are guards wherever they stand, and in a text of no threat domain all hard ones are.
    """
    hard = any(
        key[0] == "hard" and (not threat or key[1] in _EVERYWHERE or found[0][1] < head)
        for key, found in hits.items()
    )
    named = {key[1] for key, found in hits.items() if key[0] == "soft" and found[0][1] < head}
    asks = "question" in named or _asks(text.low[: text.title_end].strip())
    return hard, asks, bool(named)


def _asks(title: str) -> bool:
    """Whether a title asks, or begins with what somebody said: no report of what happened."""
    if "?" in title:
        return True
    return title[:1] in _QUOTES and title[-1:] not in _QUOTES


def _denied(low: str, start: int) -> bool:
    """Whether what begins at `start` is said not to be, or only possible: "no injuries"."""
    begin = max(0, start - 40)
    return _NOT.search(low, begin, start) is not None or _MAY.search(low, begin, start) is not None


@lru_cache(maxsize=4)
def reader(language: str) -> Reader:
    """The reader of one of the table's languages; made once (0.1 s)."""
    return Reader(table(), language)
