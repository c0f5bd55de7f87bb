"""Requests through Scrapy's downloader: guarded, paced, limited. Never follows a redirect by itself."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from scrapy import Request

from crawlers import failures
from crawlers.decide import hosts
from crawlers.guard import Gate, Refused
from crawlers.pace import Pace
from crawlers.polls import Answer


class Unanswered(Exception):
    """No usable HTTP answer. The message is one line; `blocked` where a rule of ours forbade the request."""

    def __init__(self, note: str, *, blocked: bool = False) -> None:
        super().__init__(note)
        self.blocked = blocked


class Client:
    """One per crawling process; `engine` is Scrapy's."""

    def __init__(self, engine: Any, gate: Gate, pace: Pace) -> None:
        self._engine = engine
        self._gate = gate
        self._pace = pace

    async def get(
        self, url: str, headers: Mapping[str, bytes] | None = None, *, delay: float = 0.0
    ) -> Answer:
        """One GET. Raises Unanswered for everything that is not an HTTP answer within the limits."""
        reason = hosts.fetchable(url)
        if reason:
            raise Unanswered(reason, blocked=True)
        host = hosts.host_of(url)
        try:
            port = urlsplit(url).port or 0
            self._gate.check_host(host, port)
            proxy = None if self._gate.ours(host, port) else settings.HORIZONSCAN_PROXY or None
            request = Request(
                url,
                headers=dict(headers or {}),
                dont_filter=True,
                meta={"proxy": proxy, "download_slot": host},
            )
        except Refused as error:
            raise Unanswered(str(error), blocked=True) from None
        except ValueError as error:
            raise Unanswered(f"the URL cannot be asked for: {error}", blocked=True) from None
        if hosts.host_of(request.url) != host:
            # Two readers of one URL that disagree on its host: what was checked is not what would be asked.
            raise Unanswered("the URL's host is ambiguous", blocked=True)
        async with self._pace.turn(host, delay):
            started = monotonic()
            try:
                response = await self._engine.download_async(request)
            except Exception as error:
                refusal = failures.refused(error)
                if refusal is not None:
                    raise Unanswered(f"{host} {refusal}", blocked=True) from None
                note = failures.describe(
                    error, settings.HORIZONSCAN_MAX_BODY, settings.HORIZONSCAN_FETCH_TIMEOUT
                )
                raise Unanswered(note) from error
        return Answer(
            url=url,
            status=response.status,
            headers=_headers(response.headers),
            body=response.body,
            ms=round((monotonic() - started) * 1000),
        )


def _headers(headers: Any) -> dict[str, str]:
    """Lower-case names; of a repeated header the last value, exactly as sent."""
    return {
        bytes(name).decode("latin-1").lower(): bytes(values[-1]).decode("latin-1")
        for name, values in headers.items()
        if values
    }
