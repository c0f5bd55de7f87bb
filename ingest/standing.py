"""What stands of a signal, who says so and why: the judges' words beside the persons', with their history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ingest.corrections import history
from ingest.judge import stored, whole
from ingest.judge.plain import as_json
from ingest.models import Correction, Judgement, Signal
from ingest.signals import JUDGED
from ingest.vocabulary import CorrectionError


@dataclass(frozen=True, slots=True)
class Standing:
    """One signal. `judged` is what `ingest.judge.plain` stored (complete, also of an older model's row).

    `unjudged` says why its text was not judged, empty where it was; `outdated` that it waits for being
    judged again by the present judges.
    """

    signal: Signal
    judged: Mapping[str, Any]
    model: str
    unjudged: str
    outdated: bool
    corrections: list[Correction] = field(default_factory=list)


def standing(signal_id: int) -> Standing:
    """What stands of a signal. Raises CorrectionError where there is none of that id."""
    signal = Signal.objects.select_related("source").filter(pk=signal_id).first()
    if signal is None:
        raise CorrectionError(f"there is no signal {signal_id}; `horizonscan search … --json` shows ids")
    row = Judgement.objects.filter(signal=signal).first()
    judged = stored.judged(row.result if row is not None else {})
    # 0.1.0 stored the version of the lexicon as the model.
    model = row.model if row is not None else ""
    language = stored.without_words_for(judged) or model.partition(" without ")[2]
    unjudged = f"no lexicon for {language}" if language else "" if row is not None else "not judged yet"
    return Standing(
        signal=signal,
        judged=as_json(judged),
        model=model,
        unjudged=unjudged,
        outdated=model != whole.model(),
        corrections=history(signal.pk),
    )


def as_object(found: Standing) -> dict[str, Any]:
    """The JSON form that scripts rely on."""
    signal = found.signal
    stands = {name: getattr(signal, name) for name in JUDGED}
    stands |= {
        "severity": signal.severity or None,
        "relevance": signal.relevance or None,
        "duplicate_of": signal.duplicate_of_id,
        "update_of": signal.update_of_id,
    }
    return {
        "id": signal.pk,
        "title": signal.title,
        "url": signal.url or None,
        "source": signal.source.slug,
        "language": signal.language or None,
        "published": _iso(signal.published),
        "stands": stands,
        "judged": dict(found.judged),
        "model": found.model,
        "unjudged": found.unjudged or None,
        "outdated": found.outdated,
        "corrections": [correction(each) for each in found.corrections],
    }


def correction(row: Correction) -> dict[str, Any]:
    """The JSON form of a correction."""
    return {
        "id": row.pk,
        "kind": row.kind,
        "key": row.key,
        "value": row.value,
        "before": row.before,
        "by": row.actor,
        "at": _iso(row.at),
        "note": row.note,
        "undone": _iso(row.undone),
        "undone_by": row.undone_by,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at is not None else None
