"""A person's word against the judges': set, undone, kept for ever, in force at once.

One correction a signal, kind and key is in force; a later one takes its place and the former stays in the
history, undone by whoever came later. Each is written with its audit event, the signal's row and its place
in the outbox in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.audit import record
from ingest.judge import stored
from ingest.judging import judged_now, taken
from ingest.models import Correction, Judgement, Signal, Version, Work
from ingest.outbox import one_writer, queue
from ingest.overlay import overlaid
from ingest.signals import JUDGED
from ingest.vocabulary import CorrectionError, meant

__all__ = ["CorrectionError", "correct", "history", "in_force", "overlaid", "training", "undo"]

_CHUNK = 5_000
LONGEST_NOTE = 500


def correct(
    signal_id: int,
    kind: str,
    key: str,
    value: Any,
    *,
    actor: str,
    note: str = "",
    origin: str = "command line",
) -> Correction:
    """Sets what a person says of a signal; `key` and `value` as `ingest.vocabulary.meant` takes them.

    Raises CorrectionError: an unknown signal, name or value, or a duplicate link that would be a circle.
    """
    key, value = meant(kind, key, value)
    if len(note) > LONGEST_NOTE:
        raise CorrectionError(f"a note has at most {LONGEST_NOTE} characters, not {len(note)}")
    with transaction.atomic():
        one_writer()
        signal = _signal(signal_id)
        root = _root(signal, value) if kind == Correction.Kind.DUPLICATE else None
        now = timezone.now()
        Correction.objects.filter(signal=signal, kind=kind, key=key, undone=None).update(
            undone=now, undone_by=actor
        )
        made = Correction.objects.create(
            signal=signal,
            kind=kind,
            key=key,
            value=value,
            before=_stands(signal, kind, key),
            content_hash=signal.content_hash,
            actor=actor,
            note=note,
            at=now,
        )
        if kind == Correction.Kind.DUPLICATE:
            _link(signal, root)
        else:
            _apply(signal)
        _audit(made, "correction.set", actor, origin)
    return made


def undo(correction_id: int, *, actor: str, origin: str = "command line") -> Correction:
    """Takes a correction back: what the judges say now of the signal's content stands again.

    Raises CorrectionError where there is none of that id, or it is in force no longer.
    """
    with transaction.atomic():
        one_writer()
        made = Correction.objects.select_related("signal").filter(pk=correction_id).first()
        if made is None:
            raise CorrectionError(f"there is no correction {correction_id}")
        if made.undone is not None:
            raise CorrectionError(
                f"correction {correction_id} is in force no longer: "
                f"undone {made.undone:%Y-%m-%d %H:%M} UTC by {made.undone_by}"
            )
        made.undone, made.undone_by = timezone.now(), actor
        made.save(update_fields=["undone", "undone_by"])
        if made.kind == Correction.Kind.DUPLICATE:
            queue([made.signal], (Work.Stage.RELATE,))
        else:
            _apply(made.signal)
        _audit(made, "correction.undo", actor, origin)
    return made


def history(signal_id: int) -> list[Correction]:
    """Every correction of a signal, in force or not, newest first."""
    return list(Correction.objects.filter(signal=signal_id).order_by("-at", "-pk"))


def in_force(signal_ids: Iterable[int]) -> dict[int, list[Correction]]:
    """The corrections in force of these signals, oldest first; a signal without any is left out."""
    found: dict[int, list[Correction]] = {}
    ids = list(signal_ids)
    for start in range(0, len(ids), _CHUNK):
        rows = Correction.objects.filter(signal__in=ids[start : start + _CHUNK], undone=None)
        for row in rows.order_by("at", "pk"):
            found.setdefault(row.signal_id, []).append(row)
    return found


def training() -> Iterator[dict[str, Any]]:
    """The corrections in force as examples to learn from: the text that the person saw and what they said.

    Of a duplicate `other` is the text that is, or is not, repeated. Who said it is left out.
    """
    rows = Correction.objects.filter(undone=None).select_related("signal").order_by("pk")
    for row in rows.iterator(chunk_size=500):
        title, excerpt = _text_seen(row)
        example: dict[str, Any] = {"title": title, "excerpt": excerpt, "language": row.signal.language}
        if row.kind == Correction.Kind.DUPLICATE:
            other = row.value if row.value is not None else row.before
            example["other"] = Signal.objects.filter(pk=other or 0).values("title", "excerpt").first()
        at = row.at.isoformat(timespec="seconds").replace("+00:00", "Z")
        yield example | {"kind": row.kind, "key": row.key, "value": row.value, "before": row.before, "at": at}


def _text_seen(row: Correction) -> tuple[str, str]:
    signal = row.signal
    if signal.content_hash == row.content_hash:
        return signal.title, signal.excerpt
    seen = Version.objects.filter(signal=signal, content_hash=row.content_hash).first()
    return (seen.title, seen.excerpt) if seen is not None else (signal.title, signal.excerpt)


def _signal(signal_id: int) -> Signal:
    signal = Signal.objects.filter(pk=signal_id).first()
    if signal is None:
        raise CorrectionError(f"there is no signal {signal_id}; `horizonscan search … --json` shows ids")
    return signal


def _stands(signal: Signal, kind: str, key: str) -> Any:
    """What the signal's row says of a correction's subject, in the form of its value."""
    match kind:
        case Correction.Kind.DOMAIN:
            return key in signal.domains
        case Correction.Kind.SEVERITY:
            return signal.severity
        case Correction.Kind.PLACE:
            return key in signal.places
        case Correction.Kind.PART:
            return signal.parts.get(key, "")
    return signal.duplicate_of_id


def _apply(signal: Signal) -> None:
    """Makes the row what the judges said of its content, overlaid with what is in force."""
    judgement = Judgement.objects.filter(signal=signal).first()
    judged = stored.judged(judgement.result) if judgement is not None else judged_now(signal)
    if taken(signal, overlaid(judged, in_force([signal.pk]).get(signal.pk, ()))):
        signal.save(update_fields=[*JUDGED, "revision"])
        queue([signal], (Work.Stage.MATCH, Work.Stage.INDEX))


def _root(signal: Signal, value: int | None) -> int | None:
    """The signal that `signal` points to when it repeats `value`: the root of its group."""
    if value is None:
        return None
    if value == signal.pk:
        raise CorrectionError(f"signal {value} cannot repeat itself")
    other = _signal(value)
    root = other.duplicate_of_id or other.pk
    if root == signal.pk:
        raise CorrectionError(
            f"signal {value} repeats {signal.pk} as it stands; "
            f"say `horizonscan correct {value} duplicate none` first"
        )
    return root


def _link(signal: Signal, root: int | None) -> None:
    """Points `signal` to `root`; those that point to it go along, so that no chain arises.

    All are related afresh: what persons said stands, the others may turn out to repeat something else.
    """
    if signal.duplicate_of_id == root and signal.update_of_id is None:
        queue([signal], (Work.Stage.RELATE,))
        return
    followers: list[int] = []
    if root is not None:
        followers = list(Signal.objects.filter(duplicate_of=signal).values_list("pk", flat=True))
    moved = Signal.objects.filter(pk__in=[signal.pk, *followers])
    moved.update(duplicate_of=root, update_of=None, revision=F("revision") + 1)
    queue(list(moved.only("pk", "revision")), (Work.Stage.RELATE, Work.Stage.MATCH, Work.Stage.INDEX))


def _audit(made: Correction, action: str, actor: str, origin: str) -> None:
    record(
        actor,
        action,
        f"signal-{made.signal_id}",
        origin=origin,
        correction=made.pk,
        kind=made.kind,
        about=made.key,
        value=made.value,
        before=made.before,
    )
