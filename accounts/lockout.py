"""Guessing gets slower: failed sign-ins counted by address and by origin, both as keyed hashes.

An address nobody has is counted like any other, so the answer tells nothing about who has an account.
The wait is short at first and never longer than a quarter of an hour: whoever wants to keep somebody else
out can delay them, not lock them out, and a one-time link by mail works all the while.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import Attempt

WINDOW = timedelta(hours=24)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Limit:
    """How many failures in WINDOW are free before each further one costs a wait."""

    free: int


#: Many people may sit behind one origin, so it is given more.
LIMITS = {
    "address": Limit(5),
    "origin": Limit(30),
    "mail": Limit(5),
    "mail-origin": Limit(30),
    "kept": Limit(30),
}


def until(failures: Sequence[datetime], now: datetime, limit: Limit) -> datetime | None:
    """Until when the next try has to wait; None: it need not. `failures` in any order."""
    recent = [at for at in failures if at > now - WINDOW]
    if len(recent) < limit.free:
        return None
    over = min(len(recent) - limit.free, 20)
    end = max(recent) + min(FIRST_WAIT * 2**over, LONGEST_WAIT)
    return end if end > now else None


def key(kind: str, value: str) -> str:
    """What is stored instead of the value. Without the installation's secret key it tells nothing."""
    return salted_hmac(
        "horizonscan.attempt", f"{kind}:{value.strip().lower()}", algorithm="sha256"
    ).hexdigest()


def blocked(counted: Mapping[str, str], now: datetime | None = None) -> datetime | None:
    """Until when a try counted by these (`{"address": …, "origin": …}`) has to wait; None: it need not."""
    now = now or timezone.now()
    ends = []
    for kind, value in counted.items():
        times = Attempt.objects.filter(key=key(kind, value), at__gt=now - WINDOW).values_list("at", flat=True)
        ends.append(until(list(times), now, LIMITS[kind]))
    return max((end for end in ends if end is not None), default=None)


def note(counted: Mapping[str, str], now: datetime | None = None) -> list[int]:
    """Counts one try. Call it before the password is looked at, so that tries at once are all counted."""
    now = now or timezone.now()
    Attempt.objects.filter(at__lt=now - WINDOW).delete()
    return [Attempt.objects.create(key=key(kind, value), at=now).pk for kind, value in counted.items()]


def clear(noted: Sequence[int], counted: Mapping[str, str]) -> None:
    """After a success: forgets the tries noted for it, and all failures counted by these."""
    keys = [key(kind, value) for kind, value in counted.items()]
    Attempt.objects.filter(Q(pk__in=list(noted)) | Q(key__in=keys)).delete()
