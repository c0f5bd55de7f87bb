"""XML before any parser sees it: prolog dropped, root element known, attacks by entities refused.

No document type declaration ever reaches a parser: the whole DOCTYPE is taken off. Entities it declares are
refused where they could grow or reach outside (billion laughs, quadratic blow-up, external entities), and
written out where they are plain short text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.entries import FormatError

_SKIPPED = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_NAME = r"[A-Za-z_\u00c0-\uffff][\w.\-]*"
_ROOT = re.compile(rf"<(?:({_NAME}):)?({_NAME})((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
_OPEN_ROOT = re.compile(rf"<(?:({_NAME}):)?({_NAME})()")
_NAMESPACE = re.compile(rf"""\bxmlns(?::({_NAME}))?\s*=\s*["']\s*([^"']*?)\s*["']""")
_DOCTYPE_TOKEN = re.compile(r"""<!--.*?-->|<\?.*?\?>|"[^"]*"|'[^']*'|[\[\]>]""", re.DOTALL)
_ENTITY = re.compile(r"""<!ENTITY\s+(%\s+)?([^\s"'>]+)\s+(?:"([^"]*)"|'([^']*)'|(SYSTEM|PUBLIC)\s([^>]*))""")
_REFERENCE = re.compile(r"&(?!#)|%")
# The sets of HTML's characters that old RSS 1.0 feeds pull in; every parser here knows those names.
_HARMLESS_SETS = re.compile(r"-//W3C//ENTITIES\b|-//Netscape", re.IGNORECASE)
_FEED_START = re.compile(r"^[ \t]*(?:<\?xml\b|<(?:[\w\-]+:)?(?:rss|feed|RDF)[\s>])", re.MULTILINE)
# Characters XML 1.0 forbids (section 2.2); a parser would give up the whole document for one of them.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LONGEST_ENTITY = 100
_JUNK_ALLOWED = 2_000
_ROOT_TAG_LIMIT = 65_536
_EXPANDED_LIMIT = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Markup:
    """An XML document from its root element on.

    `name` is the root's local name as written, `prefix` its prefix or "". `namespaces` are those declared
    on the root, by prefix. `text` starts with the root's tag.
    """

    name: str
    prefix: str
    text: str
    namespaces: dict[str, str] = field(default_factory=dict)
    empty: bool = False

    @property
    def qualified(self) -> str:
        return f"{self.prefix}:{self.name}" if self.prefix else self.name

    @property
    def namespace(self) -> str:
        return self.namespaces.get(self.prefix, "")


def _doctype(text: str, start: int) -> tuple[int, str]:
    """End of the DOCTYPE that starts at `start`, and its internal subset."""
    subset: int | None = None
    inside = ""
    for token in _DOCTYPE_TOKEN.finditer(text, start):
        mark = token[0]
        if mark == "[" and subset is None:
            subset = token.end()
        elif mark == "]" and subset is not None:
            inside = text[subset : token.start()]
            subset = None
        elif mark == ">" and subset is None:
            return token.end(), inside
    raise FormatError("XML whose DOCTYPE never ends: cut off, or not a feed; look at what the address serves")


def _entities(subset: str) -> dict[str, str]:
    """The harmless entities an internal subset declares. Raises FormatError at the others."""
    found: dict[str, str] = {}
    for parameter, name, double, single, outside, rest in _ENTITY.findall(subset):
        if outside:
            if parameter and _HARMLESS_SETS.search(rest):
                continue
            raise FormatError(
                f"refused: the XML declares the external entity {name[:40]!r}, which reads other files or "
                "addresses (an attack, or a mistake of the publisher)"
            )
        value = double or single
        if parameter or _REFERENCE.search(value):
            raise FormatError(
                f"refused: the XML declares the entity {name[:40]!r} in terms of other entities (entity "
                "expansion, a known attack)"
            )
        if len(value) > _LONGEST_ENTITY or "<" in value:
            raise FormatError(
                f"refused: the XML declares the entity {name[:40]!r} with {len(value)} characters to be "
                "repeated (entity expansion, a known attack)"
            )
        found.setdefault(name, value)
    return found


def _expanded(text: str, entities: dict[str, str]) -> str:
    names = "|".join(re.escape(name) for name in entities)
    grown = sum(text.count(f"&{name};") * len(value) for name, value in entities.items())
    if grown + len(text) > _EXPANDED_LIMIT:
        raise FormatError(f"refused: the XML's entities would grow it to {grown + len(text):,} characters")
    pattern = re.compile(rf"<!\[CDATA\[.*?\]\]>|&({names});", re.DOTALL)
    return pattern.sub(lambda hit: entities[hit[1]] if hit[1] else hit[0], text)


def feed_start(text: str) -> int:
    """Where a feed starts in a text that has something else (a server's warning) before it; -1 if nowhere."""
    found = _FEED_START.search(text, 0, _JUNK_ALLOWED)
    return found.start() if found else -1


def read(text: str, start: int = 0) -> Markup | None:
    """The markup of a document, None where it has no root element. Raises FormatError at an attack."""
    entities: dict[str, str] = {}
    position, end = start, len(text)
    while position < end:
        skipped = _SKIPPED.match(text, position)
        if skipped:
            position = skipped.end()
            continue
        if text[position : position + 9].upper() == "<!DOCTYPE":
            position, subset = _doctype(text, position)
            entities.update(_entities(subset))
            continue
        if _OPEN_ROOT.match(text, position):
            break
        following = text.find("<", position + 1)
        position = end if following < 0 else following
    root = _ROOT.match(text, position, position + _ROOT_TAG_LIMIT) or _OPEN_ROOT.match(text, position)
    if root is None:
        return None
    rest = text[position:]
    if _FORBIDDEN.search(rest):
        rest = _FORBIDDEN.sub("", rest)
    if entities:
        rest = _expanded(rest, entities)
    namespaces = {prefix or "": uri for prefix, uri in _NAMESPACE.findall(root[3])}
    return Markup(root[2], root[1] or "", rest, namespaces, root[3].rstrip().endswith("/"))
