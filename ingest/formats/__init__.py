"""Formats: bytes in, entries out, recognised by content only.

A format is one module with `NAME`, `recognises(document) -> bool` and `parse(document) -> ParsedDocument`,
listed in `FORMATS`. To add one: write the module, list it, add a small document of it to the tests.
"""

from __future__ import annotations

from typing import Protocol

from ingest.entries import FormatError, ParsedDocument
from ingest.formats import atom, cap, csaf, jsonfeed, kev, ncsc, refusal, rss
from ingest.formats.document import MAX_BODY, Document, unpack


class Format(Protocol):
    """What a module in this package offers."""

    NAME: str

    def recognises(self, document: Document) -> bool: ...

    def parse(self, document: Document) -> ParsedDocument: ...


FORMATS: tuple[Format, ...] = (rss, atom, jsonfeed, csaf, kev, cap, ncsc)


def parse(body: bytes, *, content_type: str | None = None, limit: int = MAX_BODY) -> ParsedDocument:
    """The entries of one document of at most `limit` bytes (unpacked).

    `content_type` is the HTTP header's value; only its charset is used. Raises FormatError with one line a
    person understands where the document is empty, broken beyond use, an attack, or of no known format.
    """
    document = unpack(body, content_type, limit)
    for candidate in FORMATS:
        if candidate.recognises(document):
            return candidate.parse(document)
    raise FormatError(refusal.reason(document))
