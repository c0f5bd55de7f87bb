"""The declarative page spider: a list page becomes a JSON Feed 1.1 document, by rules in the catalogue.

Some authorities have no feed. Their rules (`Source.spider`, YAML in the catalogue):

    list: https://www.authority.example/news    the page to read (default: the source's url)
    item: "ul.news > li"                        CSS selector of one entry (required)
    link: "a.title@href"                        selector@attribute, default "a@href"
    title: "a.title"                            selector (text) or selector@attribute, default the link's text
    date: "time@datetime"                       optional, as the page writes it
    summary: "p"                                optional

The rest of the way is that of every other feed: ingest sees a document of a format it knows.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any
from urllib.parse import urldefrag, urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

KEYS = frozenset({"list", "item", "link", "title", "date", "summary"})
CONTENT_TYPE = "application/feed+json; charset=utf-8"
MOST_ITEMS = 500
LARGEST = 3_000_000  # bytes of a list page
DEEPEST = 512  # open elements, as browsers have it: parsing costs size × depth
LONGEST = 4000


class PageError(ValueError):
    """The page or its rules cannot be used. The message says which and why."""


def check_rules(rules: Mapping[str, Any]) -> None:
    """Raises PageError naming the rule that is missing, unknown or no selector."""
    unknown = sorted(set(rules) - KEYS)
    if unknown:
        raise PageError(f"spider rule {unknown[0]!r} is not known; there are {', '.join(sorted(KEYS))}")
    if not rules.get("item"):
        raise PageError("the spider has no rule 'item' (CSS selector of one entry)")
    nothing = LexborHTMLParser("<p></p>")
    for name in sorted(set(rules) - {"list"}):
        selector = str(rules[name]).partition("@")[0]
        try:
            nothing.css(selector or "p")
        except Exception:  # noqa: BLE001 - selectolax raises its own kinds for bad selectors
            raise PageError(f"spider rule {name!r} is not a CSS selector: {selector}") from None


def _value(item: LexborNode, rule: str) -> str:
    """What `selector@attribute` (or `selector`, its text) finds in an entry; empty where nothing."""
    selector, _, attribute = rule.partition("@")
    node = item.css_first(selector) if selector.strip() else item
    if node is None:
        return ""
    text = node.attributes.get(attribute.strip()) or "" if attribute else node.text(separator=" ")
    return " ".join(text.split())[:LONGEST].replace("\x00", "")


_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
# Elements that have no end, or that the next of their kind ends.
_FLAT = frozenset(
    (
        *(
            "area",
            "base",
            "br",
            "col",
            "embed",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "source",
            "track",
            "wbr",
        ),
        *("p", "li", "dt", "dd", "option", "optgroup", "html", "head", "body"),
        *("tr", "td", "th", "tbody", "thead", "tfoot", "colgroup"),
    )
)


def _check_depth(text: str) -> None:
    """Refuses pages nested deeper than any list of news: the parser's time is quadratic in the depth."""
    depth = 0
    opened: Counter[str] = Counter()
    for end, written in _TAG.findall(text):
        name = written.lower()
        if name in _FLAT or (end and not opened[name]):
            continue
        opened[name] += -1 if end else 1
        depth += -1 if end else 1
        if depth > DEEPEST:
            raise PageError(f"the page's elements are nested more than {DEEPEST} deep")


def feed(body: bytes, url: str, content_type: str, rules: Mapping[str, Any], language: str = "") -> bytes:
    """A JSON Feed 1.1 document (UTF-8) of the page's entries. Raises PageError where the rules find none.

    An entry without a link or title is left out; two with one link are one. Times stay as the page
    writes them. The document is the same for the same entries, whatever else changed on the page.
    """
    check_rules(rules)
    if len(body) > LARGEST:
        raise PageError(f"the page is larger than {LARGEST} bytes")
    text = _decode(body, content_type)
    _check_depth(text)
    tree = LexborHTMLParser(text)
    base = tree.css_first("base[href]")
    root = urljoin(url, base.attributes.get("href") or "") if base is not None else url
    items: dict[str, dict[str, str]] = {}
    nodes = tree.css(str(rules["item"]))
    for node in nodes[:MOST_ITEMS]:
        link = _value(node, str(rules.get("link") or "a@href"))
        title = _value(node, str(rules.get("title") or "a"))
        try:
            target = urldefrag(urljoin(root, link))[0] if link else ""
        except ValueError:
            continue
        if not target.startswith(("http://", "https://")) or not title or target in items:
            continue
        item = {"id": target, "url": target, "title": title}
        if rules.get("summary"):
            item["content_text"] = _value(node, str(rules["summary"]))
        if rules.get("date"):
            date = _value(node, str(rules["date"]))
            item |= {"date_published": date} if date else {}
        items[target] = item
    if not items:
        found = f"{len(nodes)} elements but no link with a title in them" if nodes else "nothing"
        raise PageError(f"the spider's rules find {found} on the page; it may have been rebuilt")
    heading = tree.css_first("title")
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": " ".join(heading.text().split())[:200] if heading is not None else url,
        "home_page_url": url,
        "items": list(items.values()),
    }
    if language:
        document["language"] = language
    return json.dumps(document, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")


def _decode(body: bytes, content_type: str) -> str:
    """The page as text: charset of the header, else of the page's first bytes, else UTF-8."""
    for source in (content_type, body[:2048].decode("ascii", "replace")):
        _, found, rest = source.lower().partition("charset=")
        name = (
            rest.strip("\"' ").split('"')[0].split("'")[0].split(";")[0].split(">")[0].strip()
            if found
            else ""
        )
        try:
            if name:
                return body.decode(name, "replace")
        except LookupError:
            continue
    return body.decode("utf-8", "replace")
