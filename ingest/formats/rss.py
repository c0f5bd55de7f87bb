"""RSS 0.9x, 1.0 (RDF) and 2.0."""

from __future__ import annotations

from ingest.entries import ParsedDocument
from ingest.formats import syndication
from ingest.formats.document import Document

NAME = "rss"


def recognises(document: Document) -> bool:
    return document.root in ("rss", "rdf")


def parse(document: Document) -> ParsedDocument:
    return syndication.read(document, NAME)
