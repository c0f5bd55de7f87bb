"""Reasons of severity in words, for people."""

from __future__ import annotations

from ingest.entries import Reason
from ingest.judge.severity.checks import LANGUAGES
from ingest.judge.severity.words import table


def say(reason: Reason, language: str) -> str:
    """One line in `language` (nl, else English) on why: the text of the rule with the value in it.

    A rule that is no longer in the table is given as its id and value.
    """
    texts = table().say.get(reason.rule)
    if texts is None:
        return f"{reason.rule}: {reason.value}" if reason.value else reason.rule
    text = texts[language if language in LANGUAGES else "en"]
    return " ".join(text.replace("{value}", reason.value).split())
