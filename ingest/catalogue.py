"""The source catalogue: a YAML file of sources, checked whole, merged into the store.

Merging is three-way: a value the operator changed stays as it is; one that the catalogue changed
since it was last loaded is taken over; a source that left the catalogue is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import yaml
from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from ingest.models import Signal, Source, SourceState, Work
from ingest.outbox import one_writer, queue

#: Catalogue field → model field, for those that are taken over as they stand.
_FIELDS = {
    "name": "name",
    "url": "url",
    "kind": "kind",
    "language": "language",
    "country": "country",
    "zone": "zone",
    "reliability": "reliability",
    "reliability_note": "reliability_note",
    "domains": "domain_prior",
    "owner": "owner",
    "official": "official",
    "rights": "rights",
    "interval": "interval",
    "allowed_hosts": "allowed_hosts",
    "footers": "footers",
    "spider": "spider",
    "evidence": "evidence",
    "enabled": "enabled",
}
#: Known to the catalogue's readers, not stored.
_NOTES = {"slug", "tier", "note"}


class CatalogueError(ValueError):
    """The catalogue cannot be used; the message names the file, the source and what to do."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading did: numbers of sources."""

    total: int
    added: int
    changed: int


def read(path: Path) -> list[dict[str, Any]]:
    """The sources of a catalogue file, checked. Raises CatalogueError."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogueError(f"{path}: cannot be read: {error.strerror}") from None
    except yaml.YAMLError as error:
        where = f" at line {error.problem_mark.line + 1}" if getattr(error, "problem_mark", None) else ""  # type: ignore[attr-defined]
        raise CatalogueError(f"{path}: no valid YAML{where}") from None
    sources = data.get("sources") if isinstance(data, dict) else None
    if not isinstance(sources, list):
        raise CatalogueError(f"{path}: needs a list under `sources:`")
    seen: set[str] = set()
    for number, source in enumerate(sources, start=1):
        problem = problem_of(source)
        if not problem and source["slug"] in seen:
            problem = "its slug occurs twice"
        if problem:
            name = source.get("slug", f"number {number}") if isinstance(source, dict) else f"number {number}"
            raise CatalogueError(f"{path}: source {name}: {problem}")
        seen.add(source["slug"])
    return sources


def problem_of(source: Any) -> str:
    """What is wrong with one source of a catalogue, in one line; empty when nothing is."""
    if not isinstance(source, dict):
        return "must be a mapping"
    unknown = set(source) - set(_FIELDS) - _NOTES
    if unknown:
        return f"unknown field {sorted(unknown)[0]!r}"
    for name in ("slug", "name", "url"):
        if not isinstance(source.get(name), str) or not source[name].strip():
            return f"needs `{name}`"
    if urlsplit(source["url"]).scheme not in ("http", "https"):
        return f"url {source['url']!r} must start with https:// or http://"
    if source.get("kind", "feed") not in ("feed", "page"):
        return "kind must be feed or page"
    if source.get("kind") == "page" and not source.get("spider"):
        return "a page source needs `spider` rules"
    if source.get("reliability", "F") not in tuple("ABCDEF"):
        return "reliability must be one of A to F"
    if source.get("rights", "excerpt") not in Source.Rights.values:
        return "rights must be excerpt or full"
    if source.get("zone", "UTC") not in available_timezones():
        return f"zone {source['zone']!r} is no IANA time zone"
    interval = source.get("interval", 900)
    if not isinstance(interval, int) or interval < 60:
        return "interval must be a whole number of seconds, 60 or more"
    for name in ("domains", "allowed_hosts", "footers"):
        if not isinstance(source.get(name, []), list):
            return f"`{name}` must be a list"
    return ""


def values_of(source: Mapping[str, Any]) -> dict[str, Any]:
    """Model values of one checked catalogue source; the host of its URL is always allowed."""
    values = {model: source[name] for name, model in _FIELDS.items() if name in source}
    host = urlsplit(source["url"]).hostname or ""
    hosts = [h.lower() for h in source.get("allowed_hosts", [])]
    values["allowed_hosts"] = hosts if host in hosts else [host, *hosts]
    return values


def start_afresh(source: Source) -> None:
    """Forgets what was known of a source's former address: validators, failures, that it was gone."""
    SourceState.objects.filter(source=source).update(
        etag="", last_modified="", body_hash="", last_status=None, failures=0, next_due=timezone.now()
    )


def relate_afresh(source: Source) -> None:
    """Has a source's signals related again: another owner may have changed, or copied, the same words."""
    queue(list(Signal.objects.filter(source=source).only("pk", "revision")), (Work.Stage.RELATE,))


def load(path: Path, actor: str = "catalogue") -> Loaded:
    """Merges the catalogue at `path` into the store, audited. Raises CatalogueError, storing nothing."""
    sources = read(path)
    held = {s.slug: s for s in Source.objects.filter(slug__in=[s["slug"] for s in sources])}
    before = {s.pk: (s.url, s.owner) for s in held.values()}
    added = changed = 0
    with transaction.atomic():
        one_writer()
        for source in sources:
            values = values_of(source)
            row = held.get(source["slug"])
            if row is None:
                row = Source.objects.create(slug=source["slug"], catalogue=values, **values)
                SourceState.objects.create(source=row)
                added += 1
            elif row.catalogue != values:
                for name, value in values.items():
                    if getattr(row, name) == row.catalogue.get(name, getattr(row, name)):
                        setattr(row, name, value)
                url, owner = before[row.pk]
                row.catalogue = values
                row.save()
                if row.url != url:
                    start_afresh(row)
                if row.owner != owner:
                    relate_afresh(row)
                changed += 1
        if added or changed:
            record(actor, "catalogue.load", path.name, added=added, changed=changed)
    return Loaded(len(sources), added, changed)
