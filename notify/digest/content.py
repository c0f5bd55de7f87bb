"""What a digest says, in no language, and the same as JSON: the mail and its permalink show equal numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from datetime import date as Day
from typing import Any

from notify.digest.changes import Change


@dataclass(frozen=True, slots=True)
class Line:
    """One story: its leading signal and how its group stands. `owners` are independent; `words` are what
    met the reader's subscriptions, [field, value]; `change` where it was told before; `held` why an alert
    on it was held back (cooldown, cap)."""

    signal: int
    title: str
    language: str
    severity: str
    domains: tuple[str, ...]
    parts: Mapping[str, str]
    source: str
    grade: str
    official: bool
    owners: int
    seen: datetime
    words: tuple[tuple[str, str], ...] = ()
    change: Change | None = None
    held: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One domain, or one subscription of the reader's with a query of its own. Totals count what stands in
    the top five and among held alerts too; `above` says how many of them those are."""

    kind: str
    id: str
    name: str
    query: str
    new: tuple[Line, ...] = ()
    new_total: int = 0
    developing: tuple[Line, ...] = ()
    developing_total: int = 0
    above: int = 0


@dataclass(frozen=True, slots=True)
class Rest:
    """What the flood guard rolled up: `count` more of one owner, in `groups` of the reader's day."""

    owner: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Sight:
    """What could not be seen: of the enabled sources how many are down or were never read, a sentence for
    each gap by language, domains and parts of the Kingdom that no source covers, and the last proof."""

    sources: int = 0
    down: int = 0
    unread: int = 0
    sentences: tuple[Mapping[str, str], ...] = ()
    domains: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    proof_at: datetime | None = None
    proof_seconds: float | None = None
    proof_late: bool = False
    proof_said: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """Everything a digest shows. `missed`: dates whose digest was never made and that this one covers."""

    date: date
    zone: str
    begins: datetime
    ends: datetime
    due: datetime
    late: bool = False
    missed: tuple[Day, ...] = ()
    new: int = 0
    developing: int = 0
    worst: Line | None = None
    top: tuple[Line, ...] = ()
    sections: tuple[Section, ...] = ()
    held: tuple[Line, ...] = ()
    held_cap: int = 0
    held_cooldown: int = 0
    caribbean: tuple[Line, ...] = ()
    caribbean_total: int = 0
    rest: tuple[Rest, ...] = ()
    subscribed: bool = False
    sight: Sight = field(default_factory=Sight)

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.new or self.developing or self.held_cap or self.held_cooldown)

    def json(self) -> dict[str, Any]:
        """Plain values; `read` gives it back equal."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value


def read(value: Mapping[str, Any]) -> Content:
    """The content of a stored digest. Raises KeyError, TypeError or ValueError for what `json` never made."""
    known = dict(value)
    known["date"] = date.fromisoformat(known["date"])
    for name in ("begins", "ends", "due"):
        known[name] = datetime.fromisoformat(known[name])
    known["missed"] = tuple(date.fromisoformat(each) for each in known["missed"])
    known["worst"] = _line(known["worst"]) if known["worst"] else None
    for name in ("top", "held", "caribbean"):
        known[name] = _lines(known[name])
    known["sections"] = tuple(
        Section(**{**each, "new": _lines(each["new"]), "developing": _lines(each["developing"])})
        for each in known["sections"]
    )
    known["rest"] = tuple(Rest(**each) for each in known["rest"])
    sight = known["sight"]
    at = datetime.fromisoformat(sight["proof_at"]) if sight["proof_at"] else None
    known["sight"] = Sight(
        **{
            **sight,
            **{each: tuple(sight[each]) for each in ("sentences", "domains", "parts")},
            "proof_at": at,
        }
    )
    return Content(**known)


def _lines(values: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    return tuple(_line(each) for each in values)


def _line(value: Mapping[str, Any]) -> Line:
    change = value["change"]
    return Line(
        **{
            **value,
            "domains": tuple(value["domains"]),
            "seen": datetime.fromisoformat(value["seen"]),
            "words": tuple((field, said) for field, said in value["words"]),
            "change": Change(
                severity=tuple(change["severity"]) if change["severity"] else None,
                owners=tuple(change["owners"]) if change["owners"] else None,
                parts=tuple(change["parts"]),
                update=change["update"],
            )
            if change
            else None,
        }
    )
