"""The hash of content that tells versions apart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()


def digest(text: str, size: int = 16) -> str:
    """A hash of `size` bytes as hex digits."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).hexdigest()


def shortened(text: str, limit: int) -> str:
    """`text` in at most `limit` code points; a longer one ends in its hash, so that no two become one."""
    return text if len(text) <= limit else f"{text[: limit - 33]}#{digest(text)}"


def content_hash(title: str, excerpt: str, url: str | None, official: Mapping[str, Any]) -> str:
    """32 hex digits over everything that makes a version (canonical JSON: keys sorted, no spaces)."""
    content = [title, excerpt, url, dict(official)]
    try:
        return _digest(orjson.dumps(content, option=orjson.OPT_SORT_KEYS))
    except (TypeError, ValueError):
        # Integers beyond 64 bits and other values of JSON that orjson does not write.
        return _digest(json.dumps(content, sort_keys=True, separators=(",", ":"), default=str).encode())
