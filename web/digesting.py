"""Digests for their reader's page: the stored content in the mail's own words, and what was thought of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accounts import audit
from notify.digest import content as contents
from notify.digest.content import Content, Line
from notify.digest.render import shown as mail_shown
from notify.digest.render import subject_of
from notify.mail.frame import origin
from notify.models import Digest, Feedback

#: Feedback as buttons, in the order in which they stand.
VERDICTS = (
    Feedback.Verdict.USEFUL,
    Feedback.Verdict.REDUNDANT,
    Feedback.Verdict.LATE,
    Feedback.Verdict.WRONG_DOMAIN,
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A digest in the list: its numbers, or that its content cannot be read."""

    row: Digest
    content: Content | None


def content_of(row: Digest) -> Content | None:
    """None for a day rolled over, or content of a version that this one does not read."""
    if row.state == Digest.State.ROLLED:
        return None
    try:
        return contents.read(row.content)
    except (KeyError, TypeError, ValueError):
        return None


def said(content: Content, language: str, number: int | None = None) -> dict[str, Any]:
    """What the page shows: the same words and numbers as the mail, links within this site."""
    shown = mail_shown(content, language, number)
    shown["subject"] = subject_of(content)
    shown["origin"] = origin()
    # `proof` is every page's own: the last one now, not that of the digest.
    shown["proved"] = shown.pop("proof")
    return shown


def signals(content: Content) -> set[int]:
    """Everything that has a line in it."""
    return {line.signal for line in _lines(content)}


def _lines(content: Content) -> Iterator[Line]:
    yield from (*content.top, *content.held, *content.caribbean)
    for section in content.sections:
        yield from (*section.new, *section.developing)


def verdicts(row: Digest) -> dict[int, str]:
    """What its reader thought of each signal."""
    return dict(Feedback.objects.filter(user=row.user_id).values_list("signal", "verdict"))


def judge(row: Digest, signal: int, verdict: str, actor: str) -> bool:
    """Keeps what the reader thought of a line; the same again takes it back. False: it is not there."""
    content = content_of(row)
    if content is None or signal not in signals(content) or verdict not in Feedback.Verdict.values:
        return False
    held = Feedback.objects.filter(user=row.user_id, signal=signal).first()
    if held is not None and held.verdict == verdict:
        held.delete()
        action = "feedback.undo"
    else:
        Feedback.objects.update_or_create(
            user_id=row.user_id, signal_id=signal, defaults={"verdict": verdict, "digest": row}
        )
        action = "feedback.give"
    audit.record(actor, action, f"signal-{signal}", origin="page", verdict=verdict)
    return True
