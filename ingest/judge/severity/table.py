"""The words, numbers and guards of severity, read from `config/severity.yaml` and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import yaml

from ingest.judge.patterns import TermError, compile_term

LEVELS = "ABCDE"
LANGUAGES = ("nl", "en")
_WHERE = ("before", "after", "both")


class SeverityError(ValueError):
    """The table cannot be used; the message is one line: what is wrong, and where."""


@dataclass(frozen=True, slots=True)
class Count:
    """Something counted: from which number on which level, and the words around its number.

    `words` and `beside` are by language; `words` by where the number stands as well. `uncounted` is the
    number taken where none is said (0: then it does not count). `alone`: from which number on it counts in a
    text of no threat domain (None: never). `domains`: only in texts of these, empty for all.
    """

    name: str
    levels: tuple[tuple[float, str], ...]
    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    beside: Mapping[str, tuple[str, ...]]
    uncounted: float
    alone: float | None
    people: bool
    money: bool
    domains: frozenset[str]

    def level(self, number: float) -> str:
        """The level of that many, empty below the first."""
        reached = [level for least, level in self.levels if number >= least]
        return reached[-1] if reached else ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, and the level it has where no number says how bad it was."""

    name: str
    level: str
    words: Mapping[str, tuple[str, ...]]
    alone: bool
    sure: bool
    domains: frozenset[str]


@dataclass(frozen=True, slots=True)
class Table:
    """The whole table. `guards`: hard or soft → name → words by language. `say`: rule → language → text."""

    version: str
    counts: Mapping[str, Count]
    events: Mapping[str, Event]
    guards: Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]
    people: Mapping[str, Mapping[str, tuple[str, ...]]]
    say: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def _mapping(value: Any, where: str, known: tuple[str, ...] = ()) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise SeverityError(f"{where}: must be a mapping of names")
    for key in value:
        if known and key not in known:
            raise SeverityError(f"{where}: unknown entry `{key}`; known are {', '.join(known)}")
    return value


def _terms(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise SeverityError(f"{where}: must be a list of terms")
    for number, term in enumerate(value, start=1):
        try:
            if not isinstance(term, str):
                raise TermError(f"{term!r} is no text; put it in quotes")
            compile_term(term)
        except TermError as error:
            raise SeverityError(f"{where}, number {number}: {error}") from None
    return tuple(value)


def _by_language(value: Any, where: str) -> dict[str, tuple[str, ...]]:
    found = _mapping(value, where, LANGUAGES)
    return {language: _terms(found.get(language, []), f"{where}.{language}") for language in LANGUAGES}


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise SeverityError(f"{where}: must be a number, 0 or more")
    return float(value)


def _flag(data: Mapping[str, Any], name: str, where: str) -> bool:
    value = data.get(name, False)
    if not isinstance(value, bool):
        raise SeverityError(f"{where}.{name}: must be true or false")
    return value


def _level(value: Any, where: str) -> str:
    if not isinstance(value, str) or len(value) != 1 or value not in LEVELS:
        raise SeverityError(f"{where}: {value!r} is no level; choose one of {', '.join(LEVELS)}")
    return value


def _domains(data: Mapping[str, Any], where: str) -> frozenset[str]:
    value = data.get("domains", [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise SeverityError(f"{where}.domains: must be a list of domain ids")
    return frozenset(value)


def _count(name: str, value: Any) -> Count:
    where = f"counts.{name}"
    keys = ("levels", "nl", "en", "beside", "uncounted", "alone", "people", "money", "domains")
    data = _mapping(value, where, keys)
    levels = data.get("levels")
    if not isinstance(levels, dict) or not levels:
        raise SeverityError(f"{where}.levels: must say from which number on which level")
    steps = sorted(
        (_number(least, f"{where}.levels"), _level(level, f"{where}.levels"))
        for least, level in levels.items()
    )
    if [level for _, level in steps] != sorted(level for _, level in steps):
        raise SeverityError(f"{where}.levels: a higher number has a lower level")
    words = {}
    for language in LANGUAGES:
        own = _mapping(data.get(language, {}), f"{where}.{language}", _WHERE)
        words[language] = {side: _terms(own.get(side, []), f"{where}.{language}.{side}") for side in _WHERE}
    return Count(
        name,
        tuple(steps),
        words,
        _by_language(data.get("beside", {}), f"{where}.beside"),
        _number(data.get("uncounted", 0), f"{where}.uncounted"),
        _number(data["alone"], f"{where}.alone") if "alone" in data else None,
        _flag(data, "people", where),
        _flag(data, "money", where),
        _domains(data, where),
    )


def _event(name: str, value: Any) -> Event:
    where = f"events.{name}"
    data = _mapping(value, where, ("level", "nl", "en", "alone", "sure", "domains"))
    words = {language: data.get(language, []) for language in LANGUAGES}
    return Event(
        name,
        _level(data.get("level"), f"{where}.level"),
        _by_language(words, where),
        _flag(data, "alone", where),
        _flag(data, "sure", where),
        _domains(data, where),
    )


def _say(value: Any, rules: list[str]) -> dict[str, dict[str, str]]:
    said = _mapping(value, "say")
    for rule in rules:
        if rule not in said:
            raise SeverityError(f"say: `{rule}` is missing; give it a text in {' and '.join(LANGUAGES)}")
    for rule, texts in said.items():
        own = _mapping(texts, f"say.{rule}", LANGUAGES)
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
    whole = _mapping(data, "the file", ("version", "counts", "events", "guards", "people", "say"))
    for name in ("version", "counts", "events", "guards", "people", "say"):
        if name not in whole:
            raise SeverityError(f"the file: `{name}` is missing")
    counts = {name: _count(name, value) for name, value in _mapping(whole["counts"], "counts").items()}
    events = {name: _event(name, value) for name, value in _mapping(whole["events"], "events").items()}
    guards = {
        kind: {
            name: _by_language(words, f"guards.{kind}.{name}")
            for name, words in _mapping(kinds, f"guards.{kind}").items()
        }
        for kind, kinds in _mapping(whole["guards"], "guards", ("hard", "soft")).items()
    }
    people = _mapping(whole["people"], "people", ("nl", "en", "none", "part"))
    named = _by_language({k: people.get(k, []) for k in LANGUAGES}, "people")
    rules = [*(f"counts.{name}" for name in counts), *(f"events.{name}" for name in events), *official]
    return Table(
        str(whole["version"]),
        counts,
        events,
        {kind: guards.get(kind, {}) for kind in ("hard", "soft")},
        {
            "people": named,
            "none": _by_language(people.get("none", {}), "people.none"),
            "part": _by_language(people.get("part", {}), "people.part"),
        },
        _say(whole["say"], rules),
    )


def read(path: Path, official: tuple[str, ...] = ()) -> Table:
    """The table in the file at `path`. Raises SeverityError: one line, what is wrong and where."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SeverityError(f"{path}: cannot be read ({error})") from None
    try:
        data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise SeverityError(f"{path}: no valid YAML{where}; restore the file or correct that line") from None
    try:
        return checked(data, official)
    except SeverityError as error:
        raise SeverityError(f"{path}: {error}") from None


@lru_cache(maxsize=1)
def installed(official: tuple[str, ...] = ()) -> Table:
    """The installed `config/severity.yaml`, read once. Raises SeverityError."""
    with as_file(files("config") / "severity.yaml") as path:
        return read(path, official)
