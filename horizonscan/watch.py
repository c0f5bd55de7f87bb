"""What `up` notices from the store while it runs: that no source answers, that a replay is over."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.db import Error as DatabaseError
from django.db.models import QuerySet

from horizonscan import replaying
from ingest.models import Fetch, Source, SourceState, Work

log = structlog.get_logger()

#: Seconds between looks.
EVERY = 2.0
#: Polls that must have failed, all of them, before a first start is called offline; or this much time.
ENOUGH_POLLS, OFFLINE_SECONDS = 8, 45.0
#: Seconds between repetitions of the sample's banner, so that it stays on the screen.
BANNER_EVERY = 30.0


def offline(polled: int, answered: int, sources: int, seconds: float) -> bool | None:
    """Whether a first start has no network: None while it is too early to say."""
    if answered:
        return False
    if sources and polled >= min(ENOUGH_POLLS, sources):
        return True
    return bool(sources) if seconds > OFFLINE_SECONDS else None


def _others() -> QuerySet[SourceState]:
    """Sources of somebody else: what is recorded and the canary answer without any network."""
    return SourceState.objects.exclude(source__kind__in=(Source.Kind.RECORDED, Source.Kind.CANARY))


class Watch:
    """Called on every turn of the supervisor. `stop` ends it; `offline` says whether that was the reason."""

    def __init__(
        self, live: bool, leave_offline: bool, replayed: replaying.Replayed, banner: str = ""
    ) -> None:
        self.offline = False
        self._banner = banner
        self._bannered = time.monotonic()
        self.stop: Callable[[], None] = lambda: None
        self._leave_offline = leave_offline
        self._replayed = replayed
        self._replaying = bool(replayed.recordings)
        self._started = self._looked = time.monotonic()
        # Only a first start: a source that ever answered proves that this installation had a network.
        self._asking = live and not _others().exclude(last_answered=None).exists()

    def __call__(self) -> None:
        now = time.monotonic()
        if self._banner and now - self._bannered > BANNER_EVERY:
            self._bannered = now
            log.warning(self._banner)
        if now - self._looked < EVERY or not (self._asking or self._replaying):
            return
        self._looked = now
        try:
            if self._asking:
                self._ask(now)
            if self._replaying:
                self._replay()
        except DatabaseError as error:
            log.warning("store does not answer", reason=str(error).strip().splitlines()[0])

    def _ask(self, now: float) -> None:
        states = _others().filter(source__enabled=True)
        polled = states.exclude(last_polled=None).count()
        answered = states.exclude(last_answered=None).exists()
        found = offline(polled, int(answered), states.count(), now - self._started)
        if found is None:
            return
        self._asking = False
        if found:
            log.warning(
                "no source answers: is there a network? `horizonscan up --sample` shows the invented sample"
            )
            if self._leave_offline:
                self.offline = True
                self.stop()

    def _replay(self) -> None:
        if replaying.slow_down(self._replayed):
            return
        waiting = Fetch.objects.filter(state=Fetch.State.WAITING).exists()
        if not waiting and not Work.objects.filter(quarantined=None).exists():
            self._replaying = False
            log.info("replay complete", sources=len(self._replayed.recordings), files=self._replayed.files)
