"""Markup to plain text: what a feed calls a title or a summary, as a person would read it.

Feeds put HTML into XML escaped once, twice or not at all, whole articles in CDATA, and whatever an
attacker likes. Nothing here keeps a tag: scripts, styles and comments go with what is in them.
"""

from __future__ import annotations

import html
import re
import unicodedata

from selectolax.lexbor import LexborHTMLParser

#: More markup than this says nothing about the first 500 characters (characters).
_LONGEST = 50_000
#: Escaping is undone at most so often.
_ROUNDS = 4
_DROPPED = [
    "script",
    "style",
    "template",
    "iframe",
    "object",
    "noscript",
    "svg",
    "math",
    "head",
    "textarea",
    "select",
]
# A tag, a comment or a declaration, not `a < b`. Tag names are short, which keeps `<https://…>` text.
_MARKUP = re.compile(
    r"<(?:/?[a-zA-Z][a-zA-Z0-9:-]{0,20}(?=\s|/?>)|!--|!\[CDATA\[|!doctype|\?xml)", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_BLOCK = re.compile(
    r"</?(?:p|br|hr|div|li|ul|ol|dl|dt|dd|tr|td|th|table|h[1-6]|blockquote|section|article|header|footer|figure"
    r"|figcaption|pre|img|aside|nav|main)\b",
    re.IGNORECASE,
)
# Elements whose content runs to their end tag: without one they would swallow the rest.
_SWALLOWERS = re.compile(
    r"<(?P<name>script|style|template|iframe|noscript|textarea|select|title|xmp)\b", re.IGNORECASE
)
#: Never text: controls, direction overrides, invisible marks, private tags, halves of surrogate pairs.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_INVISIBLE_ASCII = re.compile("[\x00-\x08\x0e-\x1b\x7f]")


def visible(text: str) -> str:
    """`text` in NFC without what cannot be seen, runs of white space as one blank."""
    if text.isascii():
        return " ".join(_INVISIBLE_ASCII.sub("", text).split())
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).split())


def _unmarked(text: str) -> str:
    """The text of an HTML fragment; blocks are separated, inline elements are not."""
    text = _CDATA.sub("", text)
    lowered = text.lower()
    for found in list(_SWALLOWERS.finditer(text))[-1:]:
        if f"</{found['name'].lower()}" not in lowered[found.end() :]:
            text = text[: found.start()] + " " + text[found.end() :].partition(">")[2]
    tree = LexborHTMLParser(_BLOCK.sub(r" \g<0>", text))
    tree.strip_tags(_DROPPED)
    root = tree.body or tree.root
    return root.text(deep=True, separator="") if root else ""


def plain(text: str) -> str:
    """`text` without markup and escapes, however deep, in one line."""
    text = text[:_LONGEST]
    for _ in range(_ROUNDS):
        if "<" in text and _MARKUP.search(text):
            text = _unmarked(text)
        elif "&" in text and _ENTITY.search(text):
            text = html.unescape(text)
        else:
            break
    return visible(text)
