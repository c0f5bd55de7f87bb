"""Take recorded files or folders in, through the whole pipeline, in the foreground.

Interrupted, it loses nothing: what was read stays, and the same command goes on from there."""

from __future__ import annotations

import argparse
import json
import os
import time
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from horizonscan.errors import CommandError, UsageError

if TYPE_CHECKING:
    from ingest.pipeline import Drained
    from ingest.recorded import RecordedFile


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="recorded files, or folders of them"
    )
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")


def run(args: argparse.Namespace) -> int:
    for path in args.paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist")
    from django.utils import timezone
    from tqdm import tqdm

    from crawlers.health import assess
    from horizonscan import store
    from ingest.pipeline import total
    from ingest.recorded import files, survey
    from tasks.sequence import run_sequence

    started = time.monotonic()
    store.ready()
    paths = files(args.paths)
    with tqdm(total=len(paths), desc="looking", unit=" files", disable=None) as bar:
        surveyed = survey(paths, progress=lambda _: bar.update())
    refused: list[dict[str, str]] = []
    parts: list[Drained] = []
    sources: list[int] = []
    with tqdm(total=len(paths), desc="reading", unit=" files", disable=None) as bar:
        for _, group in groupby(surveyed, key=lambda f: f.key):
            source_id, drained, unread = _take(list(group), lambda: bar.update())
            parts.append(drained)
            sources.append(source_id)
            refused += unread
    assess(sources, timezone.now())
    run_sequence()
    figures = _figures(len(paths), total(parts), refused, time.monotonic() - started)
    _tell(figures, args.json)
    return 0


def _take(group: list[RecordedFile], step: Any) -> tuple[int, Drained, list[dict[str, str]]]:
    """One source's files, oldest first: stored as fetches, then drained under the source's lease."""
    from ingest import lease
    from ingest.entries import FormatError
    from ingest.fetches import waiting
    from ingest.models import Fetch
    from ingest.pipeline import drain, total
    from ingest.recorded import body, printable, source_of

    source = source_of(group[0])
    holder = f"foreground-{os.getpid()}"
    deadline = time.monotonic() + 60
    kept = lease.Kept(source.pk, holder)
    while not lease.take(source.pk, holder):
        if time.monotonic() > deadline:
            raise CommandError(
                f"{source.slug} is being ingested by another process; try again when it is done"
            )
        time.sleep(0.1)
    stored: dict[int, Path] = {}
    refused: list[dict[str, str]] = []
    for file in group:
        kept.still()  # So that a worker does not begin with what is still being laid down here.
        try:
            content = body(file.path)
        except FormatError as reason:
            refused.append({"file": printable(file.path), "reason": str(reason)})
            step()
            continue
        fetch = waiting(source.pk, content, file.as_of, url=printable(file.path.name))
        fetch.save()
        stored[fetch.pk] = file.path
    parts: list[Drained] = []
    left = Fetch.objects.filter(source=source, state=Fetch.State.WAITING)
    while not parts or left.exists():
        if parts:
            time.sleep(0.1)  # A worker of a running `up` has this source's lease and is at it.
        parts.append(drain(source.pk, holder, on_fetch=lambda fetch: step() if fetch.pk in stored else None))
    drained = total(parts)
    for pk, why in (*drained.refused, *drained.quarantined):
        if pk in stored:
            refused.append({"file": printable(stored[pk]), "reason": why})
    return source.pk, drained, refused


def _figures(files: int, drained: Drained, refused: list[dict[str, str]], seconds: float) -> dict[str, Any]:
    from ingest.models import Signal

    joined = 0
    for start in range(0, len(drained.created), 5_000):
        chunk = drained.created[start : start + 5_000]
        joined += Signal.objects.filter(pk__in=chunk).exclude(duplicate_of=None).count()
    return {
        "files": files,
        "entries": drained.entries,
        "new": drained.new,
        "updated": drained.updated,
        "seen": drained.seen,
        "sightings": drained.sightings,
        "rejected": drained.rejected,
        "duplicates": joined,
        "seconds": round(seconds, 2),
        "refused": sorted(refused, key=lambda r: r["file"]),
    }


def _tell(figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    print(
        "{files} files, {entries} entries in {seconds} s: {new} new ({duplicates} repeat an earlier one), "
        "{updated} updated, {seen} seen before, {sightings} sightings, {rejected} rejected".format(**figures)
    )
    for item in figures["refused"]:
        print(f"refused: {item['file']}: {item['reason']}")
