"""CAP 1.1 / 1.2 alerts that stand alone, several in one document, or in an EDXL-DE envelope."""

from __future__ import annotations

from ingest.entries import FormatError, ParsedDocument, RawEntry
from ingest.formats import breaks, cap_fields
from ingest.formats.document import Document
from ingest.formats.values import optional, string
from ingest.text.times import read as read_time

NAME = "cap"
MAX_ALERTS = 10_000
_ROOTS = ("alert", "alerts", "edxldistribution")


def recognises(document: Document) -> bool:
    if document.root not in _ROOTS or document.markup is None:
        return False
    return cap_fields.NAMESPACE in document.markup.text or document.root == "edxldistribution"


def _entry(record: dict[str, object]) -> RawEntry:
    sent = optional(record.get("sent"))
    return RawEntry(
        id=optional(record.get("identifier")),
        url=optional(cap_fields.chosen_field(record, "web")),
        title=cap_fields.title(record),
        summary=cap_fields.summary(record),
        published=sent,
        updated=sent,
        language=optional(cap_fields.chosen_field(record, "language")),
        official=record,
    )


def _envelope(root: object, name: str) -> str:
    """A field of an EDXL-DE envelope, whatever the version's namespace."""
    for element in root:  # type: ignore[attr-defined]
        if isinstance(element.tag, str) and element.tag.rpartition("}")[2] == name:
            return string(element.text)
    return ""


def parse(document: Document) -> ParsedDocument:
    """One entry an alert. Raises FormatError where the XML cannot be read."""
    if document.markup is None:
        raise FormatError("no XML element to read")
    part = breaks.whole(document.markup, ("alert",), MAX_ALERTS)
    root = cap_fields.tree(part.text)
    if root is None and part.truncated:
        return ParsedDocument(format=NAME, entries=(), truncated=True)
    if root is None:
        raise FormatError("a CAP alert whose XML cannot be read")
    entries: list[RawEntry] = []
    problems = [f"only the first {MAX_ALERTS:,} alerts were read"] if part.dropped else []
    for number, alert in enumerate(cap_fields.alerts(root), 1):
        record = cap_fields.record(alert)
        if record.get("identifier") or record.get("info"):
            entries.append(_entry(record))
        elif not part.truncated:
            problems.append(f"alert {number} has neither identifier nor info")
    first = entries[0].official if entries else {}
    sent = _envelope(root, "dateTimeSent") or max(
        (string(e.official.get("sent")) for e in entries), default=""
    )
    return ParsedDocument(
        format=NAME,
        entries=entries,
        feed_id=_envelope(root, "senderID") or optional(first.get("sender")),
        language=entries[0].language if entries else None,
        dated=read_time(sent),
        problems=problems,
        truncated=part.truncated,
    )
