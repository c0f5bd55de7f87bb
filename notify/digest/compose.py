"""From what is known to what a digest says: what is new, what developed, and where each stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from ingest.judge.parts import CARIBBEAN
from notify.digest import rank
from notify.digest.changes import Change, State, changed
from notify.digest.content import Content, Line, Rest, Section, Sight
from notify.digest.gather import Facts, Group, Words
from notify.models import Subscription
from notify.rules import called
from search.flood import Rolled, limited

TOP = 5
SHOWN = 5
#: Of one owner in the top five.
OF_ONE = 2
_WORDS = 6


@dataclass(slots=True)
class Item:
    """One story of the reader's day; `groups` of it that they are now told of, the leading one first."""

    groups: list[Group]
    change: Change | None
    weight: float
    by: dict[int, Words]
    held: str = ""

    @property
    def lead(self) -> Group:
        return self.groups[0]

    @property
    def new(self) -> bool:
        return self.change is None

    @property
    def key(self) -> tuple[float, float, int]:
        return rank.key(self.weight, self.lead.seen, self.lead.root)

    def line(self) -> Line:
        found = self.lead
        words = tuple(dict.fromkeys(word for said in self.by.values() for word in said))[:_WORDS]
        return Line(
            signal=found.root,
            title=found.title,
            language=found.language,
            severity=found.severity,
            domains=found.domains,
            parts=found.parts,
            source=found.source,
            grade=found.grade,
            official=found.official,
            owners=found.owners,
            seen=found.seen,
            words=words,
            change=self.change,
            held=self.held,
        )


@dataclass(frozen=True, slots=True)
class Composed:
    """What it says, by group how it stood when it was told, and the held alerts it tells of."""

    content: Content
    told: dict[int, State]
    alerts: tuple[int, ...]


def compose(
    facts: Facts, day: date, zone: str, due: datetime, late: bool, missed: Sequence[date]
) -> Composed:
    """The digest of one reader, without what could not be seen."""
    items = _items(facts)
    mine = sorted((each for each in items.values() if each.by), key=lambda each: each.key)
    guarded = limited([each for each in mine if each.new], lambda each: each.lead.owner)
    kept = {id(each) for each in guarded.kept}
    kept |= {id(each) for each in mine if not each.new}
    # What is nobody's subscription may still be one of the five that matter most, or Caribbean.
    free = kept | {id(each) for each in items.values() if not each.by}
    top = _top(each for each in items.values() if id(each) in free)
    shown = {id(each) for each in top}
    caribbean = sorted((each for each in items.values() if _caribbean(each)), key=lambda each: each.key)
    left = free - shown
    islands = [each for each in caribbean if id(each) in left][:SHOWN]
    shown |= {id(each) for each in islands}
    sections = _sections(facts.subscriptions, mine, kept, shown, facts.language)
    told = [*mine, *(each for each in (*top, *islands) if not each.by)]
    lines = [each.line() for each in sorted(told, key=lambda each: each.key)]
    bad = [line for line in lines if line.severity]
    bad = [line for line in bad if line.change is None] or bad
    content = Content(
        date=day,
        zone=zone,
        begins=facts.window.begins,
        ends=facts.window.ends,
        due=due,
        late=late,
        missed=tuple(missed),
        new=sum(each.new for each in told),
        developing=sum(not each.new for each in told),
        worst=max(bad, key=lambda line: line.severity, default=None),
        top=tuple(each.line() for each in top),
        sections=sections,
        held=_held(facts, items),
        held_cap=len({_story(each.group, each.alert) for each in facts.held if each.why == "cap"}),
        held_cooldown=len({_story(each.group, each.alert) for each in facts.held if each.why == "cooldown"}),
        caribbean=tuple(each.line() for each in islands),
        caribbean_total=len(caribbean),
        rest=tuple(_rest(each) for each in guarded.rolled),
        subscribed=bool(facts.subscriptions),
    )
    states = {group.root: group.state for each in told for group in each.groups}
    return Composed(content, states, tuple(each.alert for each in facts.held))


def seen(content: Content, sight: Sight) -> Content:
    """With what could not be seen."""
    return replace(content, sight=sight)


def _items(facts: Facts) -> dict[int, Item]:
    """One for each story that has something to tell."""
    held = {each.group.story: each.why for each in facts.held if each.group is not None}
    items: dict[int, Item] = {}
    for root in sorted(facts.groups):
        group = facts.groups[root]
        if facts.muted & group.members:
            continue
        tells, change = _tells(facts, group)
        if not tells:
            continue
        novelty = rank.NEW if change is None else rank.DEVELOPING
        made = Item([group], change, group.rank(novelty), facts.met.get(root, {}), held.get(group.story, ""))
        before = items.get(group.story)
        items[group.story] = made if before is None else _one(before, made)
    return items


