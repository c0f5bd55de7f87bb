"""A fetched body becomes clean, identified, judged entries: everything that needs no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from ingest import formats
from ingest.entries import CleanEntry, Judged, ParsedDocument, SourceRules
from ingest.identity import Identified, identify
from ingest.judge import whole
from ingest.models import Source
from ingest.text.cleaning import Unusable, clean


@dataclass(frozen=True, slots=True)
class Read:
    """A document's usable entries in order, and one line for each entry that was rejected."""

    document: ParsedDocument
    entries: Sequence[Identified]
    rejected: Sequence[str]


def rules_of(source: Source) -> SourceRules:
    """What cleaning needs to know of `source`."""
    return SourceRules(
        zone=source.zone,
        language=source.language or None,
        country=source.country or None,
        footers=tuple(source.footers),
        # A recorded file's address says where it is replayed, not where it was published.
        base=source.url if source.kind != Source.Kind.RECORDED else None,
    )


def read(body: bytes, content_type: str, rules: SourceRules) -> Read:
    """Parses and cleans. Raises ingest.entries.FormatError when the document is refused."""
    limit = settings.HORIZONSCAN_MAX_BODY
    document = formats.parse(body, content_type=content_type or None, limit=limit)
    usable: list[CleanEntry] = []
    rejected = list(document.problems)
    for number, raw in enumerate(document.entries, start=1):
        try:
            usable.append(clean(raw, rules))
        except Unusable as reason:
            rejected.append(f"entry {number}: {reason}")
    return Read(document, identify(usable), rejected)


class Judge:
    """What the judges say of one source's entries, each content judged once."""

    def __init__(self, source: Source) -> None:
        self._prior = tuple(source.domain_prior)
        self._country = source.country
        self._made: dict[str, Judged] = {}

    def __call__(self, entry: CleanEntry) -> Judged:
        made = self._made.get(entry.content_hash)
        if made is None:
            made = whole.judge(
                entry.title,
                entry.excerpt,
                entry.language,
                prior=self._prior,
                source_country=self._country,
                official=entry.official,
            )
            self._made[entry.content_hash] = made
        return made

    def made(self, content_hash: str) -> Judged:
        """The judgement already made of a content. Raises KeyError where there is none."""
        return self._made[content_hash]
