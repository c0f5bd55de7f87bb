"""The threat taxonomy: domains, sub-threats, lexicons and weights, read from `config/domains.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from ingest.judge.checks import TaxonomyError, checked
from ingest.judge.yamlfile import read_yaml
from ingest.text.fold import fold

__all__ = ["AmbiguousTerm", "Domain", "Lexicon", "Taxonomy", "TaxonomyError", "Threat", "Weights", "load"]


@dataclass(frozen=True, slots=True)
class AmbiguousTerm:
    """A term that counts only beside one of `contexts`, and never beside one of `exclusions`."""

    term: str
    contexts: tuple[str, ...]
    exclusions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The terms of one domain in one language; `exclude_phrases` are taken out of the text first."""

    strong: tuple[str, ...]
    support: tuple[str, ...]
    ambiguous: tuple[AmbiguousTerm, ...]
    exclude_phrases: tuple[str, ...]

    def terms(self) -> tuple[str, ...]:
        """Every term that can be evidence."""
        return self.strong + self.support + tuple(a.term for a in self.ambiguous)


@dataclass(frozen=True, slots=True)
class Threat:
    """A sub-threat; `terms` are parts of the lexicon terms of its domain that point to it."""

    id: str
    names: Mapping[str, str]
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Domain:
    """A threat domain.

    `pointers`: for every lexicon term that points to sub-threats, their ids. `about` holds the rest of
    its entry: interests, themes, action lines, definition …
    """

    id: str
    names: Mapping[str, str]
    threats: tuple[Threat, ...]
    lexicons: Mapping[str, Lexicon]
    pointers: Mapping[str, tuple[str, ...]]
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Weights:
    """Points per finding and the thresholds, as `meta.weights` says."""

    strong: float
    support: float
    ambiguous_in_context: float
    ambiguous_with_two_contexts: float
    title_multiplier: float
    count_cap_per_term: int
    domain_threshold: float
    support_only_needs_distinct: int
    secondary_min_share_of_top: float
    source_prior: float


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All domains in their order, and the frame around them (`frame`: scales, interests, themes …)."""

    version: str
    weights: Weights
    domains: tuple[Domain, ...]
    frame: Mapping[str, Any]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the domains."""
        return tuple(domain.id for domain in self.domains)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that have a lexicon."""
        return tuple(self.domains[0].lexicons)

    def domain(self, domain_id: str) -> Domain:
        """The domain of that id. Raises KeyError where there is none."""
        return next((d for d in self.domains if d.id == domain_id), None) or _missing(domain_id)


def _missing(domain_id: str) -> Domain:
    raise KeyError(domain_id)


def plain_term(term: str) -> str:
    """A lexicon term without its notation, as `terms` of sub-threats are compared with it."""
    return fold(term).lower().replace("=", "").replace("*", "").replace("-", " ").strip()


def _lexicon(data: Mapping[str, Any], exclude: list[str]) -> Lexicon:
    ambiguous = (AmbiguousTerm(a["term"], tuple(a["with"]), tuple(a["not"])) for a in data["ambiguous"])
    return Lexicon(tuple(data["strong"]), tuple(data["support"]), tuple(ambiguous), tuple(exclude))


def _domain(data: Mapping[str, Any]) -> Domain:
    own = {"id", "name", "sub_threats", "lexicon", "exclude_phrases"}
    threats = tuple(
        Threat(t["id"], {"nl": t["nl"], "en": t["en"]}, tuple(map(plain_term, t.get("terms", ()))))
        for t in data["sub_threats"]
    )
    lexicons = {
        language: _lexicon(lexicon, data["exclude_phrases"][language])
        for language, lexicon in data["lexicon"].items()
    }
    pointers = {}
    for term in {term for lexicon in lexicons.values() for term in lexicon.terms()}:
        plain = plain_term(term)
        if named := tuple(t.id for t in threats if any(part in plain for part in t.terms)):
            pointers[term] = named
    return Domain(
        id=data["id"],
        names=dict(data["name"]),
        threats=threats,
        lexicons=lexicons,
        pointers=pointers,
        about={name: value for name, value in data.items() if name not in own},
    )


def read(path: Path) -> Taxonomy:
    """The taxonomy in the file at `path`. Raises TaxonomyError: one line, what is wrong and where."""
    data = read_yaml(path, TaxonomyError, fast=True)
    try:
        data = checked(data)
    except TaxonomyError as error:
        raise TaxonomyError(f"{path}: {error}") from None
    taxonomy = Taxonomy(
        version=str(data["meta"]["taxonomy_version"]),
        weights=Weights(**data["meta"]["weights"]),
        domains=tuple(_domain(d) for d in sorted(data["domains"], key=lambda d: int(d["order"]))),
        frame={name: value for name, value in data.items() if name not in ("meta", "domains")},
    )
    for domain in taxonomy.domains:
        terms = [plain_term(term) for lexicon in domain.lexicons.values() for term in lexicon.terms()]
        for threat in domain.threats:
            for part in threat.terms:
                if not any(part in term for term in terms):
                    raise TaxonomyError(f"{path}: {threat.id}: {part!r} is in no lexicon term of {domain.id}")
    return taxonomy


@lru_cache(maxsize=4)
def load(path: Path | None = None) -> Taxonomy:
    """The taxonomy at `path`, else the installed `config/domains.yaml`; read once. Raises TaxonomyError."""
    if path is not None:
        return read(path)
    with as_file(files("config") / "domains.yaml") as installed:
        return read(installed)
