"""The state of a source from what is known of it. Pure: facts and a clock in, one word and a sentence out."""

from __future__ import annotations

from datetime import datetime

from crawlers.health import clocks, freshness, languages, volume
from crawlers.health.facts import SERIOUSNESS, Facts, Fault, Verdict, day

#: Failures in a row that make a source which once answered an `error`.
PATIENCE = 3


def decide(facts: Facts, now: datetime) -> Verdict:
    """The most serious fault is the state; where several hold at once, the others end its sentence."""
    stopped = _stopped(facts)
    if stopped is not None:
        return Verdict(stopped.state, stopped.evidence, (stopped,))
    if facts.ingested is None:
        if facts.last_polled is None:
            return Verdict("new", "not polled yet")
        return Verdict("new", f"answered on {day(facts.last_answered)}; not ingested yet")
    found = [_empty(facts)] if facts.entries == 0 else [freshness.judge(facts, now)]
    found += [volume.judge(facts, now), clocks.judge(facts), languages.judge(facts)]
    faults = sorted((each for each in found if each), key=lambda fault: SERIOUSNESS.index(fault.fault))
    if not faults:
        return Verdict("ok", freshness.sentence(facts))
    first, *rest = faults
    also = "".join(f"; also {each.state}: {each.evidence}" for each in rest)
    return Verdict(first.state, f"{first.evidence}{also}{_trouble(facts)}", tuple(faults))


def _stopped(facts: Facts) -> Fault | None:
    """What keeps the newest document from us, if anything does: then nothing else can be told."""
    since = day(facts.result_since)
    if facts.result == "gone":
        return Fault("gone", f"answered 410 Gone on {since}; it is not polled any more")
    if facts.result == "reserved":
        basis = facts.tdm_basis or facts.last_error
        return Fault("reserved", f"its owner reserved text and data mining ({basis}), {since}")
    if facts.result in ("blocked", "consent"):
        return Fault(facts.result, f"{facts.last_error}, since {since}")
    if facts.result == "failed" and (facts.failures >= PATIENCE or facts.last_answered is None):
        times = "once" if facts.failures <= 1 else f"{facts.failures} times in a row"
        return Fault("error", f"{facts.last_error}, {times}; last usable answer {day(facts.last_answered)}")
    if facts.refused:
        return Fault("error", f"its newest answer was refused: {facts.refused.removeprefix('refused: ')}")
    return None


def _empty(facts: Facts) -> Fault:
    read_as = facts.format or "a feed"
    return Fault("empty", f"answered and was read as {read_as}, but holds 0 entries ({day(facts.ingested)})")


def _trouble(facts: Facts) -> str:
    return f"; last poll failed: {facts.last_error}" if facts.result == "failed" and facts.last_error else ""
