"""The words, numbers and guards of severity, read from `config/severity.yaml` and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from ingest.judge.severity import checks
from ingest.judge.severity.checks import LANGUAGES, SeverityError
from ingest.judge.yamlfile import read_yaml

_PARTS = ("version", "counts", "events", "guards", "people", "epidemic", "things", "say")
_COUNT = (
    "levels", "epidemic", "nl", "en", "beside", "uncounted", "alone", "people", "named", "money", "domains",
)  # fmt: skip
#: The name of a magnitude in `unless`.
MAGNITUDE = "magnitude"
_WHERE = ("before", "after", "both", "further")


@dataclass(frozen=True, slots=True)
class Count:
    """Something counted: from which number on which level, and the words around its number.

    `words` and `beside` are by language; `words` by where the number stands as well. `uncounted` is the
    number taken where none is said (0: then it does not count). `alone`: from which number on it counts in a
    text of no threat domain (None: never). `named`: a word for people must stand between the number and its
    word, unless they touch. `domains`: only in texts of these, empty for all.
    """

    name: str
    levels: tuple[tuple[float, str], ...]
    epidemic: tuple[tuple[float, str], ...]
    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    beside: Mapping[str, tuple[str, ...]]
    uncounted: float
    alone: float | None
    people: bool
    named: bool
    money: bool
    domains: frozenset[str]

    def level(self, number: float, epidemic: bool = False) -> str:
        """The level of that many, empty below the first."""
        steps = self.epidemic if epidemic and self.epidemic else self.levels
        reached = [level for least, level in steps if number >= least]
        return reached[-1] if reached else ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, and the level it has where no number says how bad it was.

    Of `beside`, where it has any, one must stand in the text as well. `unless` is an event that says more,
    or MAGNITUDE: where the text has that, this one counts for nothing.
    """

    name: str
    level: str
    words: Mapping[str, tuple[str, ...]]
    alone: bool
    sure: bool
    domains: frozenset[str]
    beside: Mapping[str, tuple[str, ...]]
    unless: str


@dataclass(frozen=True, slots=True)
class Table:
    """The whole table. `guards`: hard or soft → name → words by language. `say`: rule → language → text."""

    version: str
    counts: Mapping[str, Count]
    events: Mapping[str, Event]
    guards: Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]
    people: Mapping[str, Mapping[str, tuple[str, ...]]]
    epidemic: Mapping[str, tuple[str, ...]]
    say: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def _count(name: str, value: Any) -> Count:
    where = f"counts.{name}"
    data = checks.mapping(value, where, _COUNT)
    words = {}
    for language in LANGUAGES:
        own = checks.mapping(data.get(language, {}), f"{where}.{language}", _WHERE)
        words[language] = {
            side: checks.terms(own.get(side, []), f"{where}.{language}.{side}") for side in _WHERE
        }
    return Count(
        name,
        checks.steps(data.get("levels"), f"{where}.levels"),
        checks.steps(data["epidemic"], f"{where}.epidemic") if "epidemic" in data else (),
        words,
        checks.by_language(data.get("beside", {}), f"{where}.beside"),
        checks.number(data.get("uncounted", 0), f"{where}.uncounted"),
        checks.number(data["alone"], f"{where}.alone") if "alone" in data else None,
        checks.flag(data, "people", where),
        checks.flag(data, "named", where),
        checks.flag(data, "money", where),
        checks.domains(data, where),
    )


def _event(name: str, value: Any) -> Event:
    where = f"events.{name}"
    data = checks.mapping(value, where, ("level", "nl", "en", "beside", "alone", "sure", "domains", "unless"))
    words = {language: data.get(language, []) for language in LANGUAGES}
    return Event(
        name,
        checks.level(data.get("level"), f"{where}.level"),
        checks.by_language(words, where),
        checks.flag(data, "alone", where),
        checks.flag(data, "sure", where),
        checks.domains(data, where),
        checks.by_language(data.get("beside", {}), f"{where}.beside"),
        data.get("unless", ""),
    )


def _say(value: Any, rules: list[str]) -> dict[str, dict[str, str]]:
    said = checks.mapping(value, "say")
    for rule in rules:
        if rule not in said:
            raise SeverityError(f"say: `{rule}` is missing; give it a text in {' and '.join(LANGUAGES)}")
    for rule, texts in said.items():
        own = checks.mapping(texts, f"say.{rule}", LANGUAGES)
        for language in LANGUAGES:
            text = own.get(language)
            if not isinstance(text, str) or not text.strip():
                raise SeverityError(f"say.{rule}.{language}: needs a text")
            if "{" in text.replace("{value}", "") or "}" in text.replace("{value}", ""):
                raise SeverityError(f"say.{rule}.{language}: only {{value}} can be filled in")
    return said


def checked(data: Any, official: tuple[str, ...] = ()) -> Table:
    """The table in `data` as read from its file; `official` are rules it must have a text for as well.

    Raises SeverityError.
    """
    whole = checks.mapping(data, "the file", _PARTS)
    for name in _PARTS:
        if name not in whole:
            raise SeverityError(f"the file: `{name}` is missing")
    counts = {name: _count(name, value) for name, value in checks.mapping(whole["counts"], "counts").items()}
    events = {name: _event(name, value) for name, value in checks.mapping(whole["events"], "events").items()}
    for event in events.values():
        if event.unless not in ("", MAGNITUDE, *events):
            raise SeverityError(
                f"events.{event.name}.unless: there is no event {event.unless!r}; name one, or {MAGNITUDE}"
            )
    guards = {
        kind: {
            name: checks.by_language(words, f"guards.{kind}.{name}")
            for name, words in checks.mapping(kinds, f"guards.{kind}").items()
        }
        for kind, kinds in checks.mapping(whole["guards"], "guards", ("hard", "soft")).items()
    }
    people = checks.mapping(whole["people"], "people", ("nl", "en", "none", "part"))
    named = checks.by_language({k: people.get(k, []) for k in LANGUAGES}, "people")
    rules = [*(f"counts.{name}" for name in counts), *(f"events.{name}" for name in events), *official]
    return Table(
        str(whole["version"]),
        counts,
        events,
        {kind: guards.get(kind, {}) for kind in ("hard", "soft")},
        {
            "people": named,
            "things": checks.by_language(whole["things"], "things"),
            "none": checks.by_language(people.get("none", {}), "people.none"),
            "part": checks.by_language(people.get("part", {}), "people.part"),
        },
        checks.by_language(whole["epidemic"], "epidemic"),
        _say(whole["say"], rules),
    )


def read(path: Path, official: tuple[str, ...] = ()) -> Table:
    """The table in the file at `path`. Raises SeverityError: one line, what is wrong and where."""
    data = read_yaml(path, SeverityError, fast=True)
    try:
        return checked(data, official)
    except SeverityError as error:
        raise SeverityError(f"{path}: {error}") from None


@lru_cache(maxsize=1)
def installed(official: tuple[str, ...] = ()) -> Table:
    """The installed `config/severity.yaml`, read once. Raises SeverityError."""
    with as_file(files("config") / "severity.yaml") as path:
        return read(path, official)
