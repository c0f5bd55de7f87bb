"""Shows the entries of files, one JSON line each, without storing anything."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="a feed, alert, advisory or list, as recorded"
    )


def run(args: argparse.Namespace) -> int:
    """Prints the lines. Returns 1 where a file could not be read (the others are done), else 0."""
    failed = False
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    for name in args.files:
        for line in _lines(name, settings.HORIZONSCAN_MAX_BODY):
            failed = failed or "error" in line
            print(json.dumps(line, ensure_ascii=plain))
    return int(failed)


def _body(name: str, limit: int) -> bytes:
    """The bytes of a file, no more than one over `limit`. Raises OSError."""
    with open(name, "rb") as file:  # noqa: PTH123 - a Path would lose `./` and what else the person wrote
        return file.read(limit + 1)


def _lines(name: str, limit: int) -> Iterator[dict[str, Any]]:
    """The lines for one file: its entries, `entries: 0` where it has none, `error` where it is unreadable."""
    from ingest.entries import FormatError, SourceRules
    from ingest.formats import parse

    try:
        document = parse(_body(name, limit), limit=limit)
    except IsADirectoryError:
        yield {"source_file": name, "error": "a folder; name the files in it"}
        return
    except OSError as error:
        yield {"source_file": name, "error": (error.strerror or str(error)).lower()}
        return
    except FormatError as error:
        yield {"source_file": name, "error": str(error)}
        return
    except ValueError as error:  # a name no file can have, such as one with a NUL in it
        yield {"source_file": name, "error": str(error)}
        return
    for problem in document.problems:
        sys.stderr.write(f"{name}: {problem}\n")
    if document.truncated:
        whole = len(document.entries)
        kept = f"what is whole before that is shown ({whole})" if whole else "no entry before that is whole"
        sys.stderr.write(f"{name}: broke off; {kept}\n")
    if not document.entries:
        yield {"source_file": name, "entries": 0}
    rules = SourceRules(language=document.language)
    for entry in document.entries:
        yield {"source_file": name, "format": document.format, **_shown(entry, rules)}


def _shown(entry: Any, rules: Any) -> dict[str, Any]:
    """An entry's fields after cleaning. One that has neither title nor text is shown with what it has."""
    from ingest.text.cleaning import Unusable, clean

    try:
        found = clean(entry, rules)
    except Unusable:
        bare = dict.fromkeys(("published", "updated", "language"))
        return {"id": entry.id, "url": entry.url, "title": "", "summary": "", **bare}
    return {
        "id": found.id,
        "url": found.url,
        "title": found.title,
        "summary": found.excerpt,
        "published": _iso(found.published),
        "updated": _iso(found.updated),
        "language": found.language,
    }


def _iso(time: datetime | None) -> str | None:
    return time.isoformat().replace("+00:00", "Z") if time else None
