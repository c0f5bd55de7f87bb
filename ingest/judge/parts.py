"""The parts of the Kingdom and how far a signal may concern one: their ids, and the names people write."""

from __future__ import annotations

from collections.abc import Mapping

#: By id, in the order in which equals are listed; the first name is the one shown.
NAMES: Mapping[str, tuple[str, ...]] = {
    "NL": ("Nederland", "Netherlands", "the Netherlands", "European Netherlands", "Holland"),
    "AW": ("Aruba",),
    "CW": ("Curaçao",),
    "SX": ("Sint Maarten", "St. Maarten", "St Martin", "Saint Martin"),
    "BQ-BO": ("Bonaire",),
    "BQ-SE": ("Sint Eustatius", "St. Eustatius", "Statia"),
    "BQ-SA": ("Saba",),
}
PARTS = tuple(NAMES)
CARIBBEAN = PARTS[1:]
#: Strongest first.
RELEVANCES = ("direct", "near", "indirect")