def _tells(facts: Facts, group: Group) -> tuple[bool, Change | None]:
    """Whether a group has anything to tell, and what changed; None where it is new."""
    was = facts.told.get(group.root)
    if was is not None:
        change = changed(was, group.state)
        return bool(change), change
    asked = group.root in facts.met or group.root in facts.fresh
    if group.story in facts.stories:
        return asked and group.root in facts.met, Change(update=True)
    return asked, None


def _one(one: Item, other: Item) -> Item:
    """Two groups of one story as one line: what is told already leads what only follows from it."""
    first, second = sorted((one, other), key=lambda each: each.key)
    change = first.change
    if (first.change is None) != (second.change is None):
        change = first.change or second.change
    by = {**second.by}
    for subscription, words in first.by.items():
        by[subscription] = tuple(dict.fromkeys((*words, *by.get(subscription, ()))))
    return Item([*first.groups, *second.groups], change, first.weight, by, first.held or second.held)


def _top(items: Iterable[Item]) -> list[Item]:
    chosen: list[Item] = []
    for each in sorted(items, key=lambda each: each.key):
        of_one = sum(other.lead.owner == each.lead.owner for other in chosen)
        if of_one < OF_ONE and rank.matters(each.lead.severity, each.lead.relevance):
            chosen.append(each)
        if len(chosen) == TOP:
            break
    return chosen


def _caribbean(item: Item) -> bool:
    return any(item.lead.parts.get(part) in ("direct", "near") for part in CARIBBEAN)


def _story(group: Group | None, alert: int) -> tuple[str, int]:
    return ("story", group.story) if group is not None else ("alert", alert)


def _held(facts: Facts, items: dict[int, Item]) -> tuple[Line, ...]:
    """Alerts held back on what stands nowhere else: it was told before, and nothing changed since."""
    groups = {
        each.group.story: Item([each.group], None, each.group.rank(), {}, each.why)
        for each in facts.held
        if each.group is not None and each.group.story not in items
    }
    return tuple(each.line() for each in sorted(groups.values(), key=lambda each: each.key)[:SHOWN])


def _rest(rolled: Rolled[Item]) -> Rest:
    first = rolled.items[0].lead
    return Rest(rolled.owner, first.source, rolled.count)


Place = tuple[Literal["domain", "subscription"], str]


def own(subscription: Subscription) -> bool:
    """Whether it has a section of its own: a daily one with a query, or one that names no domain."""
    return (not subscription.domains and not subscription.threats) or bool(
        subscription.mode == Subscription.Mode.DAILY and subscription.query.strip()
    )


def domains_of(subscriptions: Iterable[Subscription]) -> list[str]:
    """The domains these ask for, in the order of the subscriptions."""
    return list(
        dict.fromkeys(
            domain
            for each in subscriptions
            for domain in (*each.domains, *(str(threat).partition(".")[0] for threat in each.threats))
        )
    )


def _place(item: Item, by_id: dict[int, Subscription]) -> Place:
    """The one section an item stands in: a subscription's own first, then its first domain asked for."""
    asked = [by_id[pk] for pk in sorted(item.by) if pk in by_id]
    for each in asked:
        if own(each):
            return "subscription", str(each.pk)
    wanted = domains_of(asked)
    return "domain", next((each for each in item.lead.domains if each in wanted), wanted[0])


def _sections(
    subscriptions: Sequence[Subscription],
    items: Sequence[Item],
    kept: set[int],
    shown: set[int],
    language: str,
) -> tuple[Section, ...]:
    by_id = {each.pk: each for each in subscriptions}
    places: dict[Place, list[Item]] = {}
    for domain in domains_of(each for each in subscriptions if not own(each)):
        places["domain", domain] = []
    for each in subscriptions:
        if own(each):
            places["subscription", str(each.pk)] = []
    for item in items:
        places.setdefault(_place(item, by_id), []).append(item)
    return tuple(_section(place, found, by_id, kept, shown, language) for place, found in places.items())


def _section(
    place: Place,
    items: Sequence[Item],
    by_id: dict[int, Subscription],
    kept: set[int],
    shown: set[int],
    language: str,
) -> Section:
    kind, name = place
    subscription = by_id[int(name)] if kind == "subscription" else None
    free = [each for each in items if id(each) in kept and id(each) not in shown]
    new, developing = [each for each in free if each.new], [each for each in free if not each.new]
    return Section(
        kind=kind,
        id=name,
        name=called(subscription, language) if subscription is not None else "",
        query="" if subscription is not None else f"domain:{name}",
        new=tuple(each.line() for each in new[:SHOWN]),
        new_total=sum(each.new for each in items),
        developing=tuple(each.line() for each in developing[:SHOWN]),
        developing_total=sum(not each.new for each in items),
        above=sum(id(each) in shown for each in items),
    )
