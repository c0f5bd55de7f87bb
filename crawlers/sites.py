"""The rules of a site, robots.txt and tdmrep.json: asked for once a day, kept in SQL, shared by crawlers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from django.utils import timezone

from crawlers.client import Client, Unanswered
from crawlers.decide import hosts, robots, tdm
from crawlers.models import Host
from crawlers.polls import Answer
from crawlers.schedule import ROBOTS_RETRY

KEPT = timedelta(hours=24)  # RFC 9309 2.4: no longer than a day
#: Beginnings of notes that are about the answer, not about the whole site.
_ITS_OWN = ("the body", "the answer", "no complete answer")
MOST_REDIRECTS = 5  # RFC 9309 2.3.1.2


@dataclass(frozen=True)
class Site:
    """What a site says, parsed, until `expires`."""

    robots: robots.Rules
    tdm: Sequence[tdm.Rule]
    expires: datetime


class Sites:
    """Looks rules up in memory, then in SQL, then on the site. `db` runs a function in the ORM's thread."""

    def __init__(self, client: Client, db: Callable[..., Awaitable[Any]]) -> None:
        self._client = client
        self._db = db
        self._known: dict[str, Site] = {}

    async def rules(self, url: str, allowed_hosts: Sequence[str]) -> Site:
        """The rules for `url`. Raises Unanswered where the guard or the network stops even robots.txt."""
        name = hosts.authority(url)
        now = timezone.now()
        known = self._known.get(name)
        if known and known.expires > now:
            return known
        host: Host = await self._db(_load, name)
        if host.robots_expires is None or host.robots_expires <= now:
            await self._read_robots(host, url, allowed_hosts)
        if host.tdm_expires is None or host.tdm_expires <= now:
            await self._read_tdm(host, url, allowed_hosts)
        await self._db(_save, host)
        expires = min(host.robots_expires or now, host.tdm_expires or now)
        found = robots.Robots(host.robots_state, host.robots_text, host.robots_note)
        site = Site(robots.Rules(found), [tdm.Rule(*rule) for rule in host.tdm_rules], expires)
        self._known[name] = site
        return site

    async def _read_robots(self, host: Host, url: str, allowed_hosts: Sequence[str]) -> None:
        now = timezone.now()
        known = host.robots_state in ("text", "none")
        fresh = known and host.robots_fetched is not None and host.robots_fetched > now - 30 * KEPT
        try:
            answer = await self._get(_root(url, "/robots.txt"), allowed_hosts)
            found = robots.from_answer(answer.status, answer.body) if answer else robots.Robots("none")
        except Unanswered as error:
            if not fresh and str(error).startswith(_ITS_OWN):
                raise Unanswered(f"robots.txt: {error}") from None
            if error.blocked or not fresh:
                raise
            found = robots.Robots("unreachable", note=f"robots.txt: {error}")
        if found.state == "unreachable" and fresh:
            # RFC 9309 2.4: an unreachable robots.txt leaves the copy we have in force.
            host.robots_expires = now + ROBOTS_RETRY
            return
        host.robots_state, host.robots_text, host.robots_note = found.state, found.text, found.note[:300]
        host.robots_fetched = now
        host.robots_expires = now + (ROBOTS_RETRY if found.state == "unreachable" else KEPT)

    async def _read_tdm(self, host: Host, url: str, allowed_hosts: Sequence[str]) -> None:
        now = timezone.now()
        host.tdm_fetched, host.tdm_expires, host.tdm_rules, host.tdm_note = now, now + KEPT, [], ""
        target = _root(url, "/.well-known/tdmrep.json")
        rules = robots.Rules(robots.Robots(host.robots_state, host.robots_text, host.robots_note))
        reason = rules.refusal(target)
        if reason:
            host.tdm_note = f"not asked: {reason}"[:300]
            return
        try:
            answer = await self._get(target, allowed_hosts)
            if answer is None or answer.status != 200:
                host.tdm_note = (
                    f"tdmrep.json answers {answer.status}" if answer else "tdmrep.json redirects elsewhere"
                )
                if answer and (answer.status == 429 or answer.status >= 500):
                    host.tdm_expires = now + ROBOTS_RETRY
                return
            found = tdm.read_file(answer.body)
            host.tdm_rules = [[rule.location, rule.reserved, rule.policy] for rule in found]
        except ValueError as error:
            host.tdm_note = str(error)[:300]
        except Unanswered as error:
            host.tdm_note, host.tdm_expires = f"tdmrep.json: {error}"[:300], now + ROBOTS_RETRY

    async def _get(self, url: str, allowed_hosts: Sequence[str]) -> Answer | None:
        """The file, through at most five redirects on allowed hosts; None where they lead elsewhere."""
        own = url
        for _ in range(MOST_REDIRECTS + 1):
            answer = await self._client.get(url)
            if answer.status not in (301, 302, 303, 307, 308):
                return answer
            try:
                url = urldefrag(urljoin(url, answer.headers.get("location", "")))[0]
            except ValueError:
                return None
            if hosts.fetchable(url) or not hosts.allowed(url, [*allowed_hosts, hosts.host_of(own)], own):
                return None
        return None


def _root(url: str, path: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{path}"


def _load(name: str) -> Host:
    return Host.objects.get_or_create(name=name)[0]


def _save(host: Host) -> None:
    """Stores the rules only: the lease's columns belong to `crawlers.leases`."""
    host.save(update_fields=[f.name for f in Host._meta.fields if f.name.startswith(("robots_", "tdm_"))])
