"""A document as the formats see it: its bytes unpacked, its text, what kind of text that is, read when asked.

Recognising is by content only. The content type is used for the charset it may name and for nothing else.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from ingest.entries import FormatError
from ingest.formats import markup as xml
from ingest.formats import partial_json
from ingest.formats.decode import decode

MAX_BODY = 10 * 1024 * 1024

Kind = Literal["xml", "html", "json", "text"]

_MAGIC = (
    (b"PK\x03\x04", "a ZIP archive (or an Office file)"),
    (b"%PDF", "a PDF file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "an image or sound file (RIFF)"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed"),
    (b"BZh", "bzip2-compressed"),
    (b"\xfd7zXZ", "xz-compressed"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database"),
)
_HTML_ROOTS = frozenset(
    {"html", "head", "body", "title", "meta", "script", "style", "iframe", "table", "form", "center", "pre"}
    | {"p", "div", "span", "h1", "h2", "h3", "ul", "br", "hr", "a", "b", "i"}
)
_PAGE = re.compile(r"<!doctype\s+html|<html[\s>]", re.IGNORECASE)


@dataclass(frozen=True)
class Document:
    """One document, unpacked. `body` is at most the limit `unpack` was given."""

    body: bytes
    content_type: str | None = None

    @cached_property
    def text(self) -> str:
        return decode(self.body, self.content_type)

    @cached_property
    def _start(self) -> int:
        """Where the document starts in `text`: after white space, or after junk before a feed."""
        stripped = self.text.lstrip("\ufeff \t\r\n\x00")
        start = len(self.text) - len(stripped)
        if stripped[:1] in ("{", "["):
            return start
        feed = xml.feed_start(self.text)
        if feed > start and not _PAGE.search(self.text, 0, feed):
            return feed
        return start

    @cached_property
    def kind(self) -> Kind:
        first = self.text[self._start : self._start + 1]
        if first in ("{", "["):
            return "json"
        if first != "<":
            return "text"
        if self.markup is None:
            return "html" if _PAGE.search(self.text, 0, 2_000) else "xml"
        return "html" if self.markup.name.lower() in _HTML_ROOTS else "xml"

    @cached_property
    def markup(self) -> xml.Markup | None:
        """The XML from its root element on; None where there is none. Raises FormatError at an attack."""
        return xml.read(self.text, self._start)

    @cached_property
    def root(self) -> str:
        """The root element's local name in lower case; "" where the document is not XML."""
        return self.markup.name.lower() if self.kind == "xml" and self.markup else ""

    @cached_property
    def _json(self) -> tuple[Any, bool]:
        return partial_json.loads(self.text[self._start :])

    @property
    def json(self) -> Any:
        """The JSON value, in part where it breaks off; None where this is no JSON. Raises FormatError."""
        return self._json[0] if self.kind == "json" else None

    @property
    def json_truncated(self) -> bool:
        return self.kind == "json" and self._json[1]

    @property
    def members(self) -> dict[str, Any]:
        """The JSON object's members; empty for anything else."""
        return self.json if isinstance(self.json, dict) else {}


def _gunzipped(body: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        raise FormatError(f"gzip that cannot be unpacked ({error}); fetch the file again") from None
    return unpacked


def unpack(body: bytes, content_type: str | None = None, limit: int = MAX_BODY) -> Document:
    """The document in `body` (gzip is unpacked). Raises FormatError where it is empty, too big or no text."""
    if body.startswith(b"\x1f\x8b"):
        body = _gunzipped(body, limit)
    if len(body) > limit:
        raise FormatError(f"larger than {limit:,} bytes; HORIZONSCAN_MAX_BODY sets the limit")
    if not body.strip(b" \t\r\n\x00"):
        raise FormatError("empty: the file or the answer holds nothing")
    for magic, name in _MAGIC:
        if body.startswith(magic):
            raise FormatError(f"{name}, not a feed; give the address of the feed itself")
    document = Document(body, content_type)
    head = document.text[:2_000]
    if sum(character < " " and character not in "\t\r\n\f\x1b" for character in head) > len(head) // 10:
        raise FormatError("binary data, not a feed; give the address of the feed itself")
    return document
