"""JSON that may break off: then the members and elements before the break."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from ingest.entries import FormatError

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(strict=False, parse_constant=lambda _: None)
_ERRORS = (ValueError, RecursionError)
_DEEPEST_OBJECT = 4


def loads(text: str) -> tuple[Any, bool]:
    """The value of a JSON text, and whether it broke off.

    Of a text that breaks off, objects keep the members before the break and arrays the whole elements
    before it; a half element, number or string is left out. Raises FormatError where nothing is whole.
    """
    try:
        return orjson.loads(text), False
    except ValueError:
        pass  # orjson refuses NaN, control characters and halves of surrogate pairs; the next does not
    try:
        return _DECODER.decode(text), False
    except RecursionError:
        raise FormatError("JSON nested too deeply to be a feed") from None
    except ValueError as error:
        reason = str(error)
    start = _skip(text, 0)
    value, _ = _value(text, start, 0)
    if value is _NOTHING or value in ({}, []):
        raise FormatError(f"JSON that cannot be read ({reason}); look at what the address serves")
    return value, True


class _Nothing:
    pass


_NOTHING = _Nothing()


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _whole(text: str, position: int) -> tuple[Any, int]:
    """The value at `position` if it is whole, else `_NOTHING`; and where the text goes on (-1: nowhere)."""
    try:
        value, end = _DECODER.raw_decode(text, position)
    except _ERRORS:
        return _NOTHING, -1
    end = _skip(text, end)
    if end < len(text) and text[end] in ",]}":
        return value, end
    # Without what follows it, `12` may be the start of `123`; anything else has an end of its own.
    return (_NOTHING if isinstance(value, int | float) else value), -1


def _value(text: str, position: int, depth: int) -> tuple[Any, int]:
    """The value at `position`, whole or in part, and where the text goes on (-1: it broke off)."""
    value, end = _whole(text, position)
    if value is not _NOTHING:
        return value, end
    if text.startswith("{", position) and depth < _DEEPEST_OBJECT:
        return _members(text, position + 1, depth), -1
    if text.startswith("[", position):
        return _elements(text, position + 1), -1
    return _NOTHING, -1


def _members(text: str, position: int, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while True:
        position = _skip(text, position)
        if not text.startswith('"', position):
            return found
        try:
            key, position = _DECODER.raw_decode(text, position)
        except _ERRORS:
            return found
        position = _skip(text, position)
        if not text.startswith(":", position):
            return found
        value, position = _value(text, _skip(text, position + 1), depth + 1)
        if value is not _NOTHING:
            found[key] = value
        if position < 0 or not text.startswith(",", position):
            return found
        position += 1


def _elements(text: str, position: int) -> list[Any]:
    found: list[Any] = []
    while True:
        value, position = _whole(text, _skip(text, position))
        if value is not _NOTHING:
            found.append(value)
        if position < 0 or text[position] != ",":
            return found
        position += 1
