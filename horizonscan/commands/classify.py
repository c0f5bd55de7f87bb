"""Judge texts by threat domain: JSON lines with `id, title, text, lang?` in, with the reasons out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from horizonscan.errors import CommandError
from horizonscan.jsonlines import BadLine, numbered, record, text


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plain", action="store_true", help="words in the title weigh no more than others")


def _answer(line: bytes, plain: bool) -> dict[str, Any]:
    """The answer to one line. Raises BadLine."""
    from ingest.judge.domains import needs_review
    from ingest.judge.plain import as_json
    from ingest.judge.whole import judge, model
    from ingest.text.language import detect, normal

    found = record(line, "`id`, `title` and `text`")
    title, body = text(found, "title"), text(found, "text")
    language = normal(text(found, "lang")) or detect(f"{title}\n{body}")
    judged = judge(title, body, language, plain=plain)
    plain_values = as_json(judged)
    return {
        "id": found["id"],
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
    for number, line in numbered(lines):
        try:
            yield True, _answer(line, plain)
        except BadLine as reason:
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
