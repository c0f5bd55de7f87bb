"""Tell repeats and updates: JSON lines with `id, title, text, url, source, published` in, in any order."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from horizonscan.jsonlines import BadLine, numbered, record, text

if TYPE_CHECKING:
    from ingest.relate.text import Given


def arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own."""


def _given(line: bytes) -> Given:
    """One line as it is compared. Raises BadLine."""
    from ingest.relate.text import Given
    from ingest.text import times
    from ingest.text.urls import canonical

    found = record(line, "`id`, `title`, `text`, `url`, `source` and `published`")
    title, body, source = (text(found, name) for name in ("title", "text", "source"))
    stated = text(found, "published")
    published = times.read(stated) if stated else None
    if stated and published is None:
        raise BadLine("`published` must be a time, like 2026-11-24T06:58:00Z")
    url = canonical(text(found, "url")) or ""
    return Given(found["id"], title, body, url, source, source, published)


def answers(lines: Iterator[bytes]) -> Iterator[tuple[bool, dict[str, Any]]]:
    """(whether it was compared, the answer) for every line that is not blank, in their order."""
    from ingest.relate.memory import Conflict, relate

    found: list[tuple[int, Given | str]] = []
    for number, line in numbered(lines):
        try:
            found.append((number, _given(line)))
        except BadLine as reason:
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
