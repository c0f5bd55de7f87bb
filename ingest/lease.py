"""The lease that makes one ingest worker at a time responsible for a source.

A lease only saves double work: what is stored stays right without it, because every write
transaction looks again whether its fetch still waits. So it may be short, and a killed worker's
source is free again within seconds.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from ingest.models import SourceState

LEASE = timedelta(seconds=4)


def take(source_id: int, holder: str) -> bool:
    """Takes or renews the lease; False where another holder has it."""
    now = timezone.now()
    SourceState.objects.get_or_create(source_id=source_id)
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now) | Q(lease_holder=holder)
    taken = SourceState.objects.filter(free, source_id=source_id).update(
        lease_holder=holder, lease_until=now + LEASE
    )
    return taken == 1


def release(source_id: int, holder: str) -> None:
    """Gives the lease back, if `holder` still has it."""
    SourceState.objects.filter(source_id=source_id, lease_holder=holder).update(
        lease_holder="", lease_until=None
    )
