"""Small documents for tests: feeds written in a line, fetched at a time of the test's choosing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ingest.fetches import waiting
from ingest.models import Fetch, Source, SourceState
from ingest.pipeline import Drained, drain

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def source(slug: str, **fields: object) -> Source:
    """A stored source with its state."""
    row = Source.objects.create(slug=slug, name=slug.title(), owner=slug, **fields)
    SourceState.objects.create(source=row)
    return row


def rss(*items: dict[str, str]) -> bytes:
    """An RSS 2.0 document of these items; keys are element names (`guid` is no permalink)."""

    def item(fields: dict[str, str]) -> str:
        elements = (
            f'<guid isPermaLink="false">{text}</guid>' if name == "guid" else f"<{name}>{text}</{name}>"
            for name, text in fields.items()
        )
        return f"<item>{''.join(elements)}</item>"

    body = "".join(item(fields) for fields in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{body}</channel></rss>'.encode()


def fetched(of: Source, body: bytes, as_of: datetime) -> Fetch:
    """A waiting fetch of `of`."""
    fetch = waiting(of.pk, body, as_of)
    fetch.save()
    return fetch


def ingested(of: Source, body: bytes, as_of: datetime = MONDAY) -> Drained:
    """Stores the document and drains the source."""
    fetched(of, body, as_of)
    return drain(of.pk, "test")
