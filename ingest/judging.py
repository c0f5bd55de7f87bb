"""A stored signal before the judges, and what of its row follows from their answer and persons' words."""

from __future__ import annotations

from ingest.entries import Judged
from ingest.judge import whole
from ingest.models import Signal
from ingest.signals import JUDGED, Columns


def judged_now(signal: Signal) -> Judged:
    """What the judges of this version say of a signal's current content, as ingest asked them; its source is
    read."""
    source = signal.source
    return whole.judge(
        signal.title,
        signal.excerpt,
        signal.language or None,
        prior=tuple(source.domain_prior),
        source_country=source.country,
        official=signal.official,
    )


def taken(signal: Signal, stands: Columns) -> bool:
    """Puts `stands` on the row and raises its revision, unsaved; False where it said so already."""
    if all(getattr(signal, name) == getattr(stands, name) for name in JUDGED):
        return False
    stands.onto(signal)
    signal.revision += 1
    return True
