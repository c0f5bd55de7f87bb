"""What health is decided from and what it says: plain values, and the order in which faults count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: Every fault there is, the most serious first: that one becomes the state, the others stand beside it.
#: First what its owner or a wall keeps from us, then what does not come, then what comes but is not right.
SERIOUSNESS = (
    "gone",
    "reserved",
    "blocked",
    "consent",
    "error",
    "empty",
    "frozen",
    "stale",
    "silence",
    "flood",
    "skew",
    "language",
    "quiet",
)
#: Faults whose state has another word: too few and too many entries are both its volume.
_WORD = {"silence": "volume", "flood": "volume"}
#: Faults with which nothing comes in: the source counts as down wherever coverage is told.
DOWN = frozenset(SERIOUSNESS[: SERIOUSNESS.index("silence") + 1])


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A source's own gaps between its entries: the median, and the ninth in ten (nights, weekends)."""

    usual: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Volume:
    """Entries that came in during 24 hours, and during the same hours one, two, three and four weeks before.

    `before` holds only weeks in which the source was watched, without holidays.
    """

    day: int
    before: tuple[int, ...] = ()
    holiday: bool = False


@dataclass(frozen=True, slots=True)
class Ahead:
    """Of the newest `total` entries so many were dated in the future when they came, by `lead` (median)."""

    count: int
    total: int
    lead: timedelta


@dataclass(frozen=True, slots=True)
class Lag:
    """How long after their own date `total` entries came in: the shortest time and the third in four."""

    total: int
    least: timedelta
    most: timedelta


@dataclass(frozen=True, slots=True)
class Mix:
    """The commonest language of some entries: how many of all."""

    language: str
    count: int
    total: int

    @property
    def share(self) -> float:
        return self.count / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a source. Moments are aware UTC.

    `result` is how the newest poll ended (answered, failed, gone, blocked, consent, reserved), empty before
    the first. `seen_until` is when it was last looked at: None for now, for a recorded source the as_of of
    what it last gave. `arrived` is when something new last came in after its first document. `unbroken`:
    since when it has been polled without a pause of ours, None where nobody polls it.
    """

    kind: str
    result: str = ""
    result_since: datetime | None = None
    last_polled: datetime | None = None
    last_answered: datetime | None = None
    last_changed: datetime | None = None
    last_error: str = ""
    failures: int = 0
    ingested: datetime | None = None
    entries: int | None = None
    entry_newest: datetime | None = None
    arrived: datetime | None = None
    format: str = ""
    refused: str = ""
    rhythm: Rhythm | None = None
    seen_until: datetime | None = None
    tdm_basis: str = ""
    interval: timedelta = timedelta(minutes=15)
    unbroken: datetime | None = None
    volume: Volume | None = None
    ahead: Ahead | None = None
    lag: Lag | None = None
    languages: tuple[Mix, Mix, int] | None = None  # before; lately; how many lately in the language before


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, of SERIOUSNESS, with one sentence of evidence."""

    fault: str
    evidence: str

    @property
    def state(self) -> str:
        return _WORD.get(self.fault, self.fault)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One word, one sentence, and every fault there is, the most serious first (none for ok and new)."""

    state: str
    evidence: str
    faults: tuple[Fault, ...] = ()


def day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"


def span(length: timedelta) -> str:
    hours = length.total_seconds() / 3600
    if hours >= 48:
        return f"{hours / 24:.0f} days"
    return f"{hours:.0f} hours" if hours >= 2 else f"{hours * 60:.0f} minutes"
