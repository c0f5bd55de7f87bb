"""`python -m benchmarks.alerts`: from the last byte of a changed feed to the mail server's 250.

A real `up` with a real SMTP server and 10,000 subscriptions, of which 20 meet each probe; idle, then beside
50 entries a second of other traffic. Prints p50, p95 and the longest in seconds. What the poll itself waits
(a second at most) is not part of it: the clock starts when the feed's server has sent the last byte of the
answer that holds the entry. The floor is a mail handed to the same server directly.
"""

from __future__ import annotations

import argparse
import os
import random
import smtplib
import socket
import statistics
import sys
import tempfile
import threading
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from tests.e2e.installation import Feed, Installation, running, until

SUBSCRIPTIONS, OWNERS, MEET = 10_000, 500, 20
RATE, TRAFFIC_FEEDS = 50, 10
#: Words of the traffic: of 9,000 subscriptions for one each about one in four entries meets one.
WORDS = 400_000
_PATIENCE = 60.0


class Sink:
    """When the first mail that holds a word got its 250."""

    def __init__(self) -> None:
        self.arrived: dict[str, float] = {}
        self.mails = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails += 1
        subject = envelope.content.decode("utf-8", "replace")
        for word in (w for w in subject.replace("=\r\n", "").split() if w.startswith("proefwoord")):
            self.arrived.setdefault(word.strip(".,;:<>"), time.time())
        return "250 OK"


def _subscribe(data: Path, probes: int) -> None:
    """10,000 subscriptions of 500 readers: 20 for every probe, the others for words of the traffic."""
    from accounts.models import User
    from notify.models import Reader, Subscription

    users = [User(email=f"reader{n}@example.org", password="!", role="reader") for n in range(OWNERS)]
    User.objects.bulk_create(users)
    users = list(User.objects.filter(email__startswith="reader"))
    Reader.objects.bulk_create([Reader(user=user, digest=False, daily_cap=30_000) for user in users])
    words = [f"proefwoord{n}" for n in range(probes) for _ in range(MEET)]
    chance = random.Random(5)
    words += [f"verkeer{chance.randrange(WORDS)}" for _ in range(SUBSCRIPTIONS - len(words))]
    Subscription.objects.bulk_create(
        [Subscription(user=users[n % OWNERS], query=word) for n, word in enumerate(words)], batch_size=500
    )


def _traffic(feeds: list[Feed], stop: threading.Event) -> None:
    chance, number = random.Random(7), 0
    while not stop.wait(1 / RATE):
        number += 1
        some = " ".join(f"verkeer{chance.randrange(WORDS)}" for _ in range(12))
        feeds[number % len(feeds)].add(f"Bericht {number} over het verkeer", f"Invented traffic: {some}.")


def _probe(feed: Feed, sink: Sink, numbers: range, found: Installation) -> list[float]:
    taken = []
    for number in numbers:
        word = f"proefwoord{number}"
        held = feed.add(f"Proef {word} ransomware", f"Invented probe {word} in a hospital.")
        end = time.time() + _PATIENCE
        while word not in sink.arrived:
            if time.time() > end:
                sys.exit(f"benchmarks.alerts: no mail about {word} in {_PATIENCE:.0f} s\n{found.log[-2000:]}")
            time.sleep(0.01)
        taken.append(sink.arrived[word] - feed.left[held])
        time.sleep(0.5)
    return taken


def _row(name: str, taken: list[float], most: float) -> str:
    p95 = sorted(taken)[max(0, round(len(taken) * 0.95) - 1)]
    verdict = f"{most:.0f} {'met' if p95 <= most else 'MISSED'}" if most else ""
    return f"| {name:<38} | {statistics.median(taken):7.3f} | {p95:7.3f} | {max(taken):7.3f} | {verdict:<8} |"


def _floor(port: int) -> list[float]:
    taken = []
    for number in range(20):
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = (
            f"floor {number}",
            "a@example.org",
            "b@example.org",
        )
        message.set_content("floor\n")
        started = time.time()
        with smtplib.SMTP("127.0.0.1", port) as server:
            server.send_message(message)
        taken.append(time.time() - started)
    return taken


def measure(folder: Path, probes: int) -> dict[str, list[float]]:
    """Seconds by name: `floor`, `idle` and `busy`."""
    sink = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    data = folder / "data"
    os.environ["HORIZONSCAN_DATA_DIR"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    data.mkdir()
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    _subscribe(data, 2 * probes)
    probe = Feed("probe", "127.12.0.1", facts={"official": True})
    # Polled every second, each brings five new entries; a longer feed would only have old ones read again.
    traffic = [Feed(f"traffic-{n}", f"127.12.1.{n + 1}", keep=15) for n in range(TRAFFIC_FEEDS)]
    feeds = [probe, *traffic]
    for feed in feeds:
        feed.add("First entry", "Told never: a source's first poll is quiet.")
    stop = threading.Event()
    result = {"floor": _floor(port)}
    try:
        with running(data, feeds, EMAIL_URL=f"smtp://127.0.0.1:{port}") as found:
            until(lambda: all(f"ingested source={f.slug} " in found.log for f in feeds), "first polls", found)
            result["idle"] = _probe(probe, sink, range(probes), found)
            thread = threading.Thread(target=_traffic, args=(traffic, stop), daemon=True)
            thread.start()
            time.sleep(5)  # by now the traffic is on its way through every queue
            result["busy"] = _probe(probe, sink, range(probes, 2 * probes), found)
            stop.set()
            thread.join()
            print(
                f"{sum(len(f.entries) for f in traffic)} entries of traffic, {sink.mails} mails", flush=True
            )
    finally:
        stop.set()
        controller.stop()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--probes", type=int, default=40, help="probes of each kind (default 40)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        taken = measure(Path(folder), args.probes)
    print(f"{SUBSCRIPTIONS:,} subscriptions, {MEET} of them meet each of {args.probes} probes; seconds")
    print(f"| {'':<38} | {'p50':>7} | {'p95':>7} | {'longest':>7} | limit    |")
    print(f"|{'-' * 40}|{'-' * 9}|{'-' * 9}|{'-' * 9}|{'-' * 10}|")
    print(_row("floor: one mail handed over", taken["floor"], 0))
    print(_row("idle", taken["idle"], 3))
    print(_row(f"beside {RATE} entries a second", taken["busy"], 6))


if __name__ == "__main__":
    main()
