"""A deliverer that dies where it is told: `python -P -m tests.faults.deliverer`.

Each line on stdin starts one, forked from this process that has everything loaded, and a line on stdout
says how it ended: `killed` or `done`. `STEP N` kills it (SIGKILL, by itself) when it comes to a step for
the Nth time, `after MS` kills it from outside after so many milliseconds, `go` lets it finish.
"""

from __future__ import annotations

import os
import signal
import smtplib
import sys
import time
from collections.abc import Callable
from typing import Any

NAME = "deliver@test"
#: Before and after everything that leaves a trace, in order.
STEPS = (
    "made",
    "claimed",
    "connected",
    "mail",
    "rcpt",
    "data",
    "handed-over",
    "answered",
    "settling",
    "settled",
)
#: Those after which the server has the message and the ledger does not know.
TAKEN = ("handed-over", "answered", "settling")


class _Death:
    def __init__(self, step: str, count: int) -> None:
        self.step, self.count = step, count

    def at(self, step: str) -> None:
        if step == self.step:
            self.count -= 1
            if self.count <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


def _around(owner: Any, name: str, before: Callable[..., None], after: Callable[..., None]) -> None:
    real = getattr(owner, name)

    def wrapped(*given: Any, **named: Any) -> Any:
        before(*given, **named)
        found = real(*given, **named)
        after(*given, **named)
        return found

    setattr(owner, name, wrapped)


def _nothing(*given: Any, **named: Any) -> None:
    """Nothing happens here."""


def _arm(death: _Death) -> None:
    """Puts the steps where they are."""
    from django.db.models import QuerySet

    from notify import ledger
    from notify.models import Delivery

    def at(step: str) -> Callable[..., None]:
        return lambda *given, **named: death.at(step)

    _around(ledger, "claim", at("made"), at("claimed"))
    _around(smtplib.SMTP, "connect", _nothing, at("connected"))
    _around(smtplib.SMTP, "mail", _nothing, at("mail"))
    _around(smtplib.SMTP, "rcpt", _nothing, at("rcpt"))
    _around(
        smtplib.SMTP, "docmd", _nothing, lambda it, said, *_: death.at("data") if said == "DATA" else None
    )

    def sent(it: Any, content: Any) -> None:
        if isinstance(content, bytes) and content.endswith(b"\r\n.\r\n"):
            death.at("handed-over")

    _around(smtplib.SMTP, "send", _nothing, sent)

    def updated(it: Any, **changed: Any) -> None:
        if it.model is Delivery and changed.get("state") == Delivery.State.SENT:
            death.at("settling")  # inside the transaction: it is not committed

    _around(QuerySet, "update", _nothing, updated)
    _around(ledger, "settle", at("answered"), at("settled"))


def _run(words: list[str]) -> str:
    child = os.fork()
    if child == 0:
        from notify.delivering import deliver_waiting

        if words[0] in STEPS:
            _arm(_Death(words[0], int(words[1])))
        deliver_waiting(holder=NAME)
        os._exit(0)
    if words[0] == "after":
        time.sleep(int(words[1]) / 1000)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "killed"
    return "done" if os.WEXITSTATUS(status) == 0 else f"failed {os.WEXITSTATUS(status)}"


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from config.logs import configure
    from ingest.judge import taxonomy
    from notify.delivering import deliver_waiting

    assert deliver_waiting is not None
    taxonomy.load()
    configure("deliver")
    for line in sys.stdin:
        sys.stdout.write(_run(line.split()) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
