"""Which sources are due and whose they are: crawlers share them by a short lease on the host."""

from __future__ import annotations

import os
import socket
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from crawlers.decide import hosts
from crawlers.models import Host
from crawlers.polls import Job
from ingest.models import Source, SourceState

#: A dead crawler's hosts are free again after this long; a living one renews every few seconds.
LEASE = timedelta(seconds=10)
LOOKED_AT = 2000
PER_VISIT = 20
#: What is served by this installation itself: recorded files of a replay, the canary.
_OURS = (Source.Kind.RECORDED, Source.Kind.CANARY)


@dataclass(frozen=True)
class Visit:
    """One host, leased, and its due sources."""

    host: str
    jobs: tuple[Job, ...]

    @property
    def failing(self) -> bool:
        """Whether all of them failed when they were polled last."""
        return all(job.failures for job in self.jobs)


def job_of(source: Source) -> Job:
    """The plain values of a source and its state."""
    state = source.state
    return Job(
        source_id=source.pk,
        slug=source.slug,
        url=source.url,
        kind=source.kind,
        interval=timedelta(seconds=source.interval),
        allowed_hosts=tuple(source.allowed_hosts or ()),
        spider=source.spider or {},
        language=source.language,
        etag=state.etag,
        last_modified=state.last_modified,
        body_hash=state.body_hash,
        failures=state.failures,
        unchanged=state.unchanged,
        polls=state.polls,
    )


def _stateless() -> None:
    missing = Source.objects.filter(state=None).values_list("pk", flat=True)
    SourceState.objects.bulk_create([SourceState(source_id=pk) for pk in missing], ignore_conflicts=True)


def _polled() -> QuerySet[Source]:
    """Sources this installation polls: with HORIZONSCAN_LIVE=0 only those of its own machine."""
    enabled = Source.objects.filter(enabled=True)
    return enabled if settings.HORIZONSCAN_LIVE else enabled.filter(kind__in=_OURS)


def claim(
    holder: str, now: datetime, busy: Collection[str], room: int, failing: int | None = None
) -> list[Visit]:
    """Leases up to `room` hosts with due sources, none of those in `busy` (already ours and being visited).

    At most `failing` of them (None: any number) are hosts all of whose due sources failed last time: they
    may hang until the time-out, and come after the others.
    A source that answered 410 is never due again; one without an address never was.
    """
    _stateless()
    due = (
        _polled()
        .filter(state__next_due__lte=now)
        .exclude(url="")
        .exclude(state__last_status=410)
        .select_related("state")
        .order_by("state__next_due")[:LOOKED_AT]
    )
    by_host: dict[str, list[Source]] = defaultdict(list)
    for source in due:
        name = hosts.authority(source.url) or "(none)"
        if name not in busy:
            by_host[name].append(source)
    if not by_host or room <= 0:
        return []
    ill = [name for name, sources in by_host.items() if all(source.state.failures for source in sources)]
    well = [name for name in by_host if name not in set(ill)]
    ours = _lease(well, holder, now, room) if well else []
    left = min(room - len(ours), len(ill) if failing is None else failing)
    if ill and left > 0:
        ours += _lease(ill, holder, now, left)
    return [Visit(name, tuple(job_of(source) for source in by_host[name][:PER_VISIT])) for name in ours]


def _lease(names: list[str], holder: str, now: datetime, room: int) -> list[str]:
    """Takes what is free of `names`, in their order. A conditional UPDATE decides between two crawlers."""
    known = set(Host.objects.filter(name__in=names).values_list("name", flat=True))
    Host.objects.bulk_create(
        [Host(name=name, next_request_at=now) for name in names if name not in known], ignore_conflicts=True
    )
    free = (Q(lease_until=None) | Q(lease_until__lte=now) | Q(lease_holder=holder)) & Q(
        next_request_at__lte=now
    )
    open_now = set(Host.objects.filter(free, name__in=names).values_list("name", flat=True))
    wanted = [name for name in names if name in open_now][:room]
    if not wanted:
        return []
    until = now + LEASE
    Host.objects.filter(free, name__in=wanted).update(lease_holder=holder, lease_until=until)
    taken = Host.objects.filter(name__in=wanted, lease_holder=holder, lease_until=until)
    ours = set(taken.values_list("name", flat=True))
    return [name for name in wanted if name in ours]


def renew(holder: str, now: datetime, names: Collection[str]) -> None:
    """Keeps the leases of hosts still being visited."""
    if names:
        Host.objects.filter(lease_holder=holder, name__in=names).update(lease_until=now + LEASE)


def release(holder: str, returned: Mapping[str, datetime]) -> None:
    """Gives hosts back, each to be asked again by anybody from its moment on."""
    rows = list(Host.objects.filter(lease_holder=holder, name__in=list(returned)))
    for row in rows:
        row.lease_holder, row.lease_until, row.next_request_at = "", None, returned[row.name]
    Host.objects.bulk_update(rows, ("lease_holder", "lease_until", "next_request_at"))


def holder_name() -> str:
    """Who this process is in a lease: machine, process id and a mark of its own."""
    return f"{_machine()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def _machine() -> str:
    return socket.gethostname().replace(":", "-")[:40]


def bury() -> int:
    """Frees the hosts of crawlers that died on this machine: a restart need not wait for their leases.

    A process id that was given out again looks alive: its leases then run out by themselves.
    """
    held = Host.objects.filter(lease_holder__startswith=f"{_machine()}:").values_list(
        "lease_holder", flat=True
    )
    dead = [holder for holder in set(held) if not _alive(int(holder.split(":")[1]))]
    return Host.objects.filter(lease_holder__in=dead).update(lease_holder="", lease_until=None)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def release_all(holder: str) -> None:
    """Gives everything back at a clean stop."""
    Host.objects.filter(lease_holder=holder).update(lease_holder="", lease_until=None)


def next_due(now: datetime) -> datetime | None:
    """The earliest moment after `now` at which a source becomes due."""
    return (
        SourceState.objects.filter(next_due__gt=now, source__in=_polled())
        .order_by("next_due")
        .values_list("next_due", flat=True)
        .first()
    )
