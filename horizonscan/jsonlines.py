"""JSON lines in: what `classify` and `cluster` read, and what they say of a line that is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


class BadLine(ValueError):
    """A line that cannot be used; the message says why."""


def numbered(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """(line number, line) of every line that is not blank, without a byte order mark."""
    for number, line in enumerate(lines, start=1):
        stripped = line.removeprefix(b"\xef\xbb\xbf").strip()
        if stripped:
            yield number, stripped


def text(record: dict[str, Any], name: str) -> str:
    """A field that holds text, empty where it is absent or null. Raises BadLine."""
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadLine(f"`{name}` must be text")
    return value


def record(line: bytes, fields: str) -> dict[str, Any]:
    """One line's object, with an `id` and a title or a text; `fields` names all of it. Raises BadLine."""
    import orjson

    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise BadLine(f"no valid JSON: {error}") from None
    if not isinstance(found, dict):
        raise BadLine(f"must be a JSON object with {fields}")
    if not isinstance(found.get("id"), str | int):
        raise BadLine("needs `id`, text or a number")
    if not text(found, "title") and not text(found, "text"):
        raise BadLine("needs `title` or `text`")
    return found
