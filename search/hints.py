"""Why a search found nothing, as far as store, index and query tell: what a person should know then."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.models import Signal, Source
from search.core import Core, Prefix, Range
from search.engine import Engine, Request
from search.query import tree
from search.query.fields import FIELDS, Kind
from search.values import meant

Asked = tree.Word | tree.Quoted | tree.Start | tree.Span


def hints(root: tree.Node | None, engine: Engine) -> list[str]:
    """A line for each reason found; none where a query simply matches nothing."""
    if not Signal.objects.exists():
        return ["nothing is stored here yet: `horizonscan up` gathers, `horizonscan ingest` takes files in"]
    if root is None:
        return []
    found = []
    for node in _asked(root):
        assert node.field is not None
        unused = _unused(node, engine)
        found.append(unused or ("" if isinstance(node, tree.Span | tree.Start) else _absent(node)))
    return [line for line in dict.fromkeys(found) if line]


def _asked(node: tree.Node) -> Iterator[Asked]:
    """The values that the query asks of fields; what follows NOT cannot be why nothing was found."""
    if isinstance(node, tree.Conjunction | tree.Disjunction):
        for item in node.items:
            yield from _asked(item)
    elif isinstance(node, Asked) and node.field and FIELDS[node.field] in (Kind.KEYWORD, Kind.LEVEL):
        yield node


def _unused(node: Asked, engine: Engine) -> str:
    """Says that no signal has any value in the field; empty where one has."""
    assert node.field is not None
    if isinstance(node, tree.Word | tree.Quoted) and node.text.lower() in ("none", "geen"):
        return ""
    level = FIELDS[node.field] is Kind.LEVEL
    any_value: Core = Range(node.field, 1, None) if level else Prefix(node.field, "")
    if engine.search(Request(any_value, limit=1)).total:
        return ""
    return f"no indexed signal has {node.field}: yet"


def _absent(word: tree.Word | tree.Quoted) -> str:
    """Names a value that no signal has in its field, with the values there are; else empty."""
    assert word.field is not None
    value = word.text.strip().lower()
    if word.field == "source":
        if Source.objects.filter(slug=value).exists():
            return ""
        return f"there is no source {value!r}; `horizonscan sources list` shows them"
    if word.field in ("lang", "origin"):
        value = meant(word.field, value).values[0]
        column = "language" if word.field == "lang" else "source__country"
        held = set(Signal.objects.order_by().values_list(column, flat=True).distinct()) - {""}
        if value in {each.lower() for each in held}:
            return ""
        return f"no signal has {word.field}:{value}; there are {', '.join(sorted(held)) or 'none'}"
    return ""
