"""Recorded files: which source a file belongs to, and when its content was current.

A recorded file's source is its feed's own id or self link (CSAF: the publisher, CAP: the sender),
else its name without extension and trailing date. Its time is the date in its content, else in its
name, else its newest entry's date, else the order of names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from ingest import formats
from ingest.entries import FormatError, ParsedDocument
from ingest.models import Source, SourceState
from ingest.text import times
from ingest.text.hashing import digest, shortened
from ingest.text.plain import visible

_DATE = re.compile(r"[_-]*(?P<date>\d{4}-\d{2}(?:-\d{2})?|\d{8}(?:T\d{4}(?:\d{2})?)?)$")
_KEY = 300
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """One recorded file. `key` says whose it is; `refused` why it cannot be read, empty if it can."""

    path: Path
    key: str
    slug: str
    title: str
    as_of: datetime
    refused: str = ""


def named(path: Path) -> tuple[str, datetime | None]:
    """A file's name without extension and trailing date, and that date (UTC) if there is one."""
    stem = printable(path.stem)
    found = _DATE.search(stem)
    date = _name_date(found["date"]) if found else None
    if found is None or date is None or not stem[: found.start()]:
        return stem.rstrip("_-") or stem, None
    return stem[: found.start()], date


def _name_date(text: str) -> datetime | None:
    digits = re.sub(r"[^\d]", "", text)
    pattern = {6: "%Y%m", 8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}[len(digits)]
    try:
        return datetime.strptime(digits, pattern).replace(tzinfo=UTC)
    except ValueError:
        return None


def printable(name: str | Path) -> str:
    """A file's name as text; bytes of it that are no UTF-8 as `\\xff`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def body(path: Path) -> bytes:
    """A file's bytes. Raises FormatError, with the reason in a line, where there is nothing to be read."""
    limit = settings.HORIZONSCAN_MAX_BODY
    try:
        if not path.is_file():
            raise FormatError("not a file that holds a document; name one that does")
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise FormatError(f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    if len(content) > limit:
        raise FormatError(f"larger than {limit:,} bytes; HORIZONSCAN_MAX_BODY sets the limit")
    return content


def files(paths: Iterable[Path]) -> list[Path]:
    """The files named and those in folders named, by name; hidden ones and manifests left out."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += [p for p in path.rglob("*") if _counts(p.relative_to(path)) and p.is_file()]
        else:
            found.append(path)
    return sorted(set(found), key=lambda p: (p.name, str(p)))


def _counts(inside: Path) -> bool:
    return not inside.name.startswith("manifest.") and not any(part.startswith(".") for part in inside.parts)


def survey(paths: Sequence[Path], progress: Callable[[Path], object] | None = None) -> list[RecordedFile]:
    """Every file with its source and time, oldest first within a source. Stores nothing."""
    found = []
    for number, path in enumerate(files(paths)):
        found.append(_survey(path, number))
        if progress is not None:
            progress(path)
    return sorted(found, key=lambda f: (f.key, f.as_of))


def _survey(path: Path, number: int) -> RecordedFile:
    name, date = named(path)
    try:
        document = formats.parse(body(path), limit=settings.HORIZONSCAN_MAX_BODY)
    except FormatError as reason:
        as_of = date or _EPOCH + timedelta(seconds=number)
        return RecordedFile(path, f"file:{name}", _slug(name), name, as_of, str(reason))
    feed_id = visible(document.feed_id or "")
    key = f"feed:{feed_id}" if feed_id else f"file:{name}"
    as_of = document.dated or date or _newest(document) or _EPOCH + timedelta(seconds=number)
    title = visible(document.title) or name
    return RecordedFile(path, shortened(key, _KEY), _slug(feed_id or name), title, as_of)


def _newest(document: ParsedDocument) -> datetime | None:
    dates = (times.read(text) for e in document.entries for text in (e.updated, e.published) if text)
    return max((d for d in dates if d is not None), default=None)


def _slug(text: str) -> str:
    bare = re.sub(r"^[a-z]+://(www\.)?", "", text.lower())
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:120] or "recorded"


def source_of(file: RecordedFile) -> Source:
    """The stored source of a recorded file, made if this is its first."""
    held = Source.objects.filter(feed_key=file.key, kind=Source.Kind.RECORDED).first()
    if held is not None:
        return held
    slug = file.slug
    if Source.objects.filter(slug=slug).exists():
        slug = f"{slug}-{digest(file.key, 4)}"
    source = Source.objects.create(
        slug=slug,
        name=file.title[:200],
        kind=Source.Kind.RECORDED,
        feed_key=file.key,
        owner=slug[:120],
        reliability_note="recorded file, ungraded",
    )
    SourceState.objects.create(source=source)
    return source
