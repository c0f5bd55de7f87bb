"""What stands of a signal as lines a person reads: what counts, and under it who says so and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from horizonscan.commands.search import printable
from ingest.models import Correction
from ingest.standing import Standing

_INDENT = " " * 11
_SHOWN = 6


def lines(found: Standing) -> Iterator[str]:
    """The signal, each thing that is said of it, then what was said and is in force no longer."""
    signal, judged = found.signal, found.judged
    text = f"{signal.title}\n{signal.excerpt}"
    said: dict[str, list[Correction]] = {}
    for each in reversed(found.corrections):
        if each.undone is None:
            said.setdefault(each.kind, []).append(each)
    yield f"{signal.pk}  {signal.published:%Y-%m-%d %H:%M}  {printable(signal.title)}"
    language = signal.language or "language unknown"
    yield f"{_INDENT}{printable(signal.source.name)} [{language}] {printable(signal.url)}".rstrip()
    if found.unjudged:
        reason = found.unjudged
        yield f"judged     not judged: {reason}" if reason != "not judged yet" else f"judged     {reason}"
    else:
        yield f"judged     by {found.model}{', and waits for the present judges' if found.outdated else ''}"
    domains = [_named(each, text) for each in judged["domains"]]
    domains += [f"perhaps {_named(each, text)}" for each in judged["candidates"]]
    yield from _part("domains", signal.domains, domains, said, "domain")
    reasons = [_why(reason, text) for reason in judged["severity_reasons"]]
    level = [judged["severity"] + _behind(reasons)] if judged["severity"] else []
    yield from _part("severity", [signal.severity], level, said, "severity")
    yield from _part(
        "places", signal.places, [_named(each, text) for each in judged["places"]], said, "place"
    )
    parts = [f"{part} {relevance}" for part, relevance in signal.parts.items()]
    reasons = [
        f"{each['part']} {each['relevance']}{_behind(_why(reason, text) for reason in each['reasons'])}"
        for each in judged["parts"]
    ]
    yield from _part("Kingdom", parts, reasons, said, "part")
    yield from _part(
        "entities", signal.entities, [_named(each, text) for each in judged["entities"]], said, ""
    )
    repeats = [str(signal.duplicate_of_id)] if signal.duplicate_of_id else []
    yield from _part("repeats", repeats, [], said, "duplicate")
    if signal.update_of_id:
        yield f"updates    {signal.update_of_id}"
    for each in found.corrections:
        if each.undone is not None:
            yield f"{'earlier':<11}{_word(each)}; undone {each.undone:%Y-%m-%d %H:%M} by {each.undone_by}"


def _part(
    name: str, stands: Sequence[str], machine: Sequence[str], said: Mapping[str, list[Correction]], kind: str
) -> Iterator[str]:
    yield f"{name:<11}{printable(', '.join(each for each in stands if each)) or 'none'}"
    for each in machine:
        yield f"{_INDENT}judged: {printable(each)}"
    for row in said.get(kind, ()):
        yield f"{_INDENT}person: {_word(row)}"


def _word(row: Correction) -> str:
    """`#3 domain crime: yes, by operator 2026-11-23 09:00 (a note)`."""
    match row.value:
        case True:
            value = "yes"
        case False:
            value = "no"
        case None | "":
            value = "none"
        case _:
            value = str(row.value)
    about = f"{row.kind} {row.key}".rstrip()
    note = f" ({printable(row.note)})" if row.note else ""
    return f"#{row.pk} {printable(about)}: {value}, by {printable(row.actor)} {row.at:%Y-%m-%d %H:%M}{note}"


def _named(each: Mapping[str, Any], text: str) -> str:
    """Its id and the words of the text that caused it."""
    return each["id"] + _behind(text[evidence["start"] : evidence["end"]] for evidence in each["evidence"])


def _why(reason: Mapping[str, Any], text: str) -> str:
    evidence = reason.get("evidence")
    words = [reason["rule"], reason["value"], text[evidence["start"] : evidence["end"]] if evidence else ""]
    return " ".join(dict.fromkeys(word for word in words if word))


def _behind(reasons: Iterable[str]) -> str:
    shown = list(dict.fromkeys(reasons))
    more = ", …" if len(shown) > _SHOWN else ""
    return f" ({', '.join(shown[:_SHOWN])}{more})" if shown else ""
