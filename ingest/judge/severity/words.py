"""What the table finds in one language of a text: counts, events and guards."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

from ingest.entries import Reason
from ingest.judge.severity.counts import Found, Words, count
from ingest.judge.severity.index import Hit, Index
from ingest.judge.severity.numbers import Token, tokens
from ingest.judge.severity.official import RULES
from ingest.judge.severity.table import Count, Table, installed
from ingest.judge.text import Text

#: kind, name, and for a count the side its number stands on.
Key = tuple[str, str, str]
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
    for kind, named in found.guards.items():
        for name, words in named.items():
            yield from ((term, (kind, name, "")) for term in words[language])


class Reader:
    """The table in one language."""

    def __init__(self, found: Table, language: str) -> None:
        self.table = found
        self.dutch = language == "nl"
        self._index: Index[Key] = Index(_terms(found, language))
        self._words = Words(*(frozenset(found.people[name][language]) for name in ("people", "none", "part")))

    def reasons(self, text: Text, domains: Collection[str]) -> list[Reason]:
        """Why `text` is severe, one reason a rule; empty where nothing or a guard says so."""
        hits = self._index.find(text)
        if not hits:
            return []
        head = _head(text)
        hard, soft = _guarded(hits, head)
        if hard:
            return []
        counted = self._counts(text, hits, domains)
        events = []
        for key, found in hits.items():
            if key[0] != "event":
                continue
            event = self.table.events[key[1]]
            if event.domains and not event.domains.intersection(domains):
                continue
            if not (domains or event.alone) or (soft and not event.sure):
                continue
            events.append(Reason(f"events.{event.name}", found[0][0], event.level, text.evidence(*found[0])))
        if not domains and not events:
            counted = [(reason, number) for reason, number in counted if self._alone(reason, number)]
        return [*(reason for reason, _ in counted), *events]

    def _alone(self, reason: Reason, number: float) -> bool:
        alone = self.table.counts[reason.rule.partition(".")[2]].alone
        return alone is not None and number >= alone

    def _counts(
        self, text: Text, hits: dict[Key, list[Hit]], domains: Collection[str]
    ) -> list[tuple[Reason, float]]:
        wanted = [key for key in hits if key[0] == "count"]
        if not wanted:
            return []
        made = tokens(text.low, self.dutch)
        starts = [token.start for token in made]
        taken = self._taken(hits, starts, made)
        best: dict[str, tuple[Reason, float]] = {}
        for key in wanted:
            kind = self.table.counts[key[1]]
            if kind.domains and not kind.domains.intersection(domains):
                continue
            if (kind.beside["nl"] or kind.beside["en"]) and ("beside", kind.name, "") not in hits:
                continue
            for hit in hits[key]:
                found = self._number(kind, key[2], hit, made, starts, taken)
                number = found.number if found.said else kind.uncounted
                level = kind.level(number)
                if level and number > best.get(kind.name, (None, -1.0))[1]:
                    said = f"{number:.0f}" if found.said else ""
                    evidence = text.evidence(text.low[found.start : found.end], found.start, found.end)
                    best[kind.name] = Reason(f"counts.{kind.name}", said, level, evidence), number
        return list(best.values())

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
        return count(made, starts, hit[1:], side, taken, self._words, people=kind.people)

    def _taken(self, hits: dict[Key, list[Hit]], starts: Sequence[int], made: Sequence[Token]) -> set[int]:
        """The tokens of words for people counted, which no number is looked for beyond."""
        spans = [
            hit[1:]
            for key, found in hits.items()
            if key[0] == "count" and self.table.counts[key[1]].people
            for hit in found
        ]
        if not spans:
            return set()
        return {
            place
            for place, token in enumerate(made)
            if any(start <= token.start < end for start, end in spans)
        }


def _head(text: Text) -> int:
    """Where the headline ends in the folded text: the title, else the first sentence."""
    if text.title_end:
        return text.title_end
    found = _SENTENCE.search(text.low, 20)
    return found.end() if found else len(text.low)


def _guarded(hits: dict[Key, list[Hit]], head: int) -> tuple[bool, bool]:
    """(hard, soft): whether guards of that kind stand in the headline."""
    hard = any(key[0] == "hard" and found[0][1] < head for key, found in hits.items())
    soft = any(key[0] == "soft" and found[0][1] < head for key, found in hits.items())
    return hard, soft


@lru_cache(maxsize=4)
def reader(language: str) -> Reader:
    """The reader of one of the table's languages; made once (0.1 s)."""
    return Reader(table(), language)
