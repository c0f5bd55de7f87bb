"""The words that say what a name beside them is, read from `config/gazetteer/context.yaml`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path

from ingest.judge.gazetteer import GazetteerError
from ingest.judge.yamlfile import read_yaml


@dataclass(frozen=True, slots=True)
class Context:
    """Lists of words; the file says what each is for."""

    signs: frozenset[str]
    before_of: frozenset[str]
    given_names: frozenset[str]
    particles: frozenset[str]
    clubs: frozenset[str]
    teams: frozenset[str]
    city_clubs: frozenset[str]
    papers: frozenset[str]
    after_towns: frozenset[str]
    before_towns: frozenset[str]
    languages: frozenset[str]
    no_nouns: frozenset[str]
    dutch_inhabitants: frozenset[str]
    inhabitants: frozenset[str]
    words_without_capitals: frozenset[str]


def read(path: Path) -> Context:
    """The lists in the file at `path`. Raises GazetteerError."""
    data = read_yaml(path, GazetteerError)
    names = [field.name for field in fields(Context)]
    if not isinstance(data, dict) or set(data) != set(names):
        odd = sorted(set(names) ^ set(data if isinstance(data, dict) else ()))
        raise GazetteerError(
            f"{path}: must hold {', '.join(names)} and nothing else; look at {', '.join(odd)}"
        )
    for name in names:
        if not isinstance(data[name], str):
            raise GazetteerError(f"{path}: {name} must be words with blanks between them, after `>-`")
    return Context(**{name: frozenset(data[name].split()) for name in names})


@lru_cache(maxsize=1)
def context() -> Context:
    """The installed lists, read once. Raises GazetteerError."""
    with as_file(files("config") / "gazetteer") as folder:
        return read(folder / "context.yaml")
