"""A real `horizonscan up` that polls feeds a test can change, and a first sign-in link into its pages."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import yaml

from tests.sites.server import Request, Site, answer, serving


@dataclass
class Feed:
    """A feed whose entries a test adds while it is polled; remembers when each version's last byte left."""

    slug: str
    host: str
    site: Site | None = None
    entries: list[tuple[str, str, str]] = field(default_factory=list)
    facts: Mapping[str, Any] = field(default_factory=dict)
    #: By number of entries: the clock (time.time) after the last byte of the first answer that held them.
    left: dict[int, float] = field(default_factory=dict)
    keep: int = 60

    def add(self, title: str, text: str = "") -> int:
        """Adds an entry, published now; returns how many there are."""
        self.entries.append((title, text, format_datetime(datetime.now(UTC))))
        return len(self.entries)

    def answer(self, _: Request) -> Iterator[bytes]:
        number = len(self.entries)
        yield answer(200, self.body(), Content_Type="application/rss+xml")
        self.left.setdefault(number, time.time())

    def body(self) -> bytes:
        first = max(0, len(self.entries) - self.keep)
        items = "".join(
            f"<item><title>{escape(title)}</title><description>{escape(text)}</description>"
            f"<link>https://{self.slug}.example/{n}</link><guid>{self.slug}-{n}</guid>"
            f"<pubDate>{date}</pubDate></item>"
            for n, (title, text, date) in enumerate(self.entries[first:], first)
        )
        head = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{self.slug}</title>'
        return f"{head}{items}</channel></rss>".encode()

    def row(self) -> dict[str, Any]:
        assert self.site is not None
        return {
            "slug": self.slug,
            "name": self.slug.replace("-", " ").title() + " (invented)",
            "url": self.site.url("/feed"),
            "kind": "feed",
            "language": "nl",
            "country": "NL",
            "reliability": "B",
            "domains": [],
            "owner": self.slug,
            "official": False,
            "rights": "excerpt",
            "interval": 60,
            "allowed_hosts": [self.host],
            "evidence": "invented for a test",
            **self.facts,
        }


@dataclass
class Installation:
    """One running `up`. `origin` is where its pages are."""

    data: Path
    process: subprocess.Popen[bytes]
    environ: dict[str, str]
    said: Path
    origin: str = ""

    @property
    def log(self) -> str:
        return self.said.read_text(errors="replace")

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Another command on the same installation."""
        program = [sys.executable, "-P", "-m", "horizonscan", *words]
        return subprocess.run(program, env=self.environ, capture_output=True, text=True, timeout=120)

    def link(self) -> str:
        """The administrator's one-time link, from the file that `up` wrote."""
        path = self.data / "sign-in-link"
        until(path.exists, "a first sign-in link", self)
        return path.read_text().strip()


def until(
    done: Callable[[], Any], what: str, installation: Installation | None = None, seconds: float = 60
) -> Any:
    """Waits for `done` to be true and returns what it returned."""
    end = time.monotonic() + seconds
    while not (found := done()):
        told = f"\n{installation.log[-4000:]}" if installation is not None else ""
        assert time.monotonic() < end, f"did not happen in time: {what}{told}"
        time.sleep(0.1)
    return found


def _every_second(data: Path) -> None:
    """A catalogue never asks for a poll a second; these servers are the test's own."""
    with sqlite3.connect(data / "horizonscan.sqlite3", timeout=10) as store:
        store.execute("UPDATE ingest_source SET interval = 1 WHERE kind = 'feed'")
        store.execute(
            "UPDATE ingest_sourcestate SET next_due = ?", (f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}",)
        )


@contextmanager
def running(
    data: Path, feeds: Iterable[Feed] = (), words: Sequence[str] = (), **environ: str
) -> Iterator[Installation]:
    """`up` in `data` with `feeds` as its whole catalogue, until the block ends.

    With `--sample` among `words` its data folder is the sample's, below `data`.
    """
    from urllib.request import urlopen

    data.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        feeds = list(feeds)
        for each in feeds:
            each.site = stack.enter_context(serving(each.host, {"/feed": each.answer}))
        catalogue = data / "catalogue.yaml"
        catalogue.write_text(yaml.safe_dump({"sources": [each.row() for each in feeds]}, allow_unicode=True))
        kept = {k: v for k, v in os.environ.items() if not k.startswith("HORIZONSCAN_")}
        kept |= {
            "HORIZONSCAN_DATA_DIR": str(data),
            "HORIZONSCAN_SOURCES": str(catalogue),
            "HORIZONSCAN_ALLOW_PRIVATE": ",".join(f"{each.host}/32" for each in feeds),
            "HORIZONSCAN_CONTACT": "mailto:test@example.org",
            **environ,
        }
        with (data / "up.log").open("ab") as log:
            program = [sys.executable, "-P", "-m", "horizonscan", "up", "--port", "0", *words]
            process = subprocess.Popen(program, env=kept, stdout=log, stderr=log)
        home = data / "sample" if "--sample" in words else data
        found = Installation(home, process, {**kept, "HORIZONSCAN_DATA_DIR": str(home)}, said=data / "up.log")
        try:
            state = home / "up.json"
            until(lambda: state.exists() and json.loads(state.read_text()).get("pages"), "up", found)
            found.origin = json.loads(state.read_text())["pages"]

            def answers() -> bool:
                try:
                    with urlopen(f"{found.origin}/healthz", timeout=2) as answered:
                        return bool(answered.status == 200)
                except OSError:
                    return False

            until(answers, "pages answer", found)
            _every_second(home)
            yield found
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
