"""Finding listed names: one pass of an Aho-Corasick automaton over the words, then a look at each find.

The automaton knows every name between blanks. What it finds is compared with the text itself: letters,
case, neighbours. So the time goes with the text, whatever it holds, and no expression can run away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import ahocorasick

from ingest.judge.entities.lists import GROUP, Form, Lists
from ingest.judge.entities.words import normal, plain
from ingest.judge.patterns import lowered
from ingest.judge.text import Text

#: A name of one word is also found all in capitals when it has as many letters.
_CAPITALS = 5
#: How far around a name its line is read to tell whether everything is in capitals.
_AROUND = 40
#: After these a surname is a person's.
_ADDRESS = frozenset(
    {"mr", "mrs", "ms", "miss", "dr", "prof", "sir", "lord", "lady", "family"}
    | {"dhr", "mw", "mevr", "mevrouw", "meneer", "heer", "ir", "drs", "familie"}
)
_SEPARATORS = ("://", "www.")


class Hit(NamedTuple):
    """A name found from `start` to `end` of the folded text."""

    start: int
    end: int
    form: Form


@dataclass(slots=True)
class Found:
    """`names`: what counts, in order, none within another. `triggers`: which patterns can occur."""

    names: list[Hit]
    triggers: set[str]


class _Reading:
    """One text while names are looked for in it."""

    __slots__ = ("addresses", "comparable", "folded", "low")

    def __init__(self, text: Text) -> None:
        self.folded = text.folded
        self.low = text.low
        self.comparable = normal(text.folded)
        self.addresses = any(mark in text.low for mark in _SEPARATORS)

    def _shouted(self, start: int, end: int) -> bool:
        """Whether the name stands in a line that is all in capitals, so that its case says nothing."""
        line_start = self.folded.rfind("\n", 0, start) + 1
        line_end = self.folded.find("\n", end)
        before = self.folded[max(line_start, start - _AROUND) : start]
        after = self.folded[end : min(len(self.folded) if line_end < 0 else line_end, end + _AROUND)]
        around = before + after
        capitals = sum(map(str.isupper, around))
        return capitals > 3 and capitals > 2 * sum(map(str.islower, around))

    def _in_address(self, start: int, end: int) -> bool:
        """Whether the name is part of a web address, a mail address, a host name or an account."""
        low = self.low
        if start and low[start - 1] in "@.":
            return True
        after = low[end : end + 2]
        if after[:1] == "@" or (after[:1] == "." and after[1:].isalnum()):
            return True
        if not self.addresses:
            return False
        first = max(low.rfind(blank, 0, start) for blank in " \n\t") + 1
        return any(mark in low[first:end] for mark in _SEPARATORS)

    def _after_given_name(self, start: int) -> bool:
        """Whether a given name, an initial or a form of address stands before."""
        before = self.folded[max(0, start - _AROUND) : start]
        if not before.endswith(" ") or not before.strip():
            return False
        word = before.split()[-1]
        letters = word.rstrip(".")
        if lowered(letters) in _ADDRESS:
            return True
        if word.endswith("."):
            return len(letters) == 1 and letters.isupper()
        return letters[:1].isupper() and letters.isalpha() and not (letters.isupper() and len(letters) > 1)

    def _before_surname(self, end: int) -> bool:
        """Whether a word with a capital follows, that is not all in capitals."""
        following = self.folded[end : end + 3]
        return following[:1] == " " and following[1:2].isupper() and not following[2:3].isupper()

    def end_of(self, form: Form, start: int) -> int:
        """Where `form` ends that the automaton found at `start`; 0 where it is not really there."""
        low, end = self.low, start + len(form.text)
        if start and low[start - 1].isalnum():
            return 0
        shown = self.comparable[start:end]
        if form.cased:
            if shown != form.text and (
                form.exact or form.doubtful or len(shown) < _CAPITALS or shown != form.text.upper()
            ):
                return 0
        elif lowered(shown) != form.text:
            return 0
        if form.open:
            while end < len(low) and low[end].isalnum():
                end += 1
        elif end < len(low) and low[end].isalnum():
            return 0
        if form.exact and self._shouted(start, end):
            return 0
        if (form.surname and self._after_given_name(start)) or (form.given and self._before_surname(end)):
            return 0
        return 0 if self._in_address(start, end) else end


class Matcher:
    """All lists, ready to be looked for. Safe to share between threads."""

    def __init__(self, lists: Lists, triggers: Iterable[str]) -> None:
        self._contexts = {
            listed.id: frozenset(GROUP + group for group in listed.contexts)
            for listed in lists.entities.values()
        }
        held: dict[str, list[Form | str]] = {}
        for form in (
            *(form for listed in lists.entities.values() for form in listed.forms),
            *lists.contexts,
            *lists.excluded,
        ):
            key = plain(lowered(form.text))
            held.setdefault(key[:-1] if form.open else key, []).append(form)
        for word in triggers:
            held.setdefault(f" {word}", []).append(word)
        self._automaton = ahocorasick.Automaton()
        for key, uses in held.items():
            self._automaton.add_word(key, (len(key), tuple(uses)))
        self._automaton.make_automaton()

    def find(self, text: Text, language: str | None) -> Found:
        """The listed names in `text`, of those that count in `language`."""
        reading = _Reading(text)
        hits: list[Hit] = []
        beside: list[Hit] = []
        triggers: set[str] = set()
        for last, (length, uses) in self._automaton.iter(plain(text.low)):
            start = last - length + 1
            for use in uses:
                if isinstance(use, str):
                    triggers.add(use)
                elif use.language in ("", language) and (end := reading.end_of(use, start)):
                    (beside if use.owner.startswith(GROUP) else hits).append(Hit(start, end, use))
        return Found(self._counted(hits, beside) if hits else [], triggers)

    def _counted(self, hits: Sequence[Hit], beside: Sequence[Hit]) -> list[Hit]:
        """The finds that count: doubtful ones with a reason only, the longest of those that overlap."""
        sure = {hit.form.owner for hit in hits if not hit.form.doubtful}
        # Of each group, where its first word ends and its last begins: enough to tell whether one is outside.
        spread: dict[str, tuple[int, int]] = {}
        for hit in beside:
            first, last = spread.get(hit.form.owner, (hit.end, hit.start))
            spread[hit.form.owner] = min(first, hit.end), max(last, hit.start)
        counted: list[Hit] = []
        free = 0
        # Of two forms with one span, the phrase that is no name (no owner) comes first.
        for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end, hit.form.owner)):
            if hit.start < free or (hit.form.doubtful and not self._certain(hit, sure, spread)):
                continue
            free = hit.end
            counted.append(hit)
        return [hit for hit in counted if hit.form.owner]

    def _certain(self, hit: Hit, sure: set[str], spread: Mapping[str, tuple[int, int]]) -> bool:
        """Whether a doubtful name has a surer one of the same entity, or a context outside itself."""
        owner = hit.form.owner
        return owner in sure or any(
            spread[group][0] <= hit.start or spread[group][1] >= hit.end
            for group in self._contexts[owner]
            if group in spread
        )
