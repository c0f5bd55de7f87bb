"""What stands first in a digest: severity × relevance to the Kingdom × independent owners × novelty. Pure.

Severity doubles from letter to letter, as its scale does in deaths and damage; a signal of no severity
counts half of the lowest. Relevance: direct 3, near 2, indirect 1.5, else 1. Owners count by their
logarithm (1 owner 1, 2 owners 2, 4 owners 3 …): the fortieth paper says less than the second. What is
new counts double what develops. Ties: first seen later first, then the higher id.
"""

from __future__ import annotations

from datetime import datetime
from math import log2

SEVERITY = {"": 0.5, "A": 1.0, "B": 2.0, "C": 4.0, "D": 8.0, "E": 16.0}
RELEVANCE = {"": 1.0, "indirect": 1.5, "near": 2.0, "direct": 3.0}
NEW, DEVELOPING = 1.0, 0.5


def rank(severity: str, relevance: str, owners: int, novelty: float = NEW) -> float:
    """The weight of one group; higher stands first."""
    weight = SEVERITY.get(severity, SEVERITY[""]) * RELEVANCE.get(relevance, 1.0)
    return weight * (1 + log2(max(1, owners))) * novelty


def matters(severity: str, relevance: str) -> bool:
    """Whether a group may stand in the top five: it says how bad it is, or touches the Kingdom."""
    return bool(severity) or relevance in ("direct", "near")


def key(weight: float, seen: datetime, signal: int) -> tuple[float, float, int]:
    """Sorts best first."""
    return (-weight, -seen.timestamp(), -signal)
