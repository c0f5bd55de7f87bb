"""The lease that makes one ingest worker at a time responsible for a source.

A lease only saves double work: what is stored stays right without it, because every write
transaction looks again whether its fetch still waits. So it may be short, and a killed worker's
source is free again within seconds.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import timedelta
from typing import Self

from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from ingest.models import SourceState

LEASE = timedelta(seconds=4)


def take(source_id: int, holder: str) -> bool:
    """Takes or renews the lease; False where another holder has it."""
    if _taken(source_id, holder):
        return True
    _, made = SourceState.objects.get_or_create(source_id=source_id)
    return made and _taken(source_id, holder)


def _taken(source_id: int, holder: str) -> bool:
    now = timezone.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now) | Q(lease_holder=holder)
    states = SourceState.objects.filter(free, source_id=source_id)
    return states.update(lease_holder=holder, lease_until=now + LEASE) == 1


def _renewed(source_id: int, holder: str) -> bool:
    """Renews a lease that `holder` still has; one that was given back meanwhile is not taken again."""
    states = SourceState.objects.filter(source_id=source_id, lease_holder=holder)
    return states.update(lease_until=timezone.now() + LEASE) == 1


class Kept:
    """A lease that is held over several pieces of work, for a `with` block.

    It is renewed when half of it is gone: by whoever asks between two pieces, and by a thread of its own
    during a piece that takes longer. So it runs out only where its holder died, and the next one may count
    that against the document. Entering takes nothing yet; leaving gives nothing back.
    """

    def __init__(self, source_id: int, holder: str) -> None:
        self._source_id, self._holder = source_id, holder
        self._renew_after = 0.0
        self._held = False
        self._done = threading.Event()
        self._renewing = threading.Thread(target=self._renew, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._renewing.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._renewing.join()

    def still(self) -> bool:
        """Whether the lease is ours, taking or renewing it where that is due."""
        if time.monotonic() < self._renew_after:
            return True
        self._renew_after = time.monotonic() + LEASE.total_seconds() / 2
        self._held = take(self._source_id, self._holder)
        return self._held

    def _renew(self) -> None:
        """Every half lease, while it is ours. Nothing is lost where that fails: see the module's word."""
        used = False
        while not self._done.wait(LEASE.total_seconds() / 2):
            if self._held:
                used = True
                with suppress(DatabaseError):
                    self._held = _renewed(self._source_id, self._holder)
        if used:
            connection.close()


def release(source_id: int, holder: str) -> None:
    """Gives the lease back, if `holder` still has it."""
    SourceState.objects.filter(source_id=source_id, lease_holder=holder).update(
        lease_holder="", lease_until=None
    )
