"""Why a search found nothing, as far as the store and the query tell: what a person should know then."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.judge import taxonomy
from ingest.models import Signal, Source
from search.query import parse, tree


def hints(query: str) -> list[str]:
    """A line for each reason found; none where a query that parses simply matches nothing."""
    if not Signal.objects.exists():
        return ["nothing is stored here yet: `horizonscan up` gathers, `horizonscan ingest` takes files in"]
    root = parse(query).tree
    return [] if root is None else list(dict.fromkeys(filter(None, map(_unknown, _words(root)))))


def _words(node: tree.Node) -> Iterator[tree.Word | tree.Quoted]:
    """The exact values that the query asks for; what follows NOT cannot be why nothing was found."""
    if isinstance(node, tree.Conjunction | tree.Disjunction):
        for item in node.items:
            yield from _words(item)
    elif isinstance(node, tree.Word | tree.Quoted):
        yield node


def _unknown(word: tree.Word | tree.Quoted) -> str:
    """Names a value that its field does not have, with the values there are; else empty."""
    value = word.text.strip().lower()
    match word.field:
        case "domain":
            there = taxonomy.load().ids
            return "" if value in there else f"there is no domain {value!r}; there are {', '.join(there)}"
        case "threat":
            threats = {threat.id for domain in taxonomy.load().domains for threat in domain.threats}
            return (
                "" if value in threats else f"there is no threat {value!r}; --facets shows the ones there are"
            )
        case "source":
            if Source.objects.filter(slug=value).exists():
                return ""
            return f"there is no source {value!r}; `horizonscan sources list` shows them"
        case "lang" | "origin":
            column = "language" if word.field == "lang" else "source__country"
            held = sorted(set(Signal.objects.order_by().values_list(column, flat=True).distinct()) - {""})
            if value in held:
                return ""
            return f"no signal has {word.field}:{value}; there are {', '.join(held) or 'none'}"
    return ""
