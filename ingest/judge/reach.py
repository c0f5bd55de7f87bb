"""The table behind Kingdom relevance, `config/kingdom.yaml`, and its words looked for in a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

import ahocorasick
import yaml

from ingest.judge.gazetteer import GazetteerError, spread
from ingest.judge.patterns import lowered
from ingest.judge.text import Text
from ingest.text.fold import fold


class Term(NamedTuple):
    """A word of the table: the groups it stands in; `written` as it must be written, empty if any way."""

    groups: tuple[str, ...]
    written: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What of a domain reaches here from elsewhere."""

    countries: frozenset[str]
    everywhere: bool


class Reach:
    """The table, ready to be looked for. Safe to share between threads."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.near = {part: frozenset(ids) for part, ids in data["near"].items()}
        self.region = frozenset(data["region"])
        self.caribbean = frozenset(data["caribbean"])
        self.domains = {
            domain: Rule(frozenset(rule.get("countries", ())), bool(rule.get("everywhere", False)))
            for domain, rule in data["reach"].items()
        }
        groups = {f"bodies.{part}": terms for part, terms in data["bodies"].items()}
        groups |= {name: data[name] for name in ("domestic", "alliance", "tropical")}
        groups |= {f"reach.{domain}": rule.get("words", ()) for domain, rule in data["reach"].items()}
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


def read(path: Path) -> Reach:
    """The table in the file at `path`. Raises GazetteerError."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise GazetteerError(f"{path}: cannot be read ({error}); put the file back") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise GazetteerError(f"{path}{line}: is no YAML; correct what stands there") from None
    return Reach(data)


@lru_cache(maxsize=1)
def reach() -> Reach:
    """The installed table, read once. Raises GazetteerError."""
    with as_file(files("config") / "kingdom.yaml") as path:
        return read(path)
