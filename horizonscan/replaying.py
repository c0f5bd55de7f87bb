"""A replay as the installation sees it: recorded files become sources with a loopback address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.utils import timezone

from horizonscan import replay
from horizonscan.errors import CommandError
from ingest.models import Source, SourceState

log = structlog.get_logger()

#: Seconds between polls of a recorded source: while files are left, and after the last one.
EAGER, IDLE = 1, 300


@dataclass
class Replayed:
    """The recordings of one replay; empty when nothing is replayed."""

    recordings: Sequence[replay.Recording] = ()
    last: dict[str, str] = field(default_factory=dict)

    @property
    def networks(self) -> list[str]:
        return replay.networks(self.recordings)

    @property
    def files(self) -> int:
        return sum(len(each.files) for each in self.recordings)


def prepare(folder: Path | None, described: Mapping[str, Mapping[str, Any]] | None = None) -> Replayed:
    """Gives every source of the recorded files in `folder` an address; without one, takes old addresses away.

    `described` holds, by the files' name without date, what a catalogue would say of the source.
    Raises CommandError where nothing can be replayed.
    """
    # Addresses of an earlier replay lead nowhere now, or to somebody else's server.
    Source.objects.filter(kind=Source.Kind.RECORDED).exclude(url="").update(url="")
    if folder is None:
        return Replayed()
    from ingest.recorded import files, named, source_of, survey

    log.info("reading the recorded files", folder=str(folder), files=len(files([folder])))
    rows = []
    for found in survey([folder]):
        source = source_of(found)
        name = named(found.path)[0]
        if described and name in described:
            _describe(source, name, described[name])
        rows.append((source, str(found.path.resolve()), found.as_of))
    if not rows:
        raise CommandError(f"--replay {folder}: holds no file")
    recordings = replay.plan_of([(source.slug, path, as_of) for source, path, as_of in rows])
    try:
        port = replay.free_port([each.address for each in recordings])
    except OSError as error:
        raise CommandError(f"--replay needs addresses 127.77.x.y on this machine: {error.strerror}") from None
    for each in recordings:
        url = f"http://{each.address}:{port}{replay.PATH}"
        Source.objects.filter(slug=each.slug).update(
            url=url, allowed_hosts=[each.address], interval=EAGER, enabled=True
        )
    slugs = [each.slug for each in recordings]
    SourceState.objects.filter(source__slug__in=slugs).update(next_due=timezone.now(), failures=0)
    replay.save(Path(settings.DATA_DIR) / "replay.json", port, recordings)
    return Replayed(recordings, {each.slug: each.etag(len(each.files) - 1) for each in recordings})


def _describe(source: Source, slug: str, words: Mapping[str, Any]) -> None:
    source.slug, source.domain_prior = slug, list(words.get("domains", []))
    for name in ("name", "language", "country", "reliability", "owner", "official"):
        if name in words:
            setattr(source, name, words[name])
    source.save()


def slow_down(replayed: Replayed) -> int:
    """Sources that have given their last file are asked seldom from now on. Returns how many have more."""
    eager = SourceState.objects.filter(source__kind=Source.Kind.RECORDED, source__interval=EAGER).exclude(
        source__url=""
    )
    rows = list(eager.values_list("source_id", "source__slug", "etag"))
    done = [pk for pk, slug, etag in rows if etag == replayed.last.get(slug)]
    if done:
        Source.objects.filter(pk__in=done).update(interval=IDLE)
    return len(rows) - len(done)
