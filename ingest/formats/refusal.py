"""Why a document that no format recognises is refused, in one line a person understands."""

from __future__ import annotations

import html
import re

from ingest.formats.document import Document

_TITLE = re.compile(r"<title[^>]*>([^<]{1,300})", re.IGNORECASE)
_LINK = re.compile(r"<link\b[^>]{0,1000}>", re.IGNORECASE)
_FEED_TYPE = re.compile(r"""type\s*=\s*["']?application/(?:rss|atom|feed)\+""", re.IGNORECASE)
_HREF = re.compile(r"""href\s*=\s*["']?([^\s"'>]{1,300})""", re.IGNORECASE)
_HEAD = 100_000

_KNOWN_XML = {
    "opml": "an OPML list of feeds, not a feed; add the feeds it lists",
    "urlset": "a sitemap, not a feed",
    "sitemapindex": "a sitemap, not a feed",
    "service": "an Atom service document, not a feed; add the collections it lists",
    "channel": "CDF (Channel Definition Format), which is not read; ask the publisher for RSS or Atom",
    "error": "an error message in XML, not a feed; look at what the address serves",
    "svg": "an SVG image, not a feed",
}


def _page(document: Document) -> str:
    head = document.text[:_HEAD]
    title = _TITLE.search(head)
    named = " ".join(html.unescape(title[1]).split())[:80] if title else ""
    reason = f"an HTML page{f' titled “{named}”' if named else ''}, not a feed"
    for link in _LINK.findall(head):
        href = _HREF.search(link)
        if href and _FEED_TYPE.search(link):
            return f"{reason}; the page names its feed: {html.unescape(href[1])}"
    return f"{reason}; give the address of its feed"


def _json(document: Document) -> str:
    value = document.json
    if isinstance(value, dict):
        keys = ", ".join(str(key)[:40] for key in list(value)[:8]) or "none"
        return f"JSON of a shape that no format reads (top-level keys: {keys})"
    if isinstance(value, list):
        first = value[0] if value else None
        keys = ", ".join(str(key)[:40] for key in list(first)[:8]) if isinstance(first, dict) else ""
        return f"JSON of a shape that no format reads (a list{f' of objects with {keys}' if keys else ''})"
    return "JSON that is neither an object nor a list, so no feed"


def reason(document: Document) -> str:
    """One line: what the document is, and what to do where that is known. Raises FormatError."""
    if document.kind == "html":
        return _page(document)
    if document.kind == "json":
        return _json(document)
    if document.kind == "text":
        start = " ".join(document.text[:200].split())[:60]
        return f"text that is no feed, no advisory list and no JSON (starts with “{start}”)"
    markup = document.markup
    if markup is None:
        return "looks like XML but has no element: cut off, or no feed; look at what the address serves"
    known = _KNOWN_XML.get(document.root)
    if known:
        return known
    space = f" ({markup.namespace[:100]})" if markup.namespace else ""
    return f"XML whose root element is <{markup.qualified[:60]}>{space}, which no format reads"
