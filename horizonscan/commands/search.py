"""Find signals: words, "phrases", prefix*, fuzzy~1, AND, OR, NOT, and fields such as domain: or published:.

For example: dijk* domain:climate part:bonaire published:>=now-7d -severity:A"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from horizonscan.errors import CommandError, UsageError

if TYPE_CHECKING:
    from search.finding import Found, FoundSignal

_WAIT_SECONDS = 60.0
_SHOWN_VALUES = 8
_INDENT = " " * 18
_AROUND = 78 - len(_INDENT)
_INSTEAD = {
    "missing": "undated, first seen then",
    "empty": "undated, first seen then",
    "future": "dated in the future, first seen then",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("query", nargs="+", metavar="QUERY", help="what to find; everything: '*'")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="hits to show (default 20)")
    parser.add_argument("--sort", choices=["published", "relevance"], default="published")
    parser.add_argument("--explain", action="store_true", help="say what the query asks, and search nothing")
    parser.add_argument("--language", choices=["nl", "en"], default="en", help="of the explanation")
    parser.add_argument("--facets", action="store_true", help="count hits by domain, source, language …")


def run(args: argparse.Namespace) -> int:
    if not 0 <= args.limit <= 1_000:
        raise UsageError("--limit takes 0 to 1000")
    if args.explain:
        return _explain(args)

    from crawlers import coverage
    from horizonscan import store
    from search.analysis import query
    from search.engine import EngineUnavailable, IndexMissing
    from search.finding import find
    from search.query import QueryError
    from search.values import UNREADABLE

    store.ready()
    text = " ".join(args.query)
    asked = partial(find, text, sort=args.sort, limit=args.limit, facets=args.facets, suggest=True)
    try:
        try:
            found = asked()
        except IndexMissing:
            _make_index()
            found = asked()
    except QueryError as error:
        raise UsageError(str(error)) from None
    except UNREADABLE as error:
        raise CommandError(str(error)) from None
    except EngineUnavailable as error:
        raise CommandError(f"{error}; try again later, or see ELASTICSEARCH_URL") from None
    except IndexMissing as error:
        raise CommandError(f"{error}; run `horizonscan reindex`") from None
    told = coverage.of_query(query(text).core)
    if args.json:
        print(json.dumps(_object(found) | {"coverage": told.json()}, ensure_ascii=False))
    else:
        _show(found)
        if not told.complete:
            sys.stderr.write(f"coverage: {printable(told.sentence())}\n")
    return 0


def _explain(args: argparse.Namespace) -> int:
    from search.analysis import query
    from search.query import QueryError
    from search.query.explain import explain
    from search.values import UNREADABLE

    text = " ".join(args.query)
    try:
        lines = explain(query(text), args.language)
    except QueryError as error:
        raise UsageError(str(error)) from None
    except UNREADABLE as error:
        raise CommandError(str(error)) from None
    if args.json:
        print(json.dumps({"query": text, "explanation": lines}, ensure_ascii=False))
    else:
        print("\n".join(map(printable, lines)))
    return 0


def _make_index() -> None:
    """An index that is missing is made here, or by whoever is indexing already, which takes a moment."""
    from horizonscan.commands.reindex import bar
    from search import engines, holder, indexing

    until = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < until:
        try:
            with holder.holding(), bar() as progress:
                indexing.ensure(engines.writer(), progress)
                while indexing.index_waiting(engines.writer()):
                    pass
                return
        except holder.Held:
            if engines.reader().trouble() is None:
                return
            time.sleep(0.2)


def _object(found: Found) -> dict[str, Any]:
    """The contract that scripts rely on."""
    hits = [
        {
            "id": hit.id,
            "title": hit.title,
            "url": hit.url or None,
            "published": hit.published.isoformat().replace("+00:00", "Z"),
            "domains": list(hit.domains),
            "severity": hit.severity or None,
            "relevance": hit.relevance or None,
            "parts": dict(hit.parts),
            "countries": list(hit.countries),
            "places": list(hit.places),
            "entities": list(hit.entities),
            "source": hit.source,
            "also": list(hit.also),
            "duplicate_of": hit.duplicate_of,
            "update_of": hit.update_of,
        }
        for hit in found.hits
    ]
    facets = {name: dict(values) for name, values in found.facets.items()}
    meant = [asdict(suggestion) for suggestion in found.suggestions]
    return {
        "total": found.total,
        "hits": hits,
        "facets": facets,
        "notes": list(found.notes),
        "suggestions": meant,
    }


def _show(found: Found) -> None:
    for note in found.notes:
        sys.stderr.write(f"note: {printable(note)}\n")
    if found.suggestions:
        sys.stderr.write(f"did you mean: {printable(found.suggestions[0].query)}\n")
    colour = sys.stdout.isatty()
    for hit in found.hits:
        print(_line(hit, colour))
    for name, values in found.facets.items():
        if values:
            shown = ", ".join(f"{value} {count}" for value, count in values[:_SHOWN_VALUES])
            print(f"{name:<9} {shown}{', …' if len(values) > _SHOWN_VALUES else ''}")
    more = found.total - len(found.hits)
    rest = f", {more} more (--limit)" if more > 0 and found.hits else ""
    print(f"{found.total} found{rest}; times are UTC" if found.total else "nothing found")


def _line(hit: FoundSignal, colour: bool) -> str:
    """Two lines a hit: when and what, then who says so, about what, and where to read it. More lines name
    others who reported it and show what was found where the title does not."""
    title = printable(_bold(hit.title, hit.title_highlights) if colour else hit.title)
    about = f" [{', '.join(hit.domains)}]" if hit.domains else ""
    about += f" severity {hit.severity}" if hit.severity else ""
    about += f" {_concerned(hit)}" if hit.relevance else ""
    about += f" ({_INSTEAD[hit.published_flag]})" if hit.published_flag in _INSTEAD else ""
    number = f"#{hit.id}".ljust(len(_INDENT))
    lines = [
        f"{hit.published:%Y-%m-%d %H:%M}  {title}",
        f"{number}{printable(hit.source)}{printable(about)} {printable(hit.url)}".rstrip(),
    ]
    if hit.also:
        shown = ", ".join(hit.also[:_SHOWN_VALUES]) + (", …" if hit.also[_SHOWN_VALUES:] else "")
        lines.append(f"{_INDENT}also: {printable(shown)}")
    if hit.excerpt_highlights and not hit.title_highlights:
        lines.append(_INDENT + printable(_passage(hit.excerpt, hit.excerpt_highlights, colour)))
    return "\n".join(lines)


def _concerned(hit: FoundSignal) -> str:
    """The parts of the Kingdom that it concerns most."""
    strongest = [part for part, relevance in hit.parts.items() if relevance == hit.relevance]
    return f"{hit.relevance} {', '.join(strongest)}".strip()


def _passage(text: str, places: list[tuple[int, int]], colour: bool) -> str:
    """The words around the first place that was found, on one line."""
    start = max(0, places[0][0] - _AROUND // 3)
    if start:
        start = text.find(" ", start, places[0][0]) + 1 or places[0][0]
    end = min(len(text), max(start + _AROUND - 4, places[0][1]))
    if end < len(text):
        end = max(text.rfind(" ", places[0][1], end), places[0][1])
    shown = text[start:end]
    if colour:
        shown = _bold(shown, [(a - start, b - start) for a, b in places if start <= a and b <= end])
    return ("… " if start else "") + shown.strip() + (" …" if end < len(text) else "")


def _bold(text: str, places: list[tuple[int, int]]) -> str:
    made, at = [], 0
    for start, end in places:
        made += [text[at:start], "\x01", text[start:end], "\x02"]
        at = end
    return "".join([*made, text[at:]])


def printable(text: str) -> str:
    """What sources wrote never steers the terminal: control characters go, our own marks become bold."""
    shown = "".join(
        character if character.isprintable() or character in "\x01\x02" else " " for character in text
    )
    return shown.replace("\x01", "\x1b[1m").replace("\x02", "\x1b[0m")
