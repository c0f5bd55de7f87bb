"""How bad what happened is: A (limited) to E (catastrophic), with the reasons, or nothing.

An official record speaks first and words cannot lower it: CAP, NCSC-NL, KEV, CSAF. Then numbers ("forty
dead", "300,000 displaced") and, where none is said, what happened ("airstrike", "code orange"), by
`config/severity.yaml`. Trials, anniversaries, exercises, fiction and sport have no severity; policy, opinion
and research only where a number says so. A text of no threat domain needs stronger words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ingest.entries import Reason, Severity
from ingest.judge.severity import official as officials
from ingest.judge.severity.checks import LANGUAGES, SeverityError
from ingest.judge.severity.wording import say
from ingest.judge.severity.words import reader, table
from ingest.judge.text import Text

__all__ = ["SeverityError", "judge", "load", "model", "say"]


def load() -> None:
    """Reads the table, so that a mistake in it is known before the first text. Raises SeverityError."""
    table()


def model() -> str:
    """The version of this judge, as stored with its judgements."""
    return f"severity-{table().version}"


def _strongest(reasons: Iterable[Reason]) -> str:
    return max((reason.level for reason in reasons), default="")


def judge(
    text: Text, language: str | None, domains: Sequence[str], official: Mapping[str, Any] = {}
) -> Severity:
    """The severity of `text`, in `language` (ISO 639-1, None: whichever says more), of these `domains`.

    `official` is the record behind the signal, empty for ordinary news. Reasons come strongest first.
    """
    found = list(officials.reasons(official)) if official else []
    if not (official and officials.silenced(official)):
        found.extend(officials.in_text(text))
        languages = LANGUAGES if language is None else (language,) if language in LANGUAGES else ()
        said = [reader(each).reasons(text, domains) for each in languages]
        if said:
            found.extend(max(said, key=_strongest))
    found.sort(key=lambda reason: reason.level, reverse=True)
    return Severity(_strongest(found), tuple(found), model())
