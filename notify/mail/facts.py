"""What is known of the signal behind an alert, as it stands when the alert is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ingest.models import Entry, Source
from notify.models import Alert


@dataclass(frozen=True, slots=True)
class Facts:
    """Empty where the signal is gone (retention, a removed source)."""

    language: str = ""
    excerpt: str = ""
    url: str = ""
    domains: tuple[str, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    slug: str = ""
    grade: str = ""
    official: bool = False
    seen: datetime | None = None
    reports: int = 0


def facts(alert: Alert) -> Facts:
    """Of an alert whose `signal` may be gone."""
    signal = alert.signal
    if signal is None:
        return Facts()
    source: Source = signal.source
    return Facts(
        language=signal.language or source.language,
        excerpt=signal.excerpt,
        url=signal.url if signal.url.startswith(("http://", "https://")) else "",
        domains=tuple(signal.domains),
        parts=signal.parts,
        source=source.name,
        slug=source.slug,
        grade=source.reliability,
        official=source.official,
        seen=signal.seen,
        reports=Entry.objects.filter(signal=signal).count(),
    )
