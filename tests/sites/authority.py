"""The web site of an invented authority without a feed: a list of news, robots rules, a visitor counter."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.sites.server import Request, Site, answer, fixed, serving

#: What the catalogue says of it.
SPIDER = {
    "item": "ol.berichten > li",
    "link": "h3 a@href",
    "title": "h3 a",
    "date": "time@datetime",
    "summary": "p.intro",
}


@dataclass
class Authority:
    """The running site and what it has published, newest first: (path, title, day, introduction)."""

    site: Site
    news: list[tuple[str, str, str, str]] = field(default_factory=list)
    visitors: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def publish(self, path: str, title: str, day: str, intro: str) -> None:
        self.news.insert(0, (path, title, day, intro))

    def page(self, _: Request) -> bytes:
        items = "".join(
            f"<li><h3><a href='{path}?utm_source=lijst'>{title}</a></h3>"
            f"<time datetime='{day}'>{day}</time><p class=intro>{intro}</p></li>"
            for path, title, day, intro in self.news
        )
        text = (
            f"<!DOCTYPE html><html lang=nl><head><title>Nieuws | Dienst Verzonnen Zaken</title></head><body>"
            f"<nav><ol><li><a href=/>Home</a></li></ol></nav><ol class=berichten>{items}</ol>"
            f"<footer>Bezoeker {next(self.visitors)}</footer></body></html>"
        )
        return answer(200, text.encode(), Content_Type="text/html; charset=utf-8")


@contextmanager
def running(host: str) -> Iterator[Authority]:
    """The site on `host`, its list under /nieuws."""
    with serving(host, {}) as site:
        authority = Authority(site)
        site.routes = {
            "/robots.txt": fixed(answer(200, b"User-agent: *\nDisallow: /zoeken\n")),
            "/nieuws": authority.page,
        }
        yield authority
