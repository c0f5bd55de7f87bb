"""All judges on one text, in the order in which one needs another's answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from ingest.entries import Judged
from ingest.judge import domains, entities, kingdom, places, severity
from ingest.judge.text import Text

#: What the judges know, in the room `config`; whoever edits one of these has everything judged again.
_KNOWLEDGE = ("domains.yaml", "entities", "gazetteer", "kingdom.yaml", "severity.yaml")


class Unready(ValueError):
    """The judges cannot be asked: a data file of theirs is wrong; the message is one line that says where."""


def _bytes(found: Traversable) -> bytes:
    if found.is_dir():
        return b"".join(_bytes(each) for each in sorted(found.iterdir(), key=lambda each: each.name))
    return found.read_bytes()


def load() -> None:
    """Has every judge read all its files, so that a wrong one is not taken for a text's fault. Raises
    Unready."""
    try:
        judge("-", "", None)
    except (ValueError, OSError) as error:
        raise Unready(str(error)) from None


@cache
def model() -> str:
    """The versions of all judges and of what they know: another one means judging again."""
    known = sha256(b"".join(_bytes(files("config") / name) for name in _KNOWLEDGE)).hexdigest()[:8]
    judges = (domains, severity, places, kingdom, entities)
    return " ".join((*(each.model() for each in judges), f"data-{known}"))


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
    record = official or {}
    text = Text(title, excerpt)
    found = domains.judge(title, excerpt, language, prior, plain=plain)
    asserted = tuple(each.id for each in found.asserted)
    named = places.find(text, language)
    return Judged(
        domains=found,
        severity=severity.judge(text, language, asserted, record),
        places=named,
        kingdom=kingdom.judge(text, language, named, asserted, source_country, record),
        entities=entities.find(text, language, record),
    )
