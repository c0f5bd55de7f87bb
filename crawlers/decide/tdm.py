"""Text and data mining reservations (TDM Reservation Protocol, W3C Community Group report). Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

MOST_RULES = 1000


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of tdmrep.json: a path pattern (`*`, final `$`) and whether mining is reserved there."""

    location: str
    reserved: bool
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Reservation:
    """The decision for one URL: reserved means that the feed is read and pages never are."""

    reserved: bool
    basis: str
    policy: str = ""


def read_file(body: bytes) -> list[Rule]:
    """The rules of a tdmrep.json. Raises ValueError where it is not one."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("tdmrep.json is not JSON") from None
    if not isinstance(document, list):
        raise ValueError("tdmrep.json is not a list of rules")
    rules = []
    for item in document[:MOST_RULES]:
        if isinstance(item, dict) and isinstance(item.get("location"), str):
            reserved = str(item.get("tdm-reservation", "0")).strip() == "1"
            policy = item.get("tdm-policy")
            rules.append(Rule(_storable(item["location"], 500), reserved, _storable(policy or "", 2000)))
    return rules


def _storable(value: object, longest: int) -> str:
    """Text that every store takes: JSON may spell NUL and lone surrogates."""
    text = value if isinstance(value, str) else ""
    return text[:longest].replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _matches(pattern: str, path: str) -> bool:
    """`*` stands for anything, a final `$` for the end. Parts are looked for left to right, so that a
    hostile pattern costs no more than its length times the path's."""
    anchored = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if not others:
        return not anchored or at == len(path)
    *between, last = others
    for part in between:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return (path.endswith(last) and len(path) - len(last) >= at) if anchored else path.find(last, at) >= 0


def decide(url: str, header: str | None, policy: str | None, rules: Sequence[Rule]) -> Reservation:
    """The header of the answer beats the file; in the file the first rule that matches the path counts."""
    if header is not None and header.strip() in ("0", "1"):
        value = header.strip()
        return Reservation(
            value == "1", f"header tdm-reservation: {value} on {url}"[:300], (policy or "")[:2000]
        )
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    for rule in rules:
        if _matches(rule.location, path):
            word = "1" if rule.reserved else "0"
            return Reservation(
                rule.reserved, f"tdmrep.json: {rule.location} tdm-reservation {word}"[:300], rule.policy
            )
    return Reservation(False, "no reservation found")
