"""What sets the canary's signals apart: they prove that the way works, and are nobody's news.

A canary's source is marked (`Source.Kind.CANARY`). What it brings is fetched, read, judged and stored like
everything else, then matched; it is not related, not indexed, not counted, and never stays quiet.
"""

from __future__ import annotations

from ingest.models import Source, Work

#: Stages of a signal that is news.
_NEWS = (Work.Stage.RELATE, Work.Stage.MATCH, Work.Stage.INDEX)


def sources() -> list[int]:
    """Ids of the canary's sources: one at most, unless somebody made more."""
    return list(Source.objects.filter(kind=Source.Kind.CANARY).values_list("pk", flat=True))


def is_canary(source: Source) -> bool:
    """Whether what a source brings is the canary's."""
    return source.kind == Source.Kind.CANARY


def stages(source: Source) -> tuple[Work.Stage, ...]:
    """The stages that a new or changed signal of this source waits for."""
    return (Work.Stage.MATCH,) if is_canary(source) else _NEWS
