"""One signal: what it says, what the judges and persons say of it and why, who told it, and its past."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from crawlers import coverage
from ingest.canary import is_canary
from ingest.judge import taxonomy
from ingest.judge.parts import PARTS, RELEVANCES
from ingest.models import Correction, Signal, SourceState, Version, Work
from ingest.standing import Standing, standing
from web import history, reasons, versions
from web.access import may, role
from web.templatetags.shown import SEVERITIES, marked
from web.whynot import why_not

#: The forms of the page, by the key that opens them.
FORMS = {"domain": "d", "severity": "e", "place": "p", "part": "k", "duplicate": "x"}


@dataclass(frozen=True, slots=True)
class Typed:
    """A correction that was refused: what was typed, what is wrong, and names that may have been meant."""

    kind: str
    problem: str
    values: dict[str, str] = field(default_factory=dict)
    choices: tuple[tuple[str, str], ...] = ()


@role("reader")
def page(request: HttpRequest, signal_id: int) -> HttpResponse:
    return shown(request, signal_id)


def shown(request: HttpRequest, signal_id: int, typed: Typed | None = None) -> HttpResponse:
    """The page; with `typed` (422) the refused form open and filled as it was sent."""
    if not Signal.objects.filter(pk=signal_id).exists():
        return removed(request, signal_id)
    found = standing(signal_id)
    if is_canary(found.signal.source):
        return removed(request, signal_id, canary=True)
    context = _context(request, found, typed)
    return render(request, "web/signal/page.html", context, status=200 if typed is None else 422)


def removed(request: HttpRequest, signal_id: int, canary: bool = False) -> HttpResponse:
    """404, and why: a signal is kept for a time only, and the canary's are nobody's news."""
    user: Any = request.user
    context = {
        "gone": history.gone(signal_id, user.pk if user.is_authenticated else None),
        "canary": canary,
        "days": settings.HORIZONSCAN_KEEP_DAYS,
        "unsorted_days": settings.HORIZONSCAN_KEEP_UNSORTED_DAYS,
        "back": origin(request),
    }
    return render(request, "web/signal/gone.html", context, status=404)


def origin(request: HttpRequest) -> str:
    """The page of ours that the reader came from (`from=`), empty where it is not one of ours."""
    asked = request.POST.get("from", "") if request.method == "POST" else request.GET.get("from", "")
    local = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if local and len(asked) <= 2000 else ""


def _context(request: HttpRequest, found: Standing, typed: Typed | None) -> dict[str, Any]:
    signal, language = found.signal, (get_language() or "nl")[:2]
    told = history.group(signal)
    before, after = history.updates(signal, told.root)
    places = reasons.spans(found) if _of_this_text(found) else []
    may_correct = may(request.user, "analyst")
    asked = request.GET.get("whynot", "")
    return {
        "signal": signal,
        "found": found,
        "title": marked(signal.title, (), reasons.cut(signal.title, places, 0)),
        "excerpt": marked(signal.excerpt, (), reasons.cut(signal.excerpt, places, len(signal.title) + 1)),
        "address": history.web_address(signal.url),
        "sections": reasons.said(found, language),
        "typed": typed,
        "open": typed.kind if typed is not None else request.GET.get("correct", ""),
        "forms": FORMS,
        "may_correct": may_correct,
        "last": _last_of(found, request) if may_correct else None,
        "group": told,
        "root": Signal.objects.filter(pk=told.root).first() if told.root != signal.pk else None,
        "before": before,
        "after": after,
        "changes": versions.changes(list(Version.objects.filter(signal=signal)), signal.content_hash),
        "state": SourceState.objects.filter(source=signal.source_id).first(),
        "coverage": _source_down(signal.source.slug),
        "domains": taxonomy.load().ids,
        "severities": tuple(reversed(SEVERITIES)),
        "parts": PARTS,
        "relevances": RELEVANCES,
        "why_not": why_not(signal, asked, found.corrections) if asked in taxonomy.load().ids else None,
        "asked": asked,
        "back": origin(request),
        "indexing": Work.objects.filter(signal=signal, stage=Work.Stage.INDEX).first(),
    }


def _of_this_text(found: Standing) -> bool:
    """Whether the judgement is of the content that is shown: else its offsets mean nothing."""
    row = getattr(found.signal, "judgement", None)
    return row is not None and row.content_hash == found.signal.content_hash


def _last_of(found: Standing, request: HttpRequest) -> Correction | None:
    """The latest correction in force that this person made here: what `u` undoes."""
    user: Any = request.user
    return next((c for c in found.corrections if c.undone is None and c.actor == user.email), None)


def _source_down(slug: str) -> coverage.Line | None:
    """The signal's source, where coverage counts it as down."""
    [group] = coverage.coverage(sources=[slug]).groups
    return group.down[0] if group.down else None
