"""The operator's day: what changed since yesterday, how much came in against what is usual, what piles up."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, Q, Sum

from crawlers import coverage
from crawlers.health.counting import HOUR, windows
from crawlers.health.facts import DOWN
from crawlers.models import HealthChange
from ingest.intake import hour_of
from ingest.models import Intake, Signal, Work
from notify import canary

DAY = timedelta(hours=24)
#: Changes of state in a day that make a source restless.
RESTLESS = 4
#: Weeks that must be known before something is called usual.
ENOUGH = 3
_COUNTED = ("documents", "new", "updated", "seen", "sightings", "rejected")


def summary(now: datetime) -> dict[str, Any]:
    """Plain values: since; died, recovered, noticed, restless (lists of sources); intake, indexing, canary,
    disk."""
    return {
        "since": _iso(now - DAY),
        **turns(now),
        "intake": intake(now),
        "indexing": lag(now),
        "canary": proved(now),
        "disk": disk(),
    }


def turns(now: datetime) -> dict[str, list[dict[str, Any]]]:
    """Sources that are otherwise than a day ago, each with its state, since when, and the evidence."""
    then = now - DAY
    recent = HealthChange.objects.filter(since__gt=then, source__enabled=True)
    changes = Counter(recent.values_list("source__slug", flat=True))
    held = HealthChange.objects.filter(Q(until__isnull=True) | Q(until__gt=then), since__lte=then)
    before = {
        slug: (state, evidence)
        for slug, state, evidence in held.filter(source__slug__in=changes).values_list(
            "source__slug", "state", "evidence"
        )
    }
    found: dict[str, list[dict[str, Any]]] = {"died": [], "recovered": [], "noticed": [], "restless": []}
    for line in coverage.read(now):
        if line.slug not in changes:
            continue
        was, evidence = before.get(line.slug, ("new", ""))
        row = {
            **{"slug": line.slug, "state": line.state, "was": was, "since": _iso(line.since)},
            **{"evidence": line.evidence, "changes": changes[line.slug]},
        }
        if was != "new" and line.down != _was_down(was, evidence):
            found["died" if line.down else "recovered"].append(row)
        elif line.state not in (was, "ok", "new", "quiet"):
            found["noticed"].append(row)
        elif changes[line.slug] >= RESTLESS:
            found["restless"].append(row)
    return found


def _was_down(state: str, evidence: str) -> bool:
    return state in DOWN or (state == "volume" and evidence.startswith("silence"))


def intake(now: datetime) -> dict[str, dict[str, int | None]]:
    """What came in during 24 hours beside the median of the same hours of the weeks before (None: not known).

    `entries` = new + updated + seen + sightings + rejected; `duplicates` are signals that repeat another.
    """
    spans = windows(hour_of(now) + HOUR)
    first = Intake.objects.aggregate(at=Min("hour"))["at"]
    counted = [_counted(start, end) for start, end in spans]
    known = [
        each
        for each, (start, _) in zip(counted[1:], spans[1:], strict=True)
        if each["documents"] and first is not None and start > first
    ]
    return {
        name: {"day": counted[0][name], "usual": _usual([each[name] for each in known])}
        for name in counted[0]
    }


def _counted(start: datetime, end: datetime) -> dict[str, int]:
    sums = {name: Sum(name, default=0) for name in _COUNTED}
    found: dict[str, int] = Intake.objects.filter(hour__gte=start, hour__lt=end).aggregate(**sums)
    found["entries"] = sum(found[name] for name in _COUNTED if name != "documents")
    repeats = Signal.objects.filter(seen__gte=start, seen__lt=end, duplicate_of__isnull=False)
    found["duplicates"] = repeats.count()
    return found


def _usual(values: Sequence[int]) -> int | None:
    return round(median(values)) if len(values) >= ENOUGH else None


def lag(now: datetime) -> dict[str, Any]:
    """Signals that wait for the index and for how many seconds the oldest of them has."""
    works = Work.objects.filter(stage=Work.Stage.INDEX, quarantined=None)
    found = works.aggregate(at=Min("since"), waiting=Count("id"))
    seconds = max(0.0, (now - found["at"]).total_seconds()) if found["at"] else 0.0
    return {"waiting": found["waiting"], "seconds": round(seconds, 1)}


def proved(now: datetime) -> dict[str, Any]:
    """The canary's last proof: `at` (None: none yet), its `seconds`, `late` (an alarm), where it stuck."""
    found = canary.proof(now)
    at = _iso(found.at) if found.at is not None else None
    seconds = round(found.seconds, 1) if found.seconds is not None else None
    return {"at": at, "seconds": seconds, "late": found.late, "said": found.said}


def disk() -> dict[str, int | None]:
    """Bytes: `data` in the data folder, `store` of a database elsewhere (else None), `free` on that disk."""
    folder = Path(settings.DATA_DIR)
    used = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                used += (Path(path) / name).stat().st_size
            except OSError:
                continue  # gone meanwhile
    store = None
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            store = int(cursor.fetchone()[0])
    return {"data": used, "store": store, "free": shutil.disk_usage(folder).free}


def lines(found: dict[str, Any]) -> list[str]:
    """The summary as a person reads it: what did not happen is not told, what came in always is."""
    told = [
        f"{word:<10} {_named(word, found[word])}"
        for word in ("died", "recovered", "noticed", "restless")
        if found[word]
    ]
    if not told:
        told.append("changes    no source is otherwise than yesterday")
    flow = found["intake"]
    shown = ("new", "updated", "duplicates", "rejected")
    figures = ", ".join(f"{_amount(flow[name])} {name}" for name in shown)
    told.append(f"24 hours   {_amount(flow['entries'])} entries: {figures}")
    disk = found["disk"]
    store = f", database {_bytes(disk['store'])}" if disk["store"] is not None else ""
    told.append(f"disk       data folder {_bytes(disk['data'])}{store}, {_bytes(disk['free'])} free")
    # An alarm comes before everything else.
    told.insert(0 if found["canary"]["late"] else len(told), _proof(found["canary"]))
    return told


def _proof(found: dict[str, Any]) -> str:
    last = f"last proof {found['at'][:16].replace('T', ' ')}" if found["at"] else "no proof yet"
    if found["late"]:
        stuck = f": {found['said']}" if found["said"] else ""
        return f"canary     LATE, {last}{stuck}"
    return f"canary     {last}" + (f", {found['seconds']} s" if found["seconds"] is not None else "")


_SHOWN = 10


def _named(word: str, rows: Sequence[dict[str, Any]]) -> str:
    """Who, in one line: the evidence of what holds now stands with the sources."""
    said = {"recovered": "was {was}", "restless": "{changes} changes in 24 hours, now {state}"}
    shown = [f"{row['slug']} ({said.get(word, '{state}').format(**row)})" for row in rows[:_SHOWN]]
    return ", ".join(shown) + (f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else "")


def _amount(figure: dict[str, int | None]) -> str:
    usual = f" (usually {figure['usual']:,})" if figure["usual"] is not None else ""
    return f"{figure['day']:,}{usual}"


def _bytes(number: int) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return f"{number / 1e3:.0f} kB"


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
