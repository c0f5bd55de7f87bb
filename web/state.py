"""What a search page shows, as its address says it: nothing about a page is kept anywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from search.engine import Sort

_MOST_PAGES = 400


@dataclass(frozen=True, slots=True)
class State:
    """`everything` also shows signals of no domain. `after` is where this page begins, `trail` where the
    pages before it began (the first begins nowhere), so that one can go back without a memory."""

    q: str = ""
    sort: Sort = "published"
    everything: bool = False
    after: int | None = None
    trail: tuple[int, ...] = ()

    @classmethod
    def of(cls, given: Mapping[str, str]) -> State:
        """From a request's parameters; what makes no sense counts for nothing."""
        trail = tuple(int(each) for each in given.get("trail", "").split(".") if _number(each))
        after = given.get("after", "")
        return cls(
            q=given.get("q", "").strip(),
            sort="relevance" if given.get("sort") == "relevance" else "published",
            everything=given.get("all") == "1",
            after=int(after) if _number(after) else None,
            trail=trail[-_MOST_PAGES:],
        )

    def address(self, name: str = "search", **changes: Any) -> str:
        """The address of this page with changes; another query, order or switch begins at its first page."""
        changed = replace(self, **{"after": None, "trail": (), **changes})
        given = {
            "q": changed.q,
            "sort": "relevance" if changed.sort == "relevance" else "",
            "all": "1" if changed.everything else "",
            "after": "" if changed.after is None else str(changed.after),
            "trail": ".".join(map(str, changed.trail)),
        }
        told = urlencode({key: value for key, value in given.items() if value})
        return f"{reverse(name)}?{told}" if told else reverse(name)

    def following(self, cursor: int | None) -> str:
        """The page behind `cursor`; empty where there is none."""
        if cursor is None:
            return ""
        return self.address(after=cursor, trail=(*self.trail, self.after or 0))

    def before(self) -> str:
        """The page before this one; empty on the first."""
        if self.after is None:
            return ""
        if not self.trail:
            return self.address()
        *rest, last = self.trail
        return self.address(after=last or None, trail=tuple(rest))


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 19
