"""The table behind Kingdom relevance, `config/kingdom.yaml`, and its words looked for in a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

import ahocorasick

from ingest.judge.gazetteer import GazetteerError, load, spread
from ingest.judge.patterns import lowered
from ingest.judge.text import Text
from ingest.judge.yamlfile import read_yaml
from ingest.text.fold import fold

_TABLES = (
    "bodies", "bodies_in_dutch", "domestic", "near", "region", "caribbean", "alliance", "reach", "signs",
)  # fmt: skip


class Term(NamedTuple):
    """A word of the table: the groups it stands in; `written` as it must be written, empty if any way."""

    groups: tuple[str, ...]
    written: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What of a domain reaches here from elsewhere; `weak` countries only where no others are named."""

    countries: frozenset[str]
    weak: frozenset[str]
    everywhere: bool


class Reach:
    """The table, ready to be looked for. Safe to share between threads."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.near = {part: frozenset(ids) for part, ids in data["near"].items()}
        self.region = frozenset(data["region"])
        self.caribbean = frozenset(data["caribbean"])
        self.domains = {
            domain: Rule(
                frozenset(rule.get("countries", ())),
                frozenset(rule.get("weak", ())),
                bool(rule.get("everywhere", False)),
            )
            for domain, rule in data["reach"].items()
        }
        groups = {f"bodies.{part}": terms for part, terms in data["bodies"].items()}
        groups |= {f"bodies_in_dutch.{part}": terms for part, terms in data["bodies_in_dutch"].items()}
        groups |= {name: data[name] for name in ("domestic", "alliance")}
        groups |= {f"signs.{domain}": terms for domain, terms in data["signs"].items()}
        for domain, rule in data["reach"].items():
            groups[f"reach.{domain}"] = rule.get("words", ())
            groups[f"loose.{domain}"] = rule.get("loose", ())
        keys: dict[str, dict[str, list[str]]] = {}
        for group, terms in groups.items():
            for term in terms:
                key, written = _key(term)
                keys.setdefault(key, {}).setdefault(written, []).append(group)
        self._automaton = ahocorasick.Automaton()
        for key, held in keys.items():
            terms = tuple(Term(tuple(groups), written) for written, groups in held.items())
            self._automaton.add_word(key, (len(key), terms))
        self._automaton.make_automaton()

    def find(self, text: Text) -> dict[str, tuple[Term, int, int]]:
        """The first term of every group in the text, with its place in the folded text."""
        found: dict[str, tuple[Term, int, int]] = {}
        folded = text.folded
        spaced = f" {spread(text.low)} "
        for last, (length, terms) in self._automaton.iter(spaced):
            start = last + 1 - length
            if spaced[start] == " ":
                start += 1
            end = spaced.find(" ", last) if spaced[last] != " " else last
            for term in terms:
                if term.written and not folded.startswith(term.written, start - 1):
                    continue
                for group in term.groups:
                    if group not in found:
                        found[group] = (term, start - 1, end - 1)
        return found


def _key(term: str) -> tuple[str, str]:
    """What the spread text must hold for a term, and how it must be written, if that counts."""
    written = fold(term[1:]) if term.startswith("=") else ""
    bare = lowered(fold(term.lstrip("=").strip("*")))
    left = "" if term.startswith("*") else " "
    right = "" if term.endswith("*") else " "
    return f"{left}{spread(bare)}{right}", written.rstrip("*")


def _words(value: Any, where: str) -> None:
    """Refuses what is no list of texts; YAML takes a bare NO or 112 for something else."""
    if not isinstance(value, list):
        raise GazetteerError(f"{where}: must be a list")
    for each in value:
        if not isinstance(each, str) or not any(map(str.isalnum, each)):
            raise GazetteerError(f"{where}: {each!r} is no word; put it in quotes or take it out")


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise GazetteerError(f"{where}: must be a mapping")
    return value


def _check(data: Any, path: Path) -> None:
    """Refuses a table that is not as it must be, saying where. Raises GazetteerError."""
    if not isinstance(data, dict) or set(data) != set(_TABLES):
        odd = sorted(set(_TABLES) ^ set(data if isinstance(data, dict) else ()))
        raise GazetteerError(
            f"{path}: must hold {', '.join(_TABLES)} and nothing else; look at {', '.join(odd)}"
        )
    for name in ("domestic", "region", "caribbean", "alliance"):
        _words(data[name], f"{path}: {name}")
    for name in ("bodies", "bodies_in_dutch", "near", "signs"):
        for key, words in _mapping(data[name], f"{path}: {name}").items():
            _words(words, f"{path}: {name}.{key}")
    known = load().entries
    for where, ids in (
        ("region", data["region"]),
        *((f"near.{part}", ids) for part, ids in data["near"].items()),
    ):
        for each in ids:
            if each not in known:
                raise GazetteerError(f"{path}: {where}: the gazetteer has no place {each!r}; correct the id")
    for domain, rule in _mapping(data["reach"], f"{path}: reach").items():
        where = f"{path}: reach.{domain}"
        for key, value in _mapping(rule, where).items():
            if key == "everywhere":
                if not isinstance(value, bool):
                    raise GazetteerError(f"{where}.{key}: must be true or false")
            elif key not in ("countries", "weak", "words", "loose"):
                raise GazetteerError(f"{where}: {key!r} is none of countries, weak, words, loose, everywhere")
            else:
                _words(value, f"{where}.{key}")
        for code in (*rule.get("countries", ()), *rule.get("weak", ())):
            if code.lower() not in known:
                raise GazetteerError(f"{where}: {code!r} is no country; write two capitals (ISO 3166)")


def read(path: Path) -> Reach:
    """The table in the file at `path`. Raises GazetteerError."""
    data = read_yaml(path, GazetteerError)
    _check(data, path)
    return Reach(data)


@lru_cache(maxsize=1)
def reach() -> Reach:
    """The installed table, read once. Raises GazetteerError."""
    with as_file(files("config") / "kingdom.yaml") as path:
        return read(path)
