"""What to do with one entry of a document: a pure decision from data, applied by the store.

The rules are the third invariant of the design: identity, order, version, sighting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

#: The first version and the latest 49 of a signal are kept.
KEPT_VERSIONS = 50


class Act(Enum):
    """What happens to an entry."""

    NEW = "new"
    VERSION = "version"  # content never seen before becomes current
    AGAIN = "again"  # content seen before becomes current again
    EARLIER = (
        "earlier"  # content never seen before, from an older document: a version, but not the current one
    )
    REDATE = "redate"  # known content, current even earlier than thought
    SIGHTING = "sighting"
    SEEN = "seen"


@dataclass(slots=True)
class Known:
    """What the store holds under an identity. `versions`: content hash to first as_of, owners only."""

    last_seen: datetime
    owner: bool
    removed: bool = False
    current: str = ""
    versions: dict[str, datetime] = field(default_factory=dict)


def decide(
    known: Known | None, content_hash: str, as_of: datetime, sharing: bool, *, outdated: bool = False
) -> Act:
    """The act for an entry whose identity is `known` (None: never seen) in a document of time `as_of`.

    `sharing`: another source holds a signal of the same shareable URL. `outdated`: the document itself
    holds a newer entry of the same identity, so this one is history even where the document is the newest.
    """
    if known is None:
        return Act.SIGHTING if sharing else Act.NEW
    if known.removed or not known.owner:
        return Act.SEEN
    unseen = content_hash not in known.versions
    if outdated or as_of < known.last_seen:
        if unseen:
            return Act.SEEN if _would_be_pruned(known.versions, as_of) else Act.EARLIER
        return Act.REDATE if as_of < known.versions[content_hash] else Act.SEEN
    if unseen:
        return Act.VERSION
    if content_hash != known.current and as_of > known.last_seen:
        return Act.AGAIN
    return Act.SEEN


def _would_be_pruned(versions: Mapping[str, datetime], as_of: datetime) -> bool:
    if len(versions) < KEPT_VERSIONS:
        return False
    dated = sorted(versions.values())
    return dated[0] <= as_of < dated[1 - KEPT_VERSIONS]


def pruned(versions: Mapping[str, datetime], current: str) -> list[str]:
    """Content hashes beyond the first and the latest 49; never the current one."""
    dated = sorted(versions, key=lambda content: versions[content])
    surplus = dated[1 : max(1, len(dated) - (KEPT_VERSIONS - 1))]
    return [content for content in surplus if content != current]
