"""Judge texts by threat domain: JSON lines with `id, title, text, lang?` in, with the reasons out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from horizonscan.errors import CommandError


class _BadLine(ValueError):
    """A line that cannot be judged; the message says why."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plain", action="store_true", help="words in the title weigh no more than others")


def _text(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _BadLine(f"`{name}` must be text")
    return value


def _answer(line: bytes, plain: bool) -> dict[str, Any]:
    """The answer to one line. Raises _BadLine."""
    import orjson

    from ingest.judge.domains import needs_review
    from ingest.judge.plain import as_json
    from ingest.judge.whole import judge, model
    from ingest.text.language import detect, normal

    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _BadLine(f"no valid JSON: {error}") from None
    if not isinstance(record, dict):
        raise _BadLine("must be a JSON object with `id`, `title` and `text`")
    if not isinstance(record.get("id"), str | int):
        raise _BadLine("needs `id`, text or a number")
    title, text = _text(record, "title"), _text(record, "text")
    if not title and not text:
        raise _BadLine("needs `title` or `text`")
    language = normal(_text(record, "lang")) or detect(f"{title}\n{text}")
    judged = judge(title, text, language, plain=plain)
    plain_values = as_json(judged)
    return {
        "id": record["id"],
        "lang": language,
        "domains": plain_values["domains"],
        "calibrated": False,
        "candidates": [{"id": each.id, "score": each.score} for each in judged.domains.candidates],
        "review": needs_review(judged.domains),
        "severity": judged.severity.level or None,
        "severity_reasons": plain_values["severity_reasons"],
        "kingdom": judged.kingdom.strongest or None,
        "kingdom_parts": plain_values["parts"],
        "places": plain_values["places"],
        "entities": plain_values["entities"],
        "model": judged.domains.model,
        "judges": model(),
    }


def answers(lines: Iterator[bytes], plain: bool) -> Iterator[tuple[bool, dict[str, Any]]]:
    """(whether it was judged, the answer) for every line that is not blank."""
    for number, line in enumerate(lines, start=1):
        stripped = line.removeprefix(b"\xef\xbb\xbf").strip()
        if not stripped:
            continue
        try:
            yield True, _answer(stripped, plain)
        except _BadLine as reason:
            yield False, {"line": number, "error": str(reason)}


def run(args: argparse.Namespace) -> int:
    import orjson

    from ingest.judge.whole import Unready, load

    try:
        load()
    except Unready as error:
        raise CommandError(str(error)) from None
    failed = False
    out = sys.stdout.buffer
    for judged, answer in answers(iter(sys.stdin.buffer), args.plain):
        failed = failed or not judged
        out.write(orjson.dumps(answer) + b"\n")
        # Whoever sends one line and waits for its answer gets it; a pipe full of lines is not slowed.
        out.flush()
    return 1 if failed else 0
