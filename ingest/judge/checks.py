"""What a taxonomy file must look like; every mistake is one line that names its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ingest.judge.patterns import TermError, compile_term

_ID = re.compile(r"[a-z][a-z0-9_]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_POINTS = (
    "strong", "support", "ambiguous_in_context", "ambiguous_with_two_contexts", "title_multiplier",
    "domain_threshold", "secondary_min_share_of_top", "source_prior",
)  # fmt: skip
_COUNTS = ("count_cap_per_term", "support_only_needs_distinct")


class TaxonomyError(ValueError):
    """The taxonomy cannot be used; the message is one line: what is wrong, and where."""


def _mapping(value: Any, where: str, *keys: str) -> dict[str, Any]:
    """`value`, a mapping that has `keys`."""
    if not isinstance(value, dict):
        raise TaxonomyError(f"{where}: must be a mapping")
    for key in keys:
        if key not in value:
            raise TaxonomyError(f"{where}: `{key}` is missing")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise TaxonomyError(f"{where}: must be a list")
    return value


def _weights(value: Any) -> None:
    weights = _mapping(value, "meta.weights", *_POINTS, *_COUNTS)
    for name, weight in weights.items():
        where = f"meta.weights.{name}"
        if name not in _POINTS and name not in _COUNTS:
            raise TaxonomyError(f"{where}: unknown weight")
        if isinstance(weight, bool) or not isinstance(weight, int | float) or weight < 0:
            raise TaxonomyError(f"{where}: must be a number, 0 or more")
        if name in _COUNTS and (not isinstance(weight, int) or weight < 1):
            raise TaxonomyError(f"{where}: must be a whole number, 1 or more")
    if weights["secondary_min_share_of_top"] > 1:
        raise TaxonomyError("meta.weights.secondary_min_share_of_top: must be at most 1")


def _terms(value: Any, where: str, ambiguous: bool = False) -> None:
    for number, term in enumerate(_list(value, where), start=1):
        try:
            if not isinstance(term, str):
                raise TermError(f"{term!r} is no text; put it in quotes")
            compile_term(term, plural=ambiguous)
        except TermError as error:
            raise TaxonomyError(f"{where}, number {number}: {error}") from None


def _lexicons(domain: dict[str, Any], name: str) -> Iterator[str]:
    excluded = _mapping(domain["exclude_phrases"], f"{name}.exclude_phrases")
    for language, value in _mapping(domain["lexicon"], f"{name}.lexicon").items():
        where = f"{name}.lexicon.{language}"
        if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
            raise TaxonomyError(f"{where}: {language!r} is no language code")
        lexicon = _mapping(value, where, "strong", "support", "ambiguous")
        if not lexicon["strong"]:
            raise TaxonomyError(f"{where}.strong: needs at least one term")
        _terms(lexicon["strong"], f"{where}.strong")
        _terms(lexicon["support"], f"{where}.support")
        for number, entry in enumerate(_list(lexicon["ambiguous"], f"{where}.ambiguous"), start=1):
            place = f"{where}.ambiguous, number {number}"
            rule = _mapping(entry, place, "term", "with", "not")
            _terms([rule["term"]], place, ambiguous=True)
            _terms(rule["with"], f"{place}, with")
            _terms(rule["not"], f"{place}, not")
            if not rule["with"]:
                raise TaxonomyError(f"{place}: {rule['term']!r} needs at least one context under `with`")
        if language not in excluded:
            raise TaxonomyError(f"{name}.exclude_phrases: `{language}` is missing")
        _terms(excluded[language], f"{name}.exclude_phrases.{language}")
        yield language


def _domain(value: Any, place: str) -> tuple[str, set[str]]:
    """The id and the languages of one domain."""
    domain = _mapping(value, place, "id", "order", "name", "sub_threats", "lexicon", "exclude_phrases")
    name = domain["id"]
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise TaxonomyError(f"{place}: id {name!r} must be lower-case letters, digits and _")
    if not isinstance(domain["order"], int):
        raise TaxonomyError(f"{name}.order: must be a whole number")
    _mapping(domain["name"], f"{name}.name", "nl", "en")
    seen: set[str] = set()
    for number, entry in enumerate(_list(domain["sub_threats"], f"{name}.sub_threats"), start=1):
        threat = _mapping(entry, f"{name}.sub_threats, number {number}", "id", "nl", "en")
        first, _, rest = str(threat["id"]).partition(".")
        if first != name or not _ID.fullmatch(rest):
            raise TaxonomyError(f"{name}.sub_threats: id {threat['id']!r} must be {name}.something")
        if threat["id"] in seen:
            raise TaxonomyError(f"{name}.sub_threats: {threat['id']} occurs twice")
        seen.add(threat["id"])
        for part in _list(threat.get("terms", []), f"{threat['id']}.terms"):
            if not isinstance(part, str) or not part.strip():
                raise TaxonomyError(f"{threat['id']}.terms: {part!r} is no text")
    return name, set(_lexicons(domain, name))


def checked(data: Any) -> dict[str, Any]:
    """`data` as read from a taxonomy file, if it is one. Raises TaxonomyError."""
    whole = _mapping(data, "the file", "meta", "domains")
    meta = _mapping(whole["meta"], "meta", "taxonomy_version", "weights")
    _weights(meta["weights"])
    if not _list(whole["domains"], "domains"):
        raise TaxonomyError("domains: needs at least one domain")
    languages: dict[str, set[str]] = {}
    for number, value in enumerate(whole["domains"], start=1):
        name, own = _domain(value, f"domains, number {number}")
        if name in languages:
            raise TaxonomyError(f"domains: {name} occurs twice")
        languages[name] = own
        first = next(iter(languages))
        if own != languages[first]:
            raise TaxonomyError(f"{name}.lexicon: has other languages than {first}")
    return whole
