"""Judging again what judges of another version judged: after an upgrade, or a change of their data files.

What has to be done stands in the store (`Judgement.model`), so it may be interrupted anywhere and goes on
where it stopped; each batch is judged without a lock and written in one short transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from ingest import canary
from ingest.corrections import in_force
from ingest.entries import Judged
from ingest.judge import whole
from ingest.judging import judged_now, taken
from ingest.models import Judgement, Signal, Work
from ingest.outbox import one_writer, queue
from ingest.overlay import overlaid
from ingest.rows import insert
from ingest.signals import JUDGED, judgement

log = structlog.get_logger()

BATCH = 200


@dataclass(slots=True)
class Rejudged:
    """What a run did, in signals.

    `changed` have other columns now, `failed` could not be judged and keep what they had, `left` were
    changed by somebody else meanwhile (and judged anew by whoever that was).
    """

    judged: int = 0
    changed: int = 0
    failed: int = 0
    left: int = 0


def outdated() -> int:
    """Signals that wait for judging again; counted in the index of the models. Raises whole.Unready."""
    return sum(Judgement.objects.filter(model=model).count() for model in _outdated(_present()))


def rejudge(
    limit: int | None = None,
    progress: Callable[[Rejudged], object] | None = None,
    *,
    everything: bool = False,
    before: datetime | None = None,
    batch: int = BATCH,
) -> Rejudged:
    """Judges up to `limit` outdated signals again (None: all of them), those judged last first.

    Corrections stay in force; a signal goes to the index only where its columns changed. `progress` is
    called after each batch and may raise to end the run. `everything`: also what the present judges judged.
    `before`: only what was judged before then, so that two processes of different versions, each holding
    its own judges for the present ones, do not judge each other's work again for ever. Raises whole.Unready.
    """
    done = Rejudged()
    present = _present()
    models = [present, *_outdated(present)] if everything else _outdated(present)
    if models:
        whole.load()
    for model in models:
        below: int | None = None
        while limit is None or done.judged < limit:
            size = batch if limit is None else min(batch, limit - done.judged)
            rows = _waiting(model, below, before, size)
            if not rows:
                break
            below = rows[-1].pk
            _again(rows, present, done)
            if progress is not None:
                progress(done)
    return done


def _present() -> str:
    try:
        return whole.model()
    except (ValueError, OSError) as error:
        raise whole.Unready(str(error)) from None


def _outdated(present: str) -> list[str]:
    """The other models that judged anything: one look into their index each, DISTINCT would read it all."""
    rows = Judgement.objects.order_by("model").values_list("model", flat=True)
    found: list[str] = []
    model = rows.first()
    while model is not None:
        found.append(model)
        model = rows.filter(model__gt=model).first()
    return [model for model in found if model != present]


def _waiting(model: str, below: int | None, before: datetime | None, size: int) -> list[Judgement]:
    rows = Judgement.objects.filter(model=model).defer("result").select_related("signal__source")
    # A canary's signal is gone within the hour, and must not enter the index by this way.
    rows = rows.exclude(signal__source__in=canary.sources())
    if below is not None:
        rows = rows.filter(pk__lt=below)
    if before is not None:
        rows = rows.filter(at__lt=before)
    return list(rows.order_by("-pk")[:size])


def _again(rows: Sequence[Judgement], present: str, done: Rejudged) -> None:
    made: dict[int, tuple[Judgement, Judged]] = {}
    for row in rows:
        try:
            made[row.signal_id] = row, judged_now(row.signal)
        except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
            done.failed += 1
            reason = f"{type(error).__name__}: {error}"[:200]
            log.error("signal cannot be judged", signal=row.signal_id, reason=reason)
    with transaction.atomic():
        one_writer()
        _write(made, present, done)


def _write(made: dict[int, tuple[Judgement, Judged]], present: str, done: Rejudged) -> None:
    """Writes what still holds: a signal that got other content meanwhile was judged with it."""
    now = timezone.now()
    standing = dict(Judgement.objects.filter(signal__in=made).values_list("signal", "pk"))
    said = in_force(made)
    written: list[dict[str, Any]] = []
    changed: list[Signal] = []
    for signal in Signal.objects.filter(pk__in=made).only("pk", "content_hash", "revision", *JUDGED):
        row, judged = made[signal.pk]
        if standing.get(signal.pk) != row.pk or signal.content_hash != row.signal.content_hash:
            continue
        written.append(judgement(signal, judged, present, now))
        if taken(signal, overlaid(judged, said.get(signal.pk, ()))):
            signal.save(update_fields=[*JUDGED, "revision"])
            changed.append(signal)
    insert(Judgement, written, conflict=("signal_id",))
    queue(changed, (Work.Stage.MATCH, Work.Stage.INDEX))
    done.judged += len(written)
    done.changed += len(changed)
    done.left += len(made) - len(written)
