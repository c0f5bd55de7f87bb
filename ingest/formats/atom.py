"""Atom 1.0 (RFC 4287) and 0.3; a single entry document as well."""

from __future__ import annotations

from ingest.entries import ParsedDocument
from ingest.formats import syndication
from ingest.formats.document import Document

NAME = "atom"
_NAMESPACES = ("http://www.w3.org/2005/atom", "http://purl.org/atom/")


def recognises(document: Document) -> bool:
    if document.root == "feed":
        return True
    markup = document.markup if document.root == "entry" else None
    return markup is not None and markup.namespace.lower().startswith(_NAMESPACES)


def parse(document: Document) -> ParsedDocument:
    return syndication.read(document, NAME)
