"""Queries that teach the query language by being tried: each with what it finds."""

from __future__ import annotations

from django.utils.translation import gettext as _


def examples() -> list[tuple[str, str]]:
    """(query, what it finds) in the reader's language; each can be searched with as it stands."""
    return [
        (_("outage OR failure"), _("either word, in every form and compound")),
        (_('"code orange"'), _("these words side by side")),
        (_("water*"), _("words that begin so")),
        (_("bridge -football"), _("the first word, not the second")),
        (_("domain:cyber severity:>=C"), _("a domain, from a severity on")),
        (_("part:curacao"), _("what directly concerns a part of the Kingdom")),
        (_("country:ukraine place:odesa"), _("where it happens, by name")),
        (_("seen:>now-24h"), _("first seen in the last 24 hours")),
        (_("published:[2026-11-01 TO 2026-11-07]"), _("published in these days (UTC)")),
        (_("(harbour OR port) title:drugs"), _("brackets; a word in the title")),
        (_("volcano~1"), _("one letter may differ")),
    ]
