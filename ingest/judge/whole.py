"""All judges on one text, in the order in which one needs another's answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingest.entries import Judged, Kingdom, Severity
from ingest.judge import domains


def model() -> str:
    """The versions of all judges, as stored with their judgements: another one means judging again."""
    return domains.model()


def judge(
    title: str,
    excerpt: str,
    language: str | None,
    *,
    prior: Sequence[str] = (),
    source_country: str = "",
    official: Mapping[str, Any] | None = None,
    plain: bool = False,
) -> Judged:
    """What the judges say of one text.

    `language` is ISO 639-1, None where it is not known; `prior` the domain ids that the source is known
    for, `source_country` its country, `official` the fields of an official record. `plain` leaves the
    source and the weight of the title out of the domains.
    """
    found = domains.judge(title, excerpt, language, prior, plain=plain)
    return Judged(found, Severity("", (), ""), (), Kingdom((), ""), ())
