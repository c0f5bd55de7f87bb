"""A recorded workload made for the fault tests: sources with successive snapshots of their feeds.

Every kind of change happens in it: new entries, changed ones (versions), content that returns (A/B/A),
entries that leave the feed, the same article in several sources (sightings), one text in several sources
(repeats), an empty feed and a page that is no feed. Everything follows from the seed.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from xml.sax.saxutils import escape

START = datetime(2024, 3, 1, tzinfo=UTC)
_WORDS = """
storing stroom havens dijk ziekenhuis netwerk gemeente provincie drinkwater brug sluis trein tunnel server
wachtwoord lek virus griep vaccin inspectie rechtbank politie onderzoek raad minister kade opslag
"""


def make(folder: Path, sources: int, snapshots: int, seed: int) -> int:
    """Writes the files; returns how many (each one is a changed body, so one ingest task at least)."""
    chance = random.Random(seed)
    wire = [_text(chance) for _ in range(snapshots)]
    shared = [f"https://wire.example/{number}/article" for number in range(12)]
    for number in range(sources):
        name = f"source{number:02}"
        entries: list[tuple[str, str, datetime]] = []
        for step in range(snapshots):
            as_of = START + timedelta(days=step)
            for fresh in range(4):
                url = f"https://{name}.example/{step}/{fresh}"
                entries.append((url, _text(chance), as_of))
            if step % 3 == 0:
                entries.append((chance.choice(shared), _text(chance), as_of))
            # Wire copy: one text in several sources, each under an address of its own.
            if (number + step) % 3 == 0:
                entries.append((f"https://{name}.example/wire/{step}", wire[step], as_of))
            # One entry changes and, two snapshots later, changes back.
            if step % 4 == 1:
                changed, kept = entries[2], entries[2][1]
                entries[2] = (changed[0], f"{changed[1]} bijgewerkt", changed[2])
            if step % 4 == 3:
                entries[2] = (entries[2][0], kept, entries[2][2])
            entries = entries[:3] + entries[3:][-12:]
            body = _rss(name, list({url: (url, text, at) for url, text, at in entries}.values()))
            (folder / f"{name}_{as_of:%Y-%m-%d}.xml").write_text(body, encoding="utf-8")
    (folder / "leeg_2024-03-01.xml").write_text(_rss("leeg", []), encoding="utf-8")
    (folder / "pagina_2024-03-01.html").write_text("<!doctype html><title>Geen feed</title><p>Niets", "utf-8")
    return sources * snapshots + 2


def _text(chance: random.Random) -> str:
    return " ".join(chance.sample(_WORDS.split(), 9)) + f" {chance.randrange(10**6)}"


def _rss(name: str, entries: list[tuple[str, str, datetime]]) -> str:
    items = "".join(
        f"<item><title>{escape(text[:60])}</title><link>{url}</link><guid>{url}</guid>"
        f"<description>{escape(text)}</description><pubDate>{format_datetime(at)}</pubDate></item>\n"
        for url, text, at in entries
    )
    return f"<rss version='2.0'><channel><title>{name} (verzonnen)</title>\n{items}</channel></rss>\n"
