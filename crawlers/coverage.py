"""What cannot be seen at the moment: sources that are down, by domain and place, in numbers and in words.

One function for whoever shows results (search, pages, digests), so that all say the same: silence is not
safety. `coverage` reads the store with one query; everything after it is pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from crawlers.health.facts import DOWN
from ingest.judge import taxonomy
from ingest.judge.parts import NAMES, PARTS
from ingest.models import Source
from search import core

#: A source that is due for so long (or for three of its intervals) is polled by nobody.
PAUSE = timedelta(hours=3)
#: Sources that a sentence names.
NAMED = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One source as coverage sees it; `fault` is empty where it works, else of `health.SERIOUSNESS`, or
    `unpolled`: nobody polls it."""

    slug: str
    name: str
    country: str
    domains: tuple[str, ...]
    state: str
    since: datetime
    evidence: str
    fault: str

    @property
    def down(self) -> bool:
        return self.fault in DOWN or self.fault == "unpolled"


@dataclass(frozen=True, slots=True)
class Group:
    """The enabled sources of one domain or place (`kind`: all, domain, part or source; `id` as asked)."""

    kind: str
    id: str
    total: int
    new: int
    down: tuple[Line, ...]

    def sentence(self, language: str = "en") -> str:
        """One sentence, Dutch for `nl`, else English, without a full stop."""
        return _dutch(self) if language == "nl" else _english(self)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Groups in the order asked for; one of all sources where nothing was."""

    groups: tuple[Group, ...]

    @property
    def complete(self) -> bool:
        """Whether every group has sources and all of them work and were read."""
        return all(group.total and not group.down and not group.new for group in self.groups)

    def sentence(self, language: str = "en") -> str:
        """A sentence of every group with a gap; of all groups where there is none."""
        gaps = [g for g in self.groups if not g.total or g.down or g.new] or self.groups
        return "; ".join(group.sentence(language) for group in gaps)

    def json(self) -> list[dict[str, Any]]:
        """Plain values: kind, id, total, new, down (slug, name, state, since, evidence), sentence."""
        return [
            {
                **{"kind": g.kind, "id": g.id, "total": g.total, "new": g.new, "sentence": g.sentence()},
                "down": [
                    {**{k: v for k, v in asdict(line).items() if k in _SHOWN}, "since": _iso(line.since)}
                    for line in g.down
                ],
            }
            for g in self.groups
        ]


_SHOWN = ("slug", "name", "state", "evidence")


def coverage(
    domains: Sequence[str] = (),
    parts: Sequence[str] = (),
    now: datetime | None = None,
    *,
    sources: Sequence[str] = (),
) -> Coverage:
    """What is covered of threat domains (ids), parts of the Kingdom or countries (ISO 3166, Kingdom parts as
    BQ-SA) and sources (slugs). Nothing given: all enabled sources together."""
    lines = read(now or timezone.now())
    groups = [_group("domain", each, (x for x in lines if each in x.domains)) for each in domains]
    groups += [_group("part", each.upper(), (x for x in lines if _covers(x, each))) for each in parts]
    groups += [_group("source", each, (x for x in lines if x.slug == each)) for each in sources]
    return Coverage(tuple(groups) or (_group("all", "", lines),))


def overview(now: datetime | None = None) -> Coverage:
    """All sources, every domain of the taxonomy and every part of the Kingdom."""
    lines = read(now or timezone.now())
    domains = [_group("domain", i, (x for x in lines if i in x.domains)) for i in taxonomy.load().ids]
    parts = [_group("part", part, (x for x in lines if _covers(x, part))) for part in PARTS]
    return Coverage((_group("all", "", lines), *domains, *parts))


def of_query(query: core.Core | None, now: datetime | None = None) -> Coverage:
    """What is covered of the domains, places and sources that a query asks for; else of everything."""
    asked: dict[str, list[str]] = {"domain": [], "part": [], "source": []}
    for field, token in dict.fromkeys(_asked(query)) if query is not None else ():
        if field == "threat":
            field, token = "domain", token.partition(".")[0]
        if field in ("near", "origin") or (field == "country" and token.upper() in (*PARTS, "BQ")):
            field = "part"
        if field in asked and token not in asked[field]:
            asked[field].append(token)
    return coverage(asked["domain"], asked["part"], now, sources=asked["source"])


def _asked(node: core.Core) -> Iterator[tuple[str, str]]:
    """Values that a hit may have; what follows NOT is not asked for."""
    match node:
        case core.Term(field, token):
            yield field, token
        case core.And(items) | core.Or(items):
            for item in items:
                yield from _asked(item)


def read(now: datetime) -> list[Line]:
    """Every enabled source but the canary, by slug. One query."""
    columns = (
        *("slug", "name", "country", "domain_prior", "kind", "interval", "url", "created"),
        *("state__health", "state__health_since", "state__health_evidence", "state__next_due"),
        *("state__last_polled", "vitals__faults"),
    )
    # The canary is watched by itself: it is no source of news.
    sources = Source.objects.filter(enabled=True).exclude(kind=Source.Kind.CANARY)
    return [_line(row, now) for row in sources.values(*columns).order_by("slug")]


def _line(row: dict[str, Any], now: datetime) -> Line:
    state, since = row["state__health"] or "new", row["state__health_since"] or row["created"]
    evidence = row["state__health_evidence"] or "not polled yet"
    faults = row["vitals__faults"] or []
    fault = faults[0]["fault"] if faults else (state if state in DOWN else "")
    due, late = row["state__next_due"], max(PAUSE, 3 * timedelta(seconds=row["interval"]))
    polled = row["kind"] != Source.Kind.RECORDED and row["url"] and row["state__last_polled"]
    if polled and state != "gone" and due is not None and due < now - late:
        state = fault = "unpolled"
        since = row["state__last_polled"]
        evidence = f"nobody has polled it since {since:%Y-%m-%d %H:%M} UTC"
    return Line(
        row["slug"], row["name"], row["country"], tuple(row["domain_prior"]), state, since, evidence, fault
    )


def _covers(line: Line, part: str) -> bool:
    """Whether a source is of a place: a source of the Caribbean Netherlands is of each of the islands."""
    place, wanted = line.country.upper(), part.upper()
    return place == wanted or (place == "BQ" and wanted.startswith("BQ-"))


def _group(kind: str, name: str, lines: Iterable[Line]) -> Group:
    held = list(lines)
    down = tuple(sorted((line for line in held if line.down), key=lambda line: line.since))
    return Group(kind, name, len(held), sum(line.state == "new" for line in held), down)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


_STATES_EN = {"volume": "silent", "unpolled": "not polled", "consent": "consent wall"}
_STATES_NL = {
    **{"gone": "opgeheven", "reserved": "voorbehouden", "blocked": "geblokkeerd", "error": "fout"},
    **{"consent": "toestemmingsmuur", "empty": "leeg", "frozen": "bevroren", "stale": "verouderd"},
    **{"volume": "stil", "unpolled": "niet bevraagd"},
}


def _names(group: Group, states: Mapping[str, str], since: str, more: str) -> str:
    shown = [
        f"{line.name} ({states.get(line.state, line.state)} {since} {line.since:%Y-%m-%d})"
        for line in group.down[:NAMED]
    ]
    rest = len(group.down) - NAMED
    return ", ".join([*shown, more.format(rest)] if rest > 0 else shown)


def _domain(group: Group, language: str) -> str:
    domain = next((each for each in taxonomy.load().domains if each.id == group.id), None)
    return domain.names.get(language, group.id).lower() if domain else group.id


def _place(part: str) -> str:
    return NAMES[part][0] if part in NAMES else part


def _english(group: Group) -> str:
    many = "source" if group.total == 1 else "sources"
    place = "the Netherlands" if group.id == "NL" else _place(group.id)
    what = {
        "domain": f"{group.id} {many}",
        "part": f"{many} for {place}",
        "source": f"{many} called {group.id}",
    }.get(group.kind, many)
    if not group.total:
        return {
            "domain": f"no source is listed for {group.id}",
            "part": f"no source is listed for {place}",
            "source": f"there is no enabled source {group.id}",
        }.get(group.kind, "there are no sources")
    new = f"; {group.new} not read yet" if group.new else ""
    if group.down:
        are = "is" if len(group.down) == 1 else "are"
        names = _names(group, _STATES_EN, "since", "and {} more")
        return f"{len(group.down)} of {group.total} {what} {are} down: {names}{new}"
    if new:
        return f"{group.new} of {group.total} {what} not read yet, none known to be down"
    return f"{group.total} {what}, none down"


def _dutch(group: Group) -> str:
    many = "bron" if group.total == 1 else "bronnen"
    place = _place(group.id)
    what = {
        "domain": f"{many} over {_domain(group, 'nl')}",
        "part": f"{many} voor {place}",
        "source": f"{many} {group.id}",
    }.get(group.kind, many)
    if not group.total:
        return {
            "domain": f"er staat geen bron op de lijst over {_domain(group, 'nl')}",
            "part": f"er staat geen bron op de lijst voor {place}",
            "source": f"er is geen bron {group.id} ingeschakeld",
        }.get(group.kind, "er zijn geen bronnen")
    new = f"; {group.new} nog niet gelezen" if group.new else ""
    if group.down:
        lie = "ligt" if len(group.down) == 1 else "liggen"
        names = _names(group, _STATES_NL, "sinds", "en nog {}")
        return f"{len(group.down)} van de {group.total} {what} {lie} stil: {names}{new}"
    if new:
        return (
            f"{group.new} van de {group.total} {what} nog niet gelezen, van geen is bekend dat die stilligt"
        )
    return f"{group.total} {what}, geen ligt stil"
