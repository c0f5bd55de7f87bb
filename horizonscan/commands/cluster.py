"""Tell repeats and updates: JSON lines with `id, title, text, url, source, published` in, in any order."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.relate.text import Given


class _BadLine(ValueError):
    """A line that cannot be compared; the message says why."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own."""


def _text(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _BadLine(f"`{name}` must be text")
    return value


def _given(line: bytes) -> Given:
    """One line as it is compared. Raises _BadLine."""
    import orjson

    from ingest.relate.text import Given
    from ingest.text import times
    from ingest.text.urls import canonical

    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _BadLine(f"no valid JSON: {error}") from None
    if not isinstance(record, dict):
        raise _BadLine("must be a JSON object with `id`, `title`, `text`, `url`, `source` and `published`")
    if not isinstance(record.get("id"), str | int):
        raise _BadLine("needs `id`, text or a number")
    title, text, source = (_text(record, name) for name in ("title", "text", "source"))
    if not title and not text:
        raise _BadLine("needs `title` or `text`")
    stated = _text(record, "published")
    published = times.read(stated) if stated else None
    if stated and published is None:
        raise _BadLine("`published` must be a time, like 2026-11-24T06:58:00Z")
    url = canonical(_text(record, "url")) or ""
    return Given(record["id"], title, text, url, source, source, published)


def answers(lines: Iterator[bytes]) -> Iterator[tuple[bool, dict[str, Any]]]:
    """(whether it was compared, the answer) for every line that is not blank, in their order."""
    from ingest.relate.memory import Conflict, relate

    found: list[tuple[int, Given | str]] = []
    for number, line in enumerate(lines, start=1):
        stripped = line.removeprefix(b"\xef\xbb\xbf").strip()
        if not stripped:
            continue
        try:
            found.append((number, _given(stripped)))
        except _BadLine as reason:
            found.append((number, str(reason)))
    related = relate([given for _, given in found if not isinstance(given, str)])
    for number, given in found:
        if isinstance(given, str):
            yield False, {"line": number, "error": given}
            continue
        answer = related[given.key]
        if isinstance(answer, Conflict):
            yield False, {"line": number, "error": "`id` stands on another line with other content"}
            continue
        yield (
            True,
            {
                "id": given.key,
                "duplicate_of": answer.duplicate_of,
                "update_of": answer.update_of,
                "story": answer.story,
                "reason": answer.reason,
            },
        )


def run(args: argparse.Namespace) -> int:
    import orjson

    failed = False
    out = sys.stdout.buffer
    for compared, answer in answers(iter(sys.stdin.buffer)):
        failed = failed or not compared
        out.write(orjson.dumps(answer) + b"\n")
    out.flush()
    return 1 if failed else 0
