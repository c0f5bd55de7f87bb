"""Which entry is which: the identity of every entry of one document, and which URLs may be shared.

Identity is (source, entry id), else (source, canonical URL) where that URL occurs once in the
document, else (source, URL, title). A URL that occurs once and has a path or query may identify the
same article in another source: its key is given beside the identity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

from ingest.entries import CleanEntry
from ingest.text import urls

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Identified:
    """One entry, its identity (32 hex digits) and its URL's key, empty where it may not be shared."""

    identity: str
    url_key: str
    entry: CleanEntry


def _hash(*parts: str) -> str:
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def identify(entries: Sequence[CleanEntry]) -> list[Identified]:
    """Identities of one document's entries, so ordered that of one identity the newest comes last.

    Within one identity the order is by updated (else published), then by place in the document.
    """
    occurrences = Counter(entry.url for entry in entries if entry.url)
    found: list[Identified] = []
    for entry in entries:
        once = entry.url is not None and occurrences[entry.url] == 1
        if entry.id:
            identity = _hash("id", entry.id)
        elif once:
            identity = _hash("url", entry.url or "")
        else:
            identity = _hash("text", entry.url or "", entry.title)
        shared = once and entry.url is not None and urls.shareable(entry.url)
        found.append(Identified(identity, urls.key(entry.url) if shared and entry.url else "", entry))
    repeated = {identity for identity, n in Counter(e.identity for e in found).items() if n > 1}
    if repeated:
        # Stable: entries without a date keep their place in the document among each other.
        found.sort(
            key=lambda e: (
                (e.entry.updated or e.entry.published or _NEVER) if e.identity in repeated else _NEVER
            )
        )
    return found
