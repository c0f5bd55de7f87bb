"""A fetched body on its way into the store, and out of it again. Loads no format and no lexicon."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

import zstandard
from django.utils import timezone

from ingest.models import Fetch

#: zstd's own default.
_LEVEL = 3


def waiting(
    source_id: int,
    body: bytes,
    as_of: datetime,
    *,
    received: datetime | None = None,
    url: str = "",
    content_type: str = "",
    body_hash: str = "",
) -> Fetch:
    """A fetch of `body` that waits for ingest, not yet saved. `body_hash` is SHA-256, made here if empty."""
    return Fetch(
        source_id=source_id,
        as_of=as_of,
        received=received or timezone.now(),
        url=url[:2000],
        content_type=content_type,
        body=zstandard.compress(body, _LEVEL),
        body_hash=body_hash or sha256(body).hexdigest(),
        size=len(body),
    )


def body_of(fetch: Fetch) -> bytes:
    """The bytes that were fetched. Raises zstandard.ZstdError when what is stored is damaged."""
    stored = bytes(fetch.body or b"")
    return zstandard.ZstdDecompressor().decompress(stored, max_output_size=max(fetch.size, 1))
