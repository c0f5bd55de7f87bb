"""Values from outside as values we can keep: strings every store takes, JSON without surprises."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

# NUL is refused by PostgreSQL, halves of surrogate pairs by every encoder.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DEEPEST = 24
_LEAST, _GREATEST = -(2**63), 2**63 - 1


def string(value: Any) -> str:
    """`value` as stripped text where it is text or a number, else ""."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = value if isinstance(value, str) else str(value)
    if _UNSTORABLE.search(text):
        text = _UNSTORABLE.sub("", text)
    return text.strip()


def optional(value: Any) -> str | None:
    """As `string`, None where nothing is left."""
    return string(value) or None


def jsonable(value: Any, depth: int = 0) -> Any:
    """`value` (from a JSON reader) with every string storable; None, "" and empty containers are left out.

    What JSON cannot say (infinity) is left out, and integers beyond 64 bits become text.
    """
    if isinstance(value, str):
        return string(value)
    if depth > _DEEPEST:
        return None
    if isinstance(value, Mapping):
        pairs = ((string(key), jsonable(item, depth + 1)) for key, item in value.items())
        return {key: item for key, item in pairs if item not in (None, "", [], {})}
    if isinstance(value, list | tuple):
        return [
            item for item in (jsonable(item, depth + 1) for item in value) if item not in (None, "", [], {})
        ]
    if isinstance(value, bool) or (isinstance(value, int) and _LEAST <= value <= _GREATEST):
        return value
    if isinstance(value, int):
        return string(value)
    return value if isinstance(value, float) and math.isfinite(value) else None


def mapping(value: Any) -> Mapping[str, Any]:
    """`value` where it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> list[Any]:
    """`value` where it is an array, else an empty one."""
    return value if isinstance(value, list) else []
