"""Which stretch of time a digest covers, and what of it may be told as new. Pure.

Windows count first seen. Each begins where the last one ended, so that nothing falls between two; what was
stored or matched after that with an earlier time still counts (a backlog, a correction), because it was
never told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from notify.digest.schedule import LONGEST

#: What a first digest looks back.
FIRST = timedelta(hours=24)
#: How much earlier than the window a signal may have been seen that was matched only now.
BEHIND = timedelta(hours=24)
#: A transaction that was open when the last digest was made.
OPEN = timedelta(minutes=5)
#: Quiet signals enter only if they were published so lately.
FRESH = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Window:
    """From `begins` to just before `ends`, by first seen."""

    begins: datetime
    ends: datetime

    def holds(self, seen: datetime) -> bool:
        return self.begins <= seen < self.ends

    def met(self, seen: datetime, matched: datetime) -> bool:
        """Whether a match falls in it: first seen in it, or a little before and matched since."""
        late = self.begins - BEHIND <= seen < self.begins and matched >= self.begins - OPEN
        return self.holds(seen) or late


def window(now: datetime, last_ended: datetime | None, since: datetime) -> Window:
    """The window of a digest made at `now`, after one that ended at `last_ended`; without one it is the
    first of who became a reader at `since`."""
    if last_ended is not None:
        begins = max(last_ended, now - LONGEST)
    else:
        begins = min(since, now - FIRST) if now - since <= LONGEST else now - FIRST
    return Window(min(begins, now), now)


def tellable(quiet: str, published: datetime, ends: datetime) -> bool:
    """Whether a signal is news at all: a first poll, a back-fill and what came late only if it is fresh."""
    return not quiet or published >= ends - FRESH
