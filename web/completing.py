"""Completing what is being typed: fields, and after a field its values by id or name, Dutch or English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from ingest.judge import gazetteer, taxonomy
from ingest.judge.entities import lists
from ingest.judge.gazetteer import normal
from ingest.judge.parts import PARTS
from ingest.models import Source
from search.query.fields import ALIASES, FIELDS, field
from search.query.phrases import FIELD_NAMES
from search.values import name
from web.templatetags.shown import SEVERITIES, severity_word

MOST = 12
_SHORTEST = 2
_LAST = re.compile(r"(?P<before>(?:.*[\s(])?-?)(?P<word>[^\s()\"]+)\Z", re.DOTALL)
#: Times that can be asked for after published: and seen:, with what they mean in Dutch and English.
_TIMES = (
    (">now-24h", "de laatste 24 uur", "the last 24 hours"),
    (">now-7d", "de laatste 7 dagen", "the last 7 days"),
    (">now-30d", "de laatste 30 dagen", "the last 30 days"),
    ("today", "vandaag", "today"),
    ("yesterday", "gisteren", "yesterday"),
)
_DUTCH = {
    meant: alias for alias, meant in reversed(ALIASES.items()) if alias not in ("language", "date", "site")
}


def own_name(field: str, dutch: bool) -> str:
    """A field as a reader of Dutch or English types it; queries take both."""
    return _DUTCH.get(field, field) if dutch else field


@dataclass(frozen=True, slots=True)
class Option:
    """`text` is the whole query with the completion in it, `label` what that completion means."""

    text: str
    label: str


def options(text: str, language: str) -> list[Option]:
    """What the end of `text` may become; nothing where it is an ordinary word that begins no field."""
    found = _LAST.match(text)
    if not found:
        return []
    before, word = found["before"], found["word"]
    typed, colon, value = word.partition(":")
    if not colon:
        return [Option(f"{before}{each}:", label) for each, label in _fields(typed, language)][:MOST]
    meant = field(typed)
    if meant is None:
        return []
    held: dict[str, str] = {}
    for number, label in _values(meant, value, language):
        held.setdefault(number, label)
        if len(held) == MOST:
            break
    return [Option(f"{before}{typed}:{_quoted(each)}", label) for each, label in held.items()]


def _fields(typed: str, language: str) -> Iterator[tuple[str, str]]:
    if len(typed) < _SHORTEST:
        return
    dutch = language == "nl"
    for each in FIELDS:
        own = own_name(each, dutch)
        label = FIELD_NAMES[each][dutch]
        if any(name.startswith(typed.lower()) for name in (own, each)):
            yield (own if own.startswith(typed.lower()) else each), label


def _values(field: str, typed: str, language: str) -> Iterator[tuple[str, str]]:
    match field:
        case "domain":
            yield from _named(field, taxonomy.load().ids, typed, language)
        case "threat":
            threats = (each.id for domain in taxonomy.load().domains for each in domain.threats)
            yield from _named(field, threats, typed, language)
        case "part" | "near":
            yield from _named(field, (part.lower() for part in PARTS), typed, language)
        case "country":
            yield from _named(field, (code.lower() for code in gazetteer.countries()), typed, language)
        case "severity":
            worse = typed.startswith(">=")
            letters = [each for each in SEVERITIES if each.startswith(typed.removeprefix(">=").upper())]
            yield from ((f"{'>=' if worse else ''}{each}", severity_word(each)) for each in letters)
        case "published" | "seen":
            for literal, dutch, english in _TIMES:
                if literal.startswith(typed):
                    yield literal, dutch if language == "nl" else english
        case "lang" | "origin":
            column = "language" if field == "lang" else "country"
            held = _listed().exclude(**{column: ""}).order_by().values_list(column, flat=True).distinct()
            yield from _named(field, sorted(each.lower() for each in held), typed, language)
        case "source" if typed:
            matching = Q(slug__istartswith=typed) | Q(name__icontains=typed)
            yield from _listed().filter(matching).order_by("slug").values_list("slug", "name")[:MOST]
        case "place" if len(typed) >= _SHORTEST:
            begun = normal(typed)
            for called, ids in gazetteer.load().by_name.items():
                if called.startswith(begun):
                    yield ids[0], gazetteer.name_of(ids[0], language) or called
        case "entity" if len(typed) >= _SHORTEST:
            for each in lists.load().keys:
                if each.lower().startswith(typed.lower()):
                    yield each, each
        case "relevance":
            yield from _named(field, ("direct", "near", "indirect"), typed, language)


def _listed() -> QuerySet[Source]:
    return Source.objects.exclude(kind=Source.Kind.CANARY)


def _named(field: str, ids: Iterable[str], typed: str, language: str) -> Iterator[tuple[str, str]]:
    """Ids that begin so, then those whose name has a word that begins so."""
    begun = typed.lower()
    held = [(each, name(field, each, language)) for each in ids]
    first = [each for each in held if each[0].startswith(begun) or f".{begun}" in each[0]]
    yield from first
    yield from (
        each for each in held if each not in first and f" {normal(begun)}" in f" {normal(each[1])}" and begun
    )


def _quoted(value: str) -> str:
    return f'"{value}"' if re.search(r"[\s()\"]", value) else value
