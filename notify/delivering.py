"""The deliverer: what waits in the ledger and is due is made, claimed, sent and settled.

One connection serves a batch of mail; a server that is down delays all and is asked again after a while.
Webhooks are posted beside it by threads that never touch the store, so that a slow one keeps no mail
waiting. Without EMAIL_URL mail is made and stays waiting: the outbox.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from config.options import ConfigError
from notify import canary, ledger, webhook
from notify.mail import content, message
from notify.mail.message import Words
from notify.mail.transport import Outcome, Result, Transport, configured
from notify.models import Delivery

log = structlog.get_logger()

NO_SERVER = "no mail server is configured (EMAIL_URL)"
#: What waited longer for a server to be configured is not sent when one is.
OUTBOX = timedelta(hours=24)
#: Where none ever is, the outbox shows it for so long.
SHOWN = timedelta(days=30)
_BATCH = 20
#: Webhooks posted at once; one at a time to each.
_POSTS = 8
_SHORTEST, _LONGEST = timedelta(seconds=5), timedelta(seconds=60)


@dataclass
class Outage:
    """What this process knows of a mail server that is down: until when it is left alone."""

    until: datetime | None = None
    delay: timedelta = timedelta(0)
    broken: int = 0  # lines in a row that fell in the middle of a message

    def resting(self, now: datetime) -> bool:
        return self.until is not None and now < self.until

    def fell(self, now: datetime) -> None:
        self.delay = min(max(self.delay * 2, _SHORTEST), _LONGEST)
        self.until, self.broken = now + self.delay, 0

    def over(self) -> bool:
        """It answers. True where it did not before."""
        was, self.until, self.delay, self.broken = self.until is not None, None, timedelta(0), 0
        return was


_outage = Outage()


def deliver_waiting(
    now: datetime | None = None,
    *,
    transport: Transport | None = None,
    limit: int | None = None,
    holder: str = "",
    stop: Callable[[], bool] | None = None,
    outage: Outage | None = None,
) -> int:
    """Sends what is due until nothing is, `limit` rows were tried or `stop` says so; how many were sent.

    `now`: a fixed clock, for tests. `holder`: this process's name; a process that ended under the same
    name is known to be gone. A `transport` of one's own is left open.
    """
    clock = timezone.now if now is None else lambda: now
    run = _Run(
        clock,
        holder or f"{socket.gethostname()}#{os.getpid()}",
        stop or (lambda: False),
        outage or (_outage if transport is None else Outage()),
        limit,
    )
    try:
        run.transport = transport or configured()
    except ConfigError as error:
        run.outage.fell(clock())
        run.down(str(error))
    try:
        run.all()
    finally:
        if transport is None and run.transport is not None:
            run.transport.close()
    return run.sent


class _Run:
    """One call: its clock and name, and what it has done so far."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        holder: str,
        stop: Callable[[], bool],
        outage: Outage,
        limit: int | None,
    ) -> None:
        self.clock, self.holder, self.stop, self.outage = clock, holder, stop, outage
        self.left = limit if limit is not None else 1_000_000_000
        self.transport: Transport | None = None
        self.sent = 0
        self.posts: dict[Future[Outcome], Delivery] = {}

    def all(self) -> None:
        posting: list[Delivery] = []
        for row in ledger.left_behind(self.holder, self.clock()):
            log.warning("sent again: its sender ended while sending", delivery=row.pk)
            if row.webhook is not None:
                posting.append(row)
            else:
                self._hand_over(row)
        self._forget_old()
        with ThreadPoolExecutor(_POSTS, thread_name_prefix="webhook") as pool:
            for row in posting:
                self._post(row, pool)
            while not self.stop():
                busy = self._mail() if self.left > 0 else 0
                busy += self._webhooks(pool) if self.left > 0 else 0
                if self.posts:
                    self._posted(0.0 if busy else 0.2)
                elif not busy:
                    break
            while self.posts:
                self._posted(None)

    # Mail

    def _mail(self) -> int:
        """Sends a batch; how many rows moved on."""
        now = self.clock()
        if self.transport is None and not settings.EMAIL_URL:
            return self._outbox(now) + self._some(self._internal(now))
        if self.transport is None or self.outage.resting(now):
            return self._some(self._internal(now))
        return self._some(ledger.due(now, webhooks=False, limit=_BATCH))

    def _some(self, rows: list[Delivery]) -> int:
        moved = 0
        for row in rows:
            if self.stop() or self.left <= 0 or (row.address and self.outage.resting(self.clock())):
                break
            words = self._made(row)
            if words is None:
                moved += 1
            elif ledger.claim(row, words, self.holder, self.clock()):
                moved += 1
                self.left -= 1
                self._hand_over(row)
        return moved

    def _internal(self, now: datetime) -> list[Delivery]:
        """What needs no mail server: canaries without an address."""
        rows = ledger.waiting().filter(due__lte=now, kind=Delivery.Kind.CANARY, address="")
        return list(rows.order_by("pk")[:_BATCH])

    def _made(self, row: Delivery) -> Words | None:
        """The words of a row; None where it is dropped, or cannot be made now."""
        now = self.clock()
        why = content.unwanted(row)
        if why:
            ledger.drop(row, why, now)
            return None
        try:
            return content.words(row)
        except Exception as error:
            # One message that cannot be made holds up no other; the log has the whole story.
            log.exception("a message cannot be made", delivery=row.pk, kind=row.kind)
            said = f"cannot be made: {type(error).__name__}: {' '.join(str(error).split())}"[:500]
            verdict = ledger.decide(row.attempts, Outcome(Result.LATER, said), now)
            if ledger.claim(row, Words(row.subject, row.text, row.html, row.headers), self.holder, now):
                ledger.settle(row, verdict, self.holder, now)
            return None

    def _hand_over(self, row: Delivery) -> None:
        """Sends a claimed row and settles it."""
        self._settle(row, self._outcome(row))

    def _outcome(self, row: Delivery) -> Outcome:
        if not row.address:
            took = canary.sink(row, self.clock())
            return Outcome(Result.SENT if took else Result.REFUSED, "the internal sink")
        if self.transport is None:
            return Outcome(Result.DOWN, NO_SERVER)
        try:
            built, (sender, recipient) = message.build(row), message.envelope(row)
        except message.Unsendable as error:
            return Outcome(Result.REFUSED, str(error))
        outcome = self.transport.send(built, sender, recipient)
        if outcome.result is Result.SENT and row.kind == Delivery.Kind.CANARY:
            canary.arrived(row, self.clock())
        return outcome

    def _settle(self, row: Delivery, outcome: Outcome) -> None:
        now = self.clock()
        verdict = ledger.decide(row.attempts, outcome, now, webhook=row.webhook_id is not None)
        self._written(row, verdict, now)
        if outcome.result is Result.SENT:
            self.sent += 1
            waited = round((now - row.made).total_seconds(), 1)
            log.info("sent", delivery=row.pk, kind=row.kind, seconds=waited)
        elif outcome.result is not Result.DOWN:
            log.warning("not sent", delivery=row.pk, kind=row.kind, state=str(verdict.state))
        if row.webhook_id is not None:
            if verdict.state == Delivery.State.WAITING and verdict.due is not None:
                ledger.postpone(row.webhook_id, verdict.due)
        elif row.address:
            self._health(outcome, now)

    def _written(self, row: Delivery, verdict: ledger.Verdict, now: datetime) -> None:
        """Settles; a store that is busy or was away is asked again: what was sent is known only here."""
        for rest in (0.2, 1.0, None):
            try:
                ledger.settle(row, verdict, self.holder, now)
            except (OperationalError, InterfaceError):
                if rest is None:
                    raise
                time.sleep(rest)
                connection.close_if_unusable_or_obsolete()
            else:
                return

    def _health(self, outcome: Outcome, now: datetime) -> None:
        """What an outcome says of the server."""
        if outcome.result is Result.DOWN:
            if self.transport is not None:
                self.outage.fell(now)
                self.down(outcome.said)
        elif outcome.broken:
            # Once it may be the message. Twice in a row it is the server.
            self.outage.broken += 1
            if self.outage.broken > 1:
                self.outage.fell(now)
                self.down(outcome.said)
        elif self.outage.over():
            log.info("mail server answers again")

    def down(self, said: str) -> None:
        waiting = ledger.outage(said, self.clock())
        log.warning("mail server does not answer", waiting=waiting, seconds=self.outage.delay.total_seconds())

    def _outbox(self, now: datetime) -> int:
        """Without a server: makes what is due, so that it can be read, and leaves it waiting."""
        rows = ledger.waiting().filter(due__lte=now).exclude(said=NO_SERVER)
        rows = rows.exclude(kind=Delivery.Kind.CANARY, address="")
        some = list(rows.select_related("user__reader", "webhook").order_by("pk")[:_BATCH])
        for row in some:
            words = self._made(row)
            if words is not None:
                ledger.waiting().filter(pk=row.pk).update(
                    subject=words.subject,
                    text=words.text,
                    html=words.html,
                    headers=words.headers,
                    said=NO_SERVER,
                )
        return len(some)

    def _forget_old(self) -> None:
        """What waited for a server for so long that it would only surprise."""
        now = self.clock()
        kept, said = (OUTBOX, "more than 24 hours") if settings.EMAIL_URL else (SHOWN, "30 days")
        for row in ledger.waiting().filter(said=NO_SERVER, made__lt=now - kept):
            ledger.drop(row, f"it waited {said} for a mail server", now)

    # Webhooks

    def _webhooks(self, pool: ThreadPoolExecutor) -> int:
        """Starts posts as far as there is room; how many rows moved on."""
        now, moved = self.clock(), 0
        while len(self.posts) < _POSTS and self.left > 0:
            busy = [row.webhook_id for row in self.posts.values() if row.webhook_id is not None]
            row = next(iter(ledger.due(now, webhooks=True, limit=1, but=busy)), None)
            if row is None:
                break
            words = self._made(row)
            moved += 1
            if words is not None and ledger.claim(row, words, self.holder, now):
                self.left -= 1
                self._post(row, pool)
        return moved

    def _post(self, row: Delivery, pool: ThreadPoolExecutor) -> None:
        to = row.webhook
        assert to is not None
        self.posts[pool.submit(webhook.send, to.url, to.secret, row.message_id, row.text, self.clock())] = row

    def _posted(self, seconds: float | None) -> None:
        """Settles the posts that have ended, after up to `seconds` for the first; None: however long."""
        ended, _ = wait(self.posts, seconds, FIRST_COMPLETED)
        for future in ended:
            self._settle(self.posts.pop(future), future.result())
