"""The search document: the one form in which a signal enters an index, a percolation batch or a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ingest.text.analyzer import STEMMED, search_stems, words
from search.core import MAX_SECOND
from search.query.fields import LEVELS

if TYPE_CHECKING:
    from ingest.models import Signal

BOUNDARY = "¶¶¶"
"""Stands between title and excerpt so that no phrase crosses. No token holds it, and it is longer than
any fuzzy distance, so no query reaches it."""

KEYWORDS = (
    *("domain", "threat", "source", "lang", "url", "origin"),
    *("country", "place", "part", "near", "relevance", "entity"),
)
"""Fields of exact values in lower case; everything that lists such fields reads this."""

_ID_BITS = 30


class Unbuildable(ValueError):
    """These facts make no document; the message says which one is wrong."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the index shows of a signal, from SQL or from a test. Times are aware; severity A-E or empty.

    `source` is the owner's slug, `sightings` those of the others that reported it: `source:` finds both.
    `origin` is the owner's country, `countries` those it is about (ISO 3166). `places` holds gazetteer ids,
    with those of the places around. `parts` says of parts of the Kingdom how far it concerns them.
    """

    id: int
    revision: int
    title: str
    excerpt: str
    published: datetime
    seen: datetime
    url: str = ""
    language: str = ""
    source: str = ""
    sightings: Sequence[str] = ()
    origin: str = ""
    domains: Sequence[str] = ()
    threats: Sequence[str] = ()
    severity: str = ""
    countries: Sequence[str] = ()
    places: Sequence[str] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    relevance: str = ""
    entities: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One document, analysed: text fields are tokens with spaces between, keyword fields exact values."""

    id: int
    revision: int
    key: int
    published: int
    seen: int
    severity: int
    texts: dict[str, str]
    keywords: dict[str, tuple[str, ...]]
    title: str
    excerpt: str


def clamped(moment: datetime) -> int:
    """Whole seconds since 1970, 0 to 2**33 - 1."""
    return min(MAX_SECOND, max(0, int(moment.timestamp() // 1)))


def sort_key(published: int, signal: int) -> int:
    """One integer that orders signals by time and then by id, below 2**63."""
    return (published << _ID_BITS) | (signal & ((1 << _ID_BITS) - 1))


def address(url: str) -> str:
    """A URL as it is compared: no scheme, no `www.`, no fragment, no slash at the end, lower case."""
    text = url.strip().lower()
    scheme, separator, rest = text.partition("://")
    if separator and scheme.isalnum():
        text = rest
    return text.removeprefix("www.").partition("#")[0].rstrip("/")


def addresses(url: str) -> tuple[str, ...]:
    """What `url:` finds a signal by: the whole address, its host, and the domains the host is in."""
    whole = address(url)
    if not whole:
        return ()
    host = whole.partition("/")[0].partition("?")[0].rpartition("@")[2]
    labels = host.partition(":")[0].split(".")
    domains = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    return tuple(dict.fromkeys([whole, host, *domains]))


def _texts(facts: Facts) -> dict[str, str]:
    """The analysed text fields. Stems stand in the document's own language, in both where it is unknown."""
    title, excerpt = words(facts.title), words(facts.excerpt)
    texts = {"folded": " ".join([*title, BOUNDARY, *excerpt]), "title_folded": " ".join(title)}
    for language in STEMMED:
        own = facts.language[:2].lower() in (language, "")
        stemmed = search_stems(facts.title, language) if own else []
        rest = search_stems(facts.excerpt, language) if own else []
        texts[f"stems_{language}"] = " ".join([*stemmed, *rest])
        texts[f"title_stems_{language}"] = " ".join(stemmed)
    # Engines count the documents that have a field differently, so all have all: relevance stays close.
    return {name: text or BOUNDARY for name, text in texts.items()}


def _names(what: str, values: Sequence[str]) -> tuple[str, ...]:
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
        raise Unbuildable(f"{what} is not a list of names: {str(values)[:80]}")
    return tuple(dict.fromkeys(value.lower() for value in values if value))


def _parts(parts: Mapping[str, str], relevance: str) -> list[str]:
    """The parts that a signal concerns so far."""
    if not isinstance(parts, Mapping):
        raise Unbuildable(f"parts is not a list of parts and their relevance: {str(parts)[:80]}")
    return [part for part, found in parts.items() if found == relevance]


def build(facts: Facts) -> SearchDocument:
    """The document of `facts`. Raises Unbuildable."""
    if not isinstance(facts.title, str) or not isinstance(facts.excerpt, str):
        raise Unbuildable("title or excerpt is not text")
    if facts.severity and facts.severity.lower() not in LEVELS:
        raise Unbuildable(f"severity {facts.severity!r} is not A to E")
    published = clamped(facts.published)
    named = {
        "domain": facts.domains,
        "threat": facts.threats,
        "source": (facts.source, *facts.sightings),
        "lang": (facts.language,),
        "origin": (facts.origin,),
        "country": facts.countries,
        "place": facts.places,
        "part": _parts(facts.parts, "direct"),
        "near": _parts(facts.parts, "near"),
        "relevance": (facts.relevance,),
        "entity": facts.entities,
    }
    keywords = {name: _names(name, values) for name, values in named.items()}
    keywords["url"] = addresses(facts.url)
    return SearchDocument(
        id=facts.id,
        revision=facts.revision,
        key=sort_key(published, facts.id),
        published=published,
        seen=clamped(facts.seen),
        severity=LEVELS[facts.severity.lower()] if facts.severity else 0,
        texts=_texts(facts),
        keywords=keywords,
        title=facts.title,
        excerpt=facts.excerpt,
    )


def facts_of(signal: Signal, sightings: Sequence[str] = ()) -> Facts:
    """The facts of a signal row whose source is loaded with it; `sightings` are other sources' slugs."""
    return Facts(
        id=signal.pk,
        revision=signal.revision,
        title=signal.title,
        excerpt=signal.excerpt,
        published=signal.published.astimezone(UTC),
        seen=signal.seen.astimezone(UTC),
        url=signal.url,
        language=signal.language,
        source=signal.source.slug,
        sightings=sightings,
        origin=signal.source.country,
        domains=signal.domains,
        threats=signal.threats,
        severity=signal.severity,
        countries=signal.countries,
        places=signal.places,
        parts=signal.parts,
        relevance=signal.relevance,
        entities=signal.entities,
    )
