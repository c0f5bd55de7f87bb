"""What a site's robots.txt allows (RFC 9309). Pure; Protego does groups and longest match."""

from __future__ import annotations

import re
from dataclasses import dataclass

from protego import Protego

TOKEN = "horizonscan"  # noqa: S105 - the product token in robots.txt and in the User-Agent
LARGEST = 500 * 1024  # RFC 9309 2.5: at least this much must be read; we read no more
SLOWEST = 60.0


@dataclass(frozen=True, slots=True)
class Robots:
    """A site's rules: `state` is text, none (nothing is forbidden) or unreachable (everything is)."""

    state: str
    text: str = ""
    note: str = ""


def from_answer(status: int, body: bytes) -> Robots:
    """RFC 9309 2.3.1: 2xx is read, other 4xx mean no rules, 5xx and 429 mean nothing may be fetched now."""
    if 200 <= status < 300:
        text = body[:LARGEST].decode("utf-8-sig", "replace").replace("\x00", "")
        if re.match(r"\s*(<!doctype|<html|<\?xml)", text, re.IGNORECASE):
            return Robots("none", note="robots.txt is a web page, so it holds no rules")
        return Robots("text", text)
    if status == 429 or status >= 500:
        return Robots("unreachable", note=f"robots.txt answers {status}")
    return Robots("none", note=f"robots.txt answers {status}")


class Rules:
    """Parsed rules, kept while a site's robots.txt does not change."""

    def __init__(self, robots: Robots) -> None:
        self.robots = robots
        self._parsed = Protego.parse(robots.text) if robots.state == "text" else None

    def refusal(self, url: str) -> str | None:
        """Why `url` may not be fetched, None where it may."""
        if self.robots.state == "unreachable":
            return f"{self.robots.note}: nothing may be fetched for now (RFC 9309)"
        if self._parsed is not None and not self._parsed.can_fetch(url, TOKEN):
            return f"robots.txt disallows {url}"
        return None

    def delay(self) -> float:
        """Seconds the site asks for between two requests, at most a minute; 0 where it does not."""
        asked = self._parsed.crawl_delay(TOKEN) if self._parsed is not None else None
        return min(float(asked or 0), SLOWEST)
