"""The values a result can be narrowed by: their names and counts, links that put them into the query or take
them out, and the gap beside a value whose sources are down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crawlers.coverage import Line
from ingest.judge import taxonomy
from ingest.judge.parts import PARTS
from ingest.models import Source
from search.narrowing import added, chosen, exchanged, removed
from search.values import name
from web.state import State
from web.templatetags.shown import SEVERITIES, severity_word

_SHOWN = 7
_MORE = 40
#: Each signal has one of these: another one takes its place.
_SINGLE = ("severity", "lang")
#: Short closed lists are shown whole, in their order.
_WHOLE = ("domain", "severity", "part")
_CLOSED: Mapping[str, Callable[[], Sequence[str]]] = {
    "domain": lambda: taxonomy.load().ids,
    "part": lambda: [each.lower() for each in PARTS],
}
TITLES = {
    "domain": _("Threat domain"),
    "threat": _("Threat"),
    "severity": _("Severity"),
    "part": _("Kingdom"),
    "country": _("Country"),
    "lang": _("Language"),
    "source": _("Source"),
}
_NONE = "none"


@dataclass(frozen=True, slots=True)
class Value:
    """One value with what is found of it. `gap`: sources of it that are down. `key` names its link."""

    key: str
    label: str
    count: int
    address: str
    chosen: bool
    gap: int = 0


@dataclass(frozen=True, slots=True)
class Facet:
    field: str
    title: str
    values: tuple[Value, ...]
    more: tuple[Value, ...] = ()


def facets(
    state: State,
    counted: Mapping[str, Sequence[tuple[str, int]]],
    total: int,
    sources: Sequence[Line],
    language: str,
) -> list[Facet]:
    """The facets in reading order; those without a value to choose are left out."""
    down = _down(sources)
    names = _names([*(value for value, _count in counted.get("source", ())), *chosen(state.q, "source")])
    found = []
    for field, title in TITLES.items():
        picked = chosen(state.q, field)
        counts = dict(counted.get(field, ()))
        if field == "threat":
            domains = chosen(state.q, "domain")
            counts = {each: n for each, n in counts.items() if each.partition(".")[0] in domains}
        if field == "severity" and total:
            counts = _severities(counts, total)
        if field in _CLOSED:
            # A value without hits is shown where its sources are down: that may be why.
            counts |= {each: 0 for each in _CLOSED[field]() if each not in counts and down.get((field, each))}
        counts |= {each: 0 for each in picked if each not in counts}
        values = [
            Value(
                key=f"{field}-{value}",
                label=names.get(value, value) if field == "source" else _label(field, value, language),
                count=count,
                address=_address(state, field, value, value in picked),
                chosen=value in picked,
                gap=down.get((field, value), 0),
            )
            for value, count in counts.items()
        ]
        # What is chosen stays in sight, so that it can be taken out again.
        whole = field in _WHOLE
        cut = len(values) if whole else _SHOWN
        if not whole:
            values.sort(key=lambda each: not each.chosen)
        if values:
            found.append(Facet(field, str(title), tuple(values[:cut]), tuple(values[cut:_MORE])))
    return found


def _severities(counts: Mapping[str, int], total: int) -> dict[str, int]:
    graded = {letter: counts.get(letter, 0) for letter in SEVERITIES}
    return {**graded, _NONE: max(0, total - sum(graded.values()))}


def _label(field: str, value: str, language: str) -> str:
    if field == "severity":
        return gettext("no incident") if value == _NONE else f"{value} {severity_word(value)}"
    return name(field, value, language)


def _address(state: State, field: str, value: str, picked: bool) -> str:
    if picked:
        return state.address(q=removed(state.q, field, value))
    change = exchanged if field in _SINGLE else added
    return state.address(q=change(state.q, field, value))


def _names(slugs: Sequence[str]) -> dict[str, str]:
    """The names of sources; two of one name carry their slug. The index has slugs in lower case."""
    wanted = set(slugs)
    held = Source.objects.values_list("slug", "name")
    names = {slug.lower(): name for slug, name in held if slug.lower() in wanted}
    several = {name for name in names.values() if list(names.values()).count(name) > 1}
    return {slug: f"{name} ({slug})" if name in several else name for slug, name in names.items()}


def _down(sources: Sequence[Line]) -> Mapping[tuple[str, str], int]:
    """By facet and value how many of its sources are down. Those of BQ are of each of its islands."""
    found: Counter[tuple[str, str]] = Counter()
    for line in sources:
        if line.down:
            place = line.country.lower()
            found[("source", line.slug.lower())] += 1
            found.update(("domain", each) for each in line.domains)
            found.update(
                ("part", part)
                for part in map(str.lower, PARTS)
                if part == place or (place == "bq" and part.startswith("bq-"))
            )
    return found
