"""Bytes to text: what a document's encoding is, found from the bytes first and its own words second.

Order of trust: byte order mark, the XML declaration, UTF-8, the charset of the HTTP header. A name is
believed only if the bytes decode with it. Bytes that are not UTF-8 in a document that else is are read as
Windows-1252, byte by byte, which is what they nearly always are.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How `<?` looks without a byte order mark (XML 1.0, appendix F), and `<` or `{` before an ASCII character.
_SHAPES = (
    (re.compile(rb"\x00\x00\x00[<{\[]"), "utf-32-be"),
    (re.compile(rb"[<{\[]\x00\x00\x00"), "utf-32-le"),
    (re.compile(rb"\x00[<{\[]\x00[ -~\r\n]"), "utf-16-be"),
    (re.compile(rb"[<{\[]\x00[ -~\r\n]\x00"), "utf-16-le"),
    (re.compile(rb"\x4c\x6f\xa7\x94"), "cp037"),
)
_DECLARED = re.compile(r"""<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([A-Za-z0-9._:\-]+)""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9._:\-]+)""", re.IGNORECASE)
# Browsers and feed readers read these names as the larger set (WHATWG Encoding Standard, 4.2).
_LARGER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
}
# Text encodings of Python's that no publisher's document is in.
_STRANGE = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return bad.decode("cp1252", "replace"), error.end


codecs.register_error("horizonscan-cp1252", _as_windows_1252)


def _known(name: str | None) -> str | None:
    """Python's name of a text encoding, None where there is none (or one no document uses)."""
    if not name:
        return None
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if not getattr(info, "_is_text_encoding", True) or info.name.replace("-", "_") in _STRANGE:
        return None
    return _LARGER.get(info.name, info.name)


def _decoded(body: bytes, encoding: str, errors: str = "strict") -> str | None:
    try:
        # Not final: the bytes of a character cut in two at the end are left out, not an error.
        return codecs.getincrementaldecoder(encoding)(errors).decode(body, False)
    except (UnicodeError, ValueError):
        return None


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of `body`, without a byte order mark. Never fails; never reads what a name alone promises."""
    for mark, marked in _MARKS:
        if body.startswith(mark):
            body = body[len(mark) :]
            return _decoded(body, marked) or _decoded(body, marked, "replace") or ""
    shape = next((encoding for pattern, encoding in _SHAPES if pattern.match(body)), None)
    head = body[:400].decode(shape or "latin-1", "replace")
    declared = _DECLARED.search(head)
    charset = _CHARSET.search(content_type or "")
    # Windows-1252 decodes anything, so a header naming it proves nothing; it is the last resort anyway.
    named = charset[1] if charset else None
    # Servers name a charset for everything they serve: UTF-8 bytes are believed before that header is.
    for name in (declared and declared[1], shape, "utf-8", named):
        encoding = _known(name)
        wide = encoding is not None and encoding.startswith(("utf-16", "utf-32"))
        # A wide encoding named in narrow bytes (and the reverse) is a document converted without its label.
        if (
            encoding is None
            or (name is named and encoding == "cp1252")
            or wide != (shape or "").startswith(("utf-16", "utf-32"))
        ):
            continue
        found = _decoded(body, shape if wide and shape else encoding)
        if found is not None:
            return found
    if shape:
        return _decoded(body, shape, "replace") or ""
    return _decoded(body, "utf-8") or _decoded(body, "utf-8", "horizonscan-cp1252") or ""
