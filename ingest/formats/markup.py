"""XML before any parser sees it: prolog dropped, root element known, attacks by entities refused.

No document type declaration ever reaches a parser: the whole DOCTYPE is taken off. Entities it declares are
refused where they could grow or reach outside (billion laughs, quadratic blow-up, external entities), and
written out where they are plain short text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.entries import FormatError

_SPACE = re.compile(r"\s+")
_NAME = r"[A-Za-z_\u00c0-\uffff][\w.\-]*"
_ROOT = re.compile(rf"<(?:({_NAME}):)?({_NAME})((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
_OPEN_ROOT = re.compile(rf"<(?:({_NAME}):)?({_NAME})()")
_NAMESPACE = re.compile(rf"""\bxmlns(?::({_NAME}))?\s*=\s*["']\s*([^"']*?)\s*["']""")
_DOCTYPE_TOKEN = re.compile(r"""<!--|<\?|["'\[\]>]""")
_CLOSINGS = {"<!--": "-->", "<?": "?>", '"': '"', "'": "'"}
_ENTITY = re.compile(r"""<!ENTITY\s+(%\s+)?([^\s"'>]+)\s+(?:"([^"]*)"|'([^']*)'|(SYSTEM|PUBLIC)\s([^>]*))""")
_REFERENCE = re.compile(r"&(?!#)|%")
# The sets of HTML's characters that old RSS 1.0 feeds pull in; every parser here knows those names.
_HARMLESS_SETS = re.compile(r"-//W3C//ENTITIES\b|-//Netscape", re.IGNORECASE)
_FEED_START = re.compile(r"^[ \t]*(?:<\?xml\b|<(?:[\w\-]+:)?(?:rss|feed|RDF)[\s>])", re.MULTILINE)
# Characters XML 1.0 forbids (section 2.2); a parser would give up the whole document for one of them.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_REFERENCES = re.compile(r"&#(?:x([0-9a-f]+)|([0-9]+));?", re.IGNORECASE)
_LONGEST_ENTITY = 100
# XHTML's three sets together declare 253.
_MOST_ENTITIES = 500
_LONGEST_DOCTYPE = 1_000_000
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


def _past(text: str, start: int, mark: str) -> int:
    """Where `mark` ends after `start`. Found by hand: a pattern would look again from every opening."""
    found = text.find(mark, start)
    if found < 0:
        raise FormatError("XML that breaks off before its first element; look at what the address serves")
    return found + len(mark)


def _doctype(text: str, start: int) -> tuple[int, str]:
    """End of the DOCTYPE that starts at `start`, and its internal subset."""
    subset = -1
    inside = ""
    position = start + len("<!DOCTYPE")
    while True:
        token = _DOCTYPE_TOKEN.search(text, position)
        if token is None or token.start() - start > _LONGEST_DOCTYPE:
            raise FormatError(
                "XML whose DOCTYPE has no end in sight: cut off, or no feed; look at what the address serves"
            )
        mark, position = token[0], token.end()
        if mark in _CLOSINGS:
            position = _past(text, position, _CLOSINGS[mark])
        elif mark == "[" and subset < 0:
            subset = position
        elif mark == "]" and subset >= 0:
            inside, subset = text[subset : token.start()], -1
        elif mark == ">" and subset < 0:
            return position, inside


def _entities(subset: str) -> dict[str, str]:
    """The harmless entities an internal subset declares. Raises FormatError at the others."""
    found: dict[str, str] = {}
    declared = _ENTITY.findall(subset)
    if len(declared) > _MOST_ENTITIES:
        raise FormatError(f"refused: the XML declares {len(declared):,} entities (an attack, or no feed)")
    for parameter, name, double, single, outside, rest in declared:
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


def _allowed(reference: re.Match[str]) -> str:
    """A numeric character reference as it stands, "" where no such character may be in XML."""
    digits = reference[1] or reference[2]
    if len(digits) > 10:
        return ""
    code = int(digits, 16 if reference[1] else 10)
    return "" if code > 0x10FFFF or _FORBIDDEN.match(chr(code)) else reference[0]


def feed_start(text: str) -> int:
    """Where a feed starts in a text that has something else (a server's warning) before it; -1 if nowhere."""
    found = _FEED_START.search(text, 0, _JUNK_ALLOWED)
    return found.start() if found else -1


def read(text: str, start: int = 0) -> Markup | None:
    """The markup of a document, None where it has no root element. Raises FormatError at an attack."""
    entities: dict[str, str] = {}
    position, end, junk = start, len(text), 0
    while position < end:
        space = _SPACE.match(text, position)
        if space:
            position = space.end()
        elif text.startswith("<?", position):
            position = _past(text, position, "?>")
        elif text.startswith("<!--", position):
            position = _past(text, position, "-->")
        elif text[position : position + 9].upper() == "<!DOCTYPE":
            position, subset = _doctype(text, position)
            entities.update(_entities(subset))
        elif _OPEN_ROOT.match(text, position):
            break
        else:
            following = text.find("<", position + 1)
            junk += following - position
            if following < 0 or junk > _JUNK_ALLOWED:
                return None
            position = following
    root = _ROOT.match(text, position, position + _ROOT_TAG_LIMIT) or _OPEN_ROOT.match(text, position)
    if root is None:
        return None
    rest = text[position:]
    if _FORBIDDEN.search(rest):
        rest = _FORBIDDEN.sub("", rest)
    if "&#" in rest:
        rest = _REFERENCES.sub(_allowed, rest)
    if entities:
        rest = _expanded(rest, entities)
    namespaces = {prefix or "": uri for prefix, uri in _NAMESPACE.findall(root[3])}
    return Markup(root[2], root[1] or "", rest, namespaces, root[3].rstrip().endswith("/"))
