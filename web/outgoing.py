"""Results as RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1 (jsonfeed.org), the newest fifty groups.

The token stands in no document: its own address is left out, so that a feed passed on does not pass on the
right to read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.html import escape
from django.utils.translation import gettext as _

from search import engines
from search.analysis import query as analysed
from search.grouping import page
from web.rows import Row, rows
from web.searching import core_of
from web.state import State
from web.templatetags.shown import domain, severity_word

MOST = 50
_KINDS = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
#: What XML 1.0 cannot hold, not even escaped (its production 2), and the writer refuses.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def absolute(path: str) -> str:
    """An address that works elsewhere."""
    origin = getattr(settings, "ORIGIN", "") or "http://127.0.0.1:8000"
    return f"{origin.rstrip('/')}{path}"


def entries(query: str, now: datetime) -> list[Row]:
    """The newest results of a query. Raises QueryError, EngineError, EngineUnavailable, IndexMissing."""
    core, _hiding = core_of(State(q=query), analysed(query), now)
    return rows(page(engines.reader(), core, sort="published", limit=MOST).ids)


def written(form: str, query: str, found: Sequence[Row], language: str) -> tuple[bytes, str]:
    """The document and its media type."""
    title = _("Signals: %(query)s") % {"query": query or _("everything")}
    home = absolute(State(q=query).address())
    made = _json if form == "json" else _xml
    return made(form, title, home, found, language), _KINDS[form]


def _facts(row: Row) -> str:
    """One line under the excerpt: severity, domains, source and its grade, owners."""
    said = [f"{_('severity')} {row.severity}, {severity_word(row.severity)}"] if row.severity else []
    said += [domain(each) for each in row.domains]
    said.append(f"{row.source} ({row.grade})")
    if row.owners > 1:
        said.append(_("%(number)s owners") % {"number": row.owners})
    return " · ".join(said)


def _xml(form: str, title: str, home: str, found: Sequence[Row], language: str) -> bytes:
    kind: Any = Atom1Feed if form == "atom" else Rss201rev2Feed
    feed = kind(
        _clean(title),
        home,
        _("Signals that a search finds, newest first."),
        language=language,
        feed_guid=home,
    )
    for row in found:
        feed.add_item(
            title=_clean(row.plain_title),
            link=absolute(row.address),
            description=_clean(f"<p>{escape(row.plain_excerpt)}</p><p>{escape(_facts(row))}</p>"),
            pubdate=row.published,
            updateddate=row.published,
            unique_id=absolute(row.address),
            unique_id_is_permalink=True,
            author_name=_clean(row.source),
            categories=row.domains,
        )
    text: str = feed.writeString("utf-8")
    return text.encode()


def _clean(text: str) -> str:
    return _NOT_XML.sub(" ", text)


def _json(form: str, title: str, home: str, found: Sequence[Row], language: str) -> bytes:
    items = [
        {
            "id": absolute(row.address),
            "url": absolute(row.address),
            **({"external_url": row.url} if row.url else {}),
            "title": row.plain_title,
            "content_text": f"{row.plain_excerpt}\n\n{_facts(row)}".strip(),
            "date_published": row.published.isoformat(timespec="seconds"),
            "authors": [{"name": row.source}],
            "tags": list(row.domains),
            **({"language": row.language} if row.language else {}),
            "_horizonscan": {
                "severity": row.severity or None,
                "first_seen": row.seen.isoformat(timespec="seconds"),
                "owners": row.owners,
            },
        }
        for row in found
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": home,
        "language": language,
        "items": items,
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
