"""The row of a signal wherever signals are listed: one card for each duplicate group, with what an analyst
must know at a glance: when, how bad, what, who says so, where it belongs, and the words that made it so.

Eight queries at most a page, however many rows it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from ingest.entries import Evidence, Judged
from ingest.judge import stored
from ingest.judge.parts import RELEVANCES
from ingest.models import Judgement, Signal, Version
from ingest.relate import group_of
from search.core import Core
from search.finding import FoundSignal
from search.highlight import Places, places
from web.access import may
from web.templatetags.shown import marked


@dataclass(frozen=True, slots=True)
class Why:
    """The words behind one judgement. `kind` is domain or severity, `name` its id or letter."""

    kind: str
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One signal that stands for its duplicate group. `title` and `excerpt` are escaped, with the query's
    words in `<mark>` and the reasons in `<span class="why">`. `owners` are independent, `reports` are all
    entries that told it; `also` names the other sources. `parts` are (part, relevance), strongest first."""

    id: int
    group: int
    address: str
    title: SafeString
    excerpt: SafeString
    plain_title: str
    plain_excerpt: str
    language: str
    url: str
    published: datetime
    published_flag: str
    seen: datetime
    source: str
    source_slug: str
    grade: str
    official: bool
    owners: int
    reports: int
    version: int
    severity: str
    domains: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    also: tuple[str, ...] = ()
    why: tuple[Why, ...] = ()
    correctable: bool = False


@dataclass(slots=True)
class _Group:
    owners: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    reports: int = 0


def rows(
    ids: Sequence[int], *, found: Core | Iterable[FoundSignal] | None = None, viewer: Any = None
) -> list[Row]:
    """The rows of these signals in their order, one a duplicate group: the first of it that is asked for.

    `found` marks what a query found: its core, or the hits of `search.finding.find`. With a `viewer` who may
    correct, rows say so. Ids that the store does not have are left out.
    """
    signals = Signal.objects.select_related("source").in_bulk(list(ids))
    roots = group_of(signals)
    shown: list[Signal] = []
    taken: set[int] = set()
    for number in ids:
        if number in signals and roots[number] not in taken:
            taken.add(roots[number])
            shown.append(signals[number])
    kept = [signal.pk for signal in shown]
    groups = _groups(taken)
    versions = dict(
        Version.objects.filter(signal__in=kept).order_by().values_list("signal").annotate(Count("pk"))
    )
    judgements = {each.signal_id: each for each in Judgement.objects.filter(signal__in=kept)}
    highlights = _highlights(shown, found)
    correctable = viewer is not None and may(viewer, "analyst")
    return [
        _row(
            signal,
            roots[signal.pk],
            groups[roots[signal.pk]],
            versions.get(signal.pk, 1),
            judgements.get(signal.pk),
            highlights.get(signal.pk, ([], [])),
            correctable,
        )
        for signal in shown
    ]


def _groups(roots: Iterable[int]) -> dict[int, _Group]:
    """By root who tells it, in one query. Sources without an owner are their own."""
    found: dict[int, _Group] = {root: _Group() for root in roots}
    reports = (
        Signal.objects.filter(Q(pk__in=list(found)) | Q(duplicate_of__in=list(found)))
        .order_by()
        .values_list(
            "pk", "duplicate_of", "entries__source__owner", "entries__source__slug", "entries__source__name"
        )
    )
    for number, root, owner, slug, name in reports:
        if slug is None:
            continue
        group = found[root if root in found else number]
        group.owners.add(owner or slug)
        group.names.add(name)
        group.reports += 1
    return found


def _highlights(
    shown: Sequence[Signal], found: Core | Iterable[FoundSignal] | None
) -> dict[int, tuple[Places, Places]]:
    if found is None:
        return {}
    if isinstance(found, Core):
        return {
            signal.pk: (
                places(found, signal.title, signal.language, title=True),
                places(found, signal.excerpt, signal.language, title=False),
            )
            for signal in shown
        }
    return {each.id: (each.title_highlights, each.excerpt_highlights) for each in found}


def _row(
    signal: Signal,
    root: int,
    group: _Group,
    version: int,
    judgement: Judgement | None,
    highlights: tuple[Places, Places],
    correctable: bool,
) -> Row:
    why, spans = _reasons(signal, judgement)
    behind = len(signal.title) + 1
    in_title = [span for span in spans if span[0] < behind]
    in_excerpt = [(start - behind, end - behind) for start, end in spans if start >= behind]
    return Row(
        id=signal.pk,
        group=root,
        address=address(signal.pk),
        title=marked(signal.title, highlights[0], in_title),
        excerpt=marked(signal.excerpt, highlights[1], in_excerpt),
        plain_title=signal.title,
        plain_excerpt=signal.excerpt,
        language=signal.language,
        url=signal.url if signal.url.startswith(("https://", "http://")) else "",
        published=signal.published,
        published_flag=signal.published_flag,
        seen=signal.seen,
        source=signal.source.name,
        source_slug=signal.source.slug,
        grade=signal.source.reliability,
        official=signal.source.official,
        owners=max(1, len(group.owners)),
        reports=max(1, group.reports),
        version=version,
        severity=signal.severity,
        domains=tuple(signal.domains),
        parts=_parts(signal.parts),
        also=tuple(sorted(group.names - {signal.source.name})),
        why=why,
        correctable=correctable,
    )


def address(number: int) -> str:
    """Where the page of a signal is."""
    try:
        return reverse("signal", args=[number])
    except NoReverseMatch:
        return f"/signals/{number}"


def _parts(found: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The strongest first; what concerns a part only indirectly is no fact for a list."""
    told = [(part, level) for part, level in found.items() if level in RELEVANCES[:2]]
    return tuple(sorted(told, key=lambda each: RELEVANCES.index(each[1])))


def _reasons(signal: Signal, judgement: Judgement | None) -> tuple[tuple[Why, ...], list[tuple[int, int]]]:
    """Words and places of what still stands: a judgement of other content, or one that a person overruled,
    marks nothing."""
    if judgement is None or judgement.content_hash != signal.content_hash:
        return (), []
    judged: Judged = stored.judged(judgement.result)
    why: list[Why] = []
    spans: list[tuple[int, int]] = []

    text = f"{signal.title}\n{signal.excerpt}"

    def told(kind: str, name: str, evidence: Sequence[Evidence], values: Sequence[str] = ()) -> None:
        # As the text has them: the lexicon's own terms are patterns. Once each, however written.
        held = [text[each.start : each.end] for each in sorted(evidence, key=lambda each: each.start)]
        words = {word.lower(): word for word in reversed([*held, *values]) if word}
        spans.extend((each.start, each.end) for each in evidence)
        if words:
            why.append(Why(kind, name, tuple(reversed(words.values()))))

    asserted = {each.id: each for each in judged.domains.asserted}
    for name in signal.domains:
        if name in asserted:
            told("domain", name, asserted[name].evidence)
    if signal.severity and signal.severity == judged.severity.level:
        reasons = [each for each in judged.severity.reasons if each.level == signal.severity]
        told(
            "severity",
            signal.severity,
            [each.evidence for each in reasons if each.evidence is not None],
            [each.value for each in reasons if each.evidence is None and each.value],
        )
    return tuple(why), spans
