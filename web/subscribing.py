"""The form of a subscription: what was typed, what is wrong with it and where, what it would have told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from ingest.judge import taxonomy
from ingest.judge.parts import PARTS
from ingest.models import Signal
from notify.changing import SubscriptionError, checked
from notify.dry import DryRun, Item, dry_run
from notify.models import Subscription, Webhook
from search import narrowing
from search.analysis import query
from search.engine import EngineUnavailable, IndexMissing
from search.query import QueryError
from web import refusals

LEVELS = ("E", "D", "C", "B", "A")
#: Of what would have been told, so many are listed.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was sent or a subscription as it stands."""

    name: str = ""
    domains: tuple[str, ...] = ()
    threats: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    query: str = ""
    least: str = ""
    mode: str = "instant"
    by_mail: bool = True
    webhook: int | None = None

    @classmethod
    def of(cls, sent: QueryDict) -> Typed:
        hook = sent.get("webhook", "")
        return cls(
            name=" ".join(sent.get("name", "").split())[:120],
            domains=tuple(dict.fromkeys(sent.getlist("domain"))),
            threats=tuple(dict.fromkeys(sent.getlist("threat"))),
            parts=tuple(dict.fromkeys(sent.getlist("part"))),
            query=sent.get("q", "").strip(),
            least=sent.get("least", "").strip().upper()[:1],
            mode=sent.get("mode", "instant"),
            by_mail="by_mail" in sent or "sent" not in sent,
            webhook=int(hook) if hook.isdecimal() and len(hook) < 10 else None,
        )

    @classmethod
    def searched(cls, sent: QueryDict) -> Typed:
        """The form as a search fills it: its one domain, sub-threat or part goes to the sentence.

        Two of one kind stay in the query: there both must hold, in the sentence either.
        """
        typed = cls.of(sent)
        try:
            for name, known in (("threat", _threats()), ("domain", taxonomy.load().ids), ("part", PARTS)):
                typed = typed.moved(name, {each.lower(): each for each in known})
        except QueryError:
            return typed  # the form says what is wrong with it
        return typed

    def moved(self, name: str, known: Mapping[str, str]) -> Typed:
        """With the query's only value of `name` among those chosen for the sentence. Raises QueryError."""
        asked = narrowing.chosen(self.query, name)
        if len(asked) != 1 or asked[0] not in known or getattr(self, f"{name}s"):
            return self
        rest = narrowing.removed(self.query, name, asked[0])
        if rest == self.query:
            return self
        moved: dict[str, Any] = {"query": rest, f"{name}s": (known[asked[0]],)}
        return replace(self, **moved)

    @classmethod
    def standing(cls, row: Subscription) -> Typed:
        return cls(
            row.name,
            tuple(row.domains),
            tuple(row.threats),
            tuple(row.parts),
            row.query,
            row.least,
            row.mode,
            row.by_mail,
            row.webhook_id,
        )

    def values(self, user: User) -> dict[str, Any]:
        """What `notify.changing` takes. A webhook of somebody else's is none."""
        hook = Webhook.objects.filter(pk=self.webhook, user=user).first() if self.webhook else None
        return {
            "name": self.name,
            "domains": list(self.domains),
            "threats": list(self.threats),
            "parts": list(self.parts),
            "query": self.query,
            "least": self.least,
            "mode": self.mode,
            "by_mail": self.by_mail,
            "webhook": hook,
        }


def _threats() -> list[str]:
    return [threat.id for domain in taxonomy.load().domains for threat in domain.threats]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What cannot stand: the field, why, and of a query its three pieces around the place."""

    field: str
    words: str
    pieces: tuple[str, str, str] | None = None


def refusal(typed: Typed, error: SubscriptionError) -> Refusal:
    """In the reader's words, with the place in the query where there is one."""
    if error.field != "query" or not typed.query:
        words = {
            "by_mail": _("Choose mail, a webhook or both: else an alert goes nowhere."),
            "mode": _("Choose at once or daily."),
        }.get(error.field, refusals.said(str(error)))
        return Refusal(error.field, words)
    try:
        query(typed.query)
    except QueryError as again:
        found = refusals.place(typed.query, again)
        start, end = found or (0, len(typed.query))
        pieces = (typed.query[:start], typed.query[start:end], typed.query[end:])
        return Refusal("query", refusals.said(str(again)), pieces)
    return Refusal("query", refusals.said(str(error)))


@dataclass(frozen=True, slots=True)
class Outlook:
    """What it would have told in the last days; `trouble` is why that cannot be said now."""

    run: DryRun | None = None
    items: Sequence[tuple[Item, str]] = ()
    more: int = 0
    held: int = 0
    trouble: str = ""
    refused: Refusal | None = None
    daily: bool = False


def outlook(typed: Typed, user: User, row: Subscription | None = None) -> Outlook:
    """The dry run of what is typed. `row`: the stored one, whose mutes hold."""
    draft = Subscription(user=user, **typed.values(user))
    if row is not None:
        draft.pk = row.pk
        draft.muted_sources, draft.muted_groups = row.muted_sources, row.muted_groups
    try:
        checked(draft)
    except SubscriptionError as error:
        return Outlook(refused=refusal(typed, error))
    try:
        run = dry_run(draft)
    except QueryError as error:
        return Outlook(refused=Refusal("query", refusals.said(str(error))))
    except (EngineUnavailable, IndexMissing) as error:
        return Outlook(trouble=refusals.said(str(error)))
    shown = run.items[:SHOWN]
    pairs = Signal.objects.filter(pk__in=[item.signal for item in shown]).values_list("pk", "language")
    spoken = dict(pairs)
    return Outlook(
        run,
        [(item, spoken.get(item.signal, "")) for item in shown],
        len(run.items) - len(shown),
        len(run.items) - run.fired,
        daily=typed.mode == Subscription.Mode.DAILY,
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """One box to tick; `inner` are those that narrow it."""

    id: str
    ticked: bool
    inner: tuple[Choice, ...] = field(default=())

    @property
    def open(self) -> bool:
        return any(each.ticked for each in self.inner)


def choices(typed: Typed) -> Mapping[str, Any]:
    """Everything that the form offers, with what is chosen."""
    domains = [
        Choice(
            domain.id,
            domain.id in typed.domains,
            tuple(Choice(threat.id, threat.id in typed.threats) for threat in domain.threats),
        )
        for domain in taxonomy.load().domains
    ]
    parts = [Choice(part, part in typed.parts) for part in PARTS]
    return {
        "domains": domains,
        "parts": parts,
        "levels": LEVELS,
        "any_domain": bool(typed.domains or typed.threats),
        "any_part": bool(typed.parts),
    }
