"""The fields of a CAP 1.1 / 1.2 alert (OASIS Common Alerting Protocol), wherever it stands.

An alert's official record is its elements as JSON values under their own names (`info`, `area` … are lists),
plus at the top what decides: event, severity, urgency, certainty, onset, expires and `areas`, taken from the
`info` block in Dutch, else English, else the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from ingest.formats.values import string

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1."
_LISTS = frozenset(
    {"code", "info", "category", "responseType", "eventCode", "parameter"}
    | {"resource", "area", "polygon", "circle", "geocode"}
)
_TOP = ("event", "severity", "urgency", "certainty", "effective", "onset", "expires")
_PREFERRED = ("nl", "en")
_DEEPEST = 8


def tree(text: str) -> Any:
    """The element tree of `text`, repaired where it must be; None where nothing can be read.

    No entity, no network, no tree deeper than libxml2's safe limit.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        recover=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError:
        return None


def _name(element: Any) -> tuple[str, str]:
    """Namespace and local name of an element."""
    if not isinstance(element.tag, str):
        return "", ""
    space, _, name = element.tag.rpartition("}")
    return space.lstrip("{"), name


def _children(element: Any) -> Iterator[tuple[str, Any]]:
    for child in element:
        space, name = _name(child)
        if space.startswith(NAMESPACE):
            yield name, child


def fields(element: Any, depth: int = 0) -> dict[str, Any]:
    """The CAP elements below `element`: text, objects, lists of either; no signatures.

    A file carried inside the alert (`derefUri`) is given by its length only.
    """
    found: dict[str, Any] = {}
    for name, child in _children(element):
        nested = depth < _DEEPEST and any(True for _ in _children(child))
        value: Any = fields(child, depth + 1) if nested else string("".join(child.itertext()))
        if name == "derefUri":
            name, value = "derefUriLength", len(value)
        if not value:
            continue
        if name in _LISTS:
            found.setdefault(name, []).append(value)
        elif name in found:
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        else:
            found[name] = value
    return found


def _chosen(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The info block that speaks for the alert; the record itself where its fields stand loose."""
    blocks = [block for block in record.get("info", ()) if isinstance(block, Mapping)]
    if not blocks:
        return record
    for wanted in _PREFERRED:
        for block in blocks:
            if string(block.get("language") or "en-US").lower().startswith(wanted):
                return block
    return blocks[0]


def record(element: Any) -> dict[str, Any]:
    """The official record of an alert, or of an entry with CAP elements in it; empty where none are."""
    found = fields(element)
    if not found:
        return {}
    chosen = _chosen(found)
    top = {name: string(chosen[name]) for name in _TOP if isinstance(chosen.get(name), str)}
    areas = [string(area.get("areaDesc")) for area in chosen.get("area", ()) if isinstance(area, Mapping)]
    loose = chosen.get("areaDesc", ())
    areas += [loose] if isinstance(loose, str) else list(loose)
    return {"record": "cap", **found, **top, "areas": [area for area in areas if area]}


def title(found: Mapping[str, Any]) -> str:
    """Headline, else event (with the area), of a record."""
    chosen = _chosen(found)
    headline = string(chosen.get("headline"))
    if headline:
        return headline
    event = string(chosen.get("event"))
    area = ", ".join(found.get("areas", ())[:3])
    return f"{event}: {area}" if event and area else event


def summary(found: Mapping[str, Any]) -> str:
    """Description and instruction of a record."""
    chosen = _chosen(found)
    parts = (string(chosen.get("description")), string(chosen.get("instruction")))
    return "\n".join(part for part in parts if part)


def chosen_field(found: Mapping[str, Any], name: str) -> str:
    """One plain field of the info block that speaks for the alert."""
    return string(_chosen(found).get(name))


def alerts(root: Any) -> Iterator[Any]:
    """Every alert element in a tree, in document order."""
    for element in root.iter():
        space, name = _name(element)
        if name == "alert" and space.startswith(NAMESPACE):
            yield element


def _in_text(entry: Any) -> Any:
    """The alert that an entry's content carries as escaped text, if any."""
    for element in entry:
        if (
            _name(element)[1] in ("content", "encoded", "description")
            and element.text
            and NAMESPACE in element.text
        ):
            start = element.text.find("<")
            inner = tree(element.text[start:]) if start >= 0 else None
            if inner is not None:
                return next(alerts(inner), None)
    return None


def embedded(text: str) -> list[dict[str, Any]]:
    """For each entry of a feed, in order, the record of the alert in it; empty where an entry has none."""
    root = tree(text)
    if root is None:
        return []
    found = []
    for element in root.iter():
        if _name(element)[1] not in ("item", "entry"):
            continue
        alert = next(alerts(element), None)
        if alert is None:
            alert = _in_text(element)
        found.append(record(element if alert is None else alert))
    return found
