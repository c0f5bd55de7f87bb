"""RSS 0.9x, 1.0 (RDF) and 2.0."""

from __future__ import annotations

from ingest.entries import ParsedDocument
from ingest.formats import syndication
from ingest.formats.document import Document

NAME = "rss"
# RDF is used for more than feeds; RSS 0.90 and 1.0 say which vocabulary they use.
_RDF_NAMESPACES = ("://purl.org/rss/", "://purl.org/net/rss", "netscape.com/rdf/simple/")
_HEAD = 20_000


def recognises(document: Document) -> bool:
    if document.root != "rdf":
        return document.root == "rss"
    head = document.markup.text[:_HEAD] if document.markup else ""
    return any(namespace in head for namespace in _RDF_NAMESPACES)


def parse(document: Document) -> ParsedDocument:
    return syndication.read(document, NAME)
