"""What entries of the severity table must look like; every mistake is one line that names its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ingest.judge.patterns import TermError, compile_term

LEVELS = "ABCDE"
LANGUAGES = ("nl", "en")


class SeverityError(ValueError):
    """The table cannot be used; the message is one line: what is wrong, and where."""


def mapping(value: Any, where: str, known: tuple[str, ...] = ()) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise SeverityError(f"{where}: must be a mapping of names")
    for key in value:
        if known and key not in known:
            raise SeverityError(f"{where}: unknown entry `{key}`; known are {', '.join(known)}")
    return value


def terms(value: Any, where: str) -> tuple[str, ...]:
    """A list of terms in lexicon notation."""
    if not isinstance(value, list):
        raise SeverityError(f"{where}: must be a list of terms")
    for place, term in enumerate(value, start=1):
        try:
            if not isinstance(term, str):
                raise TermError(f"{term!r} is no text; put it in quotes")
            compile_term(term)
        except TermError as error:
            raise SeverityError(f"{where}, number {place}: {error}") from None
    return tuple(value)


def by_language(value: Any, where: str) -> dict[str, tuple[str, ...]]:
    """Terms by language; a language that is left out has none."""
    found = mapping(value, where, LANGUAGES)
    return {language: terms(found.get(language, []), f"{where}.{language}") for language in LANGUAGES}


def number(value: Any, where: str) -> float:
    """A number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise SeverityError(f"{where}: must be a number, 0 or more")
    return float(value)


def flag(data: Mapping[str, Any], name: str, where: str) -> bool:
    """true or false, false where it is left out."""
    value = data.get(name, False)
    if not isinstance(value, bool):
        raise SeverityError(f"{where}.{name}: must be true or false")
    return value


def level(value: Any, where: str) -> str:
    """One of the levels."""
    if not isinstance(value, str) or len(value) != 1 or value not in LEVELS:
        raise SeverityError(f"{where}: {value!r} is no level; choose one of {', '.join(LEVELS)}")
    return value


def domains(data: Mapping[str, Any], where: str) -> frozenset[str]:
    """The domain ids, none where they are left out."""
    value = data.get("domains", [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise SeverityError(f"{where}.domains: must be a list of domain ids")
    return frozenset(value)


def steps(levels: Any, where: str) -> tuple[tuple[float, str], ...]:
    """From which number on which level, lowest first."""
    if not isinstance(levels, dict) or not levels:
        raise SeverityError(f"{where}: must say from which number on which level")
    found = sorted((number(least, where), level(each, where)) for least, each in levels.items())
    if [each for _, each in found] != sorted(each for _, each in found):
        raise SeverityError(f"{where}: a higher number has a lower level")
    return tuple(found)
