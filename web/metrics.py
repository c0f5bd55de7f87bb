"""What Prometheus reads: request durations of this process, and the installation's state as it is stored.

Labels hold names from closed lists only (routes, queues, stages, states): no address, no query, no person.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import Error as DatabaseError
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from kombu.exceptions import OperationalError
from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from config.celery import QUEUES, waiting
from crawlers import coverage
from ingest.models import Fetch, Work
from notify import canary
from notify.models import Delivery

#: Of this process; one process serves the pages, so these are all requests.
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
_SECONDS = Histogram(
    "horizonscan_request_seconds",
    "Seconds until a page was answered",
    ("route", "method", "status"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
_METHODS = frozenset({"GET", "HEAD", "POST"})


class Durations:
    """Middleware: measures every request by the name of its route, never by its path."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = (match.url_name if match is not None else None) or "(none)"
        method = request.method if request.method in _METHODS else "other"
        status = f"{response.status_code // 100}xx"
        _SECONDS.labels(route, method, status).observe(time.perf_counter() - begun)
        return response


def exposition() -> bytes:
    """Everything, in Prometheus' text format. What does not answer is left out and said to be down."""
    state = CollectorRegistry()
    state.register(_State())
    return generate_latest(REGISTRY) + generate_latest(state)


class _State(Collector):
    """Read anew at each scrape."""

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return ()  # else registering would collect once more

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up: dict[str, float] = {}
        for part, read in (("broker", _queues), ("store", _stored)):
            try:
                found = list(read(timezone.now()))
                up[part] = 1
            except (DatabaseError, OperationalError, RedisError, OSError):
                found, up[part] = [], 0
            yield from found
        yield _gauge("horizonscan_up", "Whether a part answers", up, "part")


def _gauge(
    name: str, help_text: str, values: Mapping[str, float] | float, label: str = ""
) -> GaugeMetricFamily:
    if not isinstance(values, Mapping):
        return GaugeMetricFamily(name, help_text, value=values)
    family = GaugeMetricFamily(name, help_text, labels=(label,))
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _queues(now: datetime) -> Iterator[GaugeMetricFamily]:
    lengths = {queue: float(waiting(queue)) for queue in QUEUES}
    yield _gauge("horizonscan_queue_length", "Messages that wait in a queue of the broker", lengths, "queue")


def _stored(now: datetime) -> Iterator[GaugeMetricFamily]:
    fetches = Fetch.objects.filter(state=Fetch.State.WAITING).aggregate(n=Count("id"), at=Min("received"))
    counts, ages = {"ingest": float(fetches["n"])}, {"ingest": _age(fetches["at"], now)}
    rows = Work.objects.filter(quarantined=None).order_by().values("stage")
    works: dict[str, Any] = {row["stage"]: row for row in rows.annotate(n=Count("id"), at=Min("since"))}
    for stage in Work.Stage.values:
        row = works.get(stage, {"n": 0, "at": None})
        counts[stage], ages[stage] = float(row["n"]), _age(row["at"], now)
    yield _gauge("horizonscan_work_waiting", "Fetches and signals that wait for a stage", counts, "stage")
    yield _gauge("horizonscan_work_oldest_seconds", "Age of the oldest that waits for a stage", ages, "stage")
    yield _gauge("horizonscan_index_lag_seconds", "How far the index is behind the store", ages["index"])
    quarantined = {
        "fetches": float(Fetch.objects.filter(state=Fetch.State.QUARANTINED).count()),
        "signals": float(Work.objects.exclude(quarantined=None).count()),
    }
    yield _gauge("horizonscan_quarantined", "What failed three times, for a person to see", quarantined, "of")
    states = dict.fromkeys(Delivery.State.values, 0.0)
    grouped = Delivery.objects.order_by().values_list("state").annotate(n=Count("id"))
    states |= {state: float(n) for state, n in grouped}
    yield _gauge("horizonscan_deliveries", "Messages in the ledger by state", states, "state")
    health: dict[str, float] = {}
    for line in coverage.read(now):
        health[line.state] = health.get(line.state, 0.0) + 1
    yield _gauge("horizonscan_sources", "Enabled sources by health", health, "health")
    yield from _canary(now)


def _canary(now: datetime) -> Iterator[GaugeMetricFamily]:
    found = canary.proof(now)
    yield _gauge("horizonscan_canary_late", "1 while the proof is late: an alarm", float(found.late))
    if found.at is not None and found.seconds is not None:
        yield _gauge("horizonscan_canary_age_seconds", "Since the last canary arrived", _age(found.at, now))
        yield _gauge(
            "horizonscan_canary_way_seconds",
            "What the last canary took from fetch to mail",
            found.seconds,
        )


def _age(at: datetime | None, now: datetime) -> float:
    return max(0.0, (now - at).total_seconds()) if at is not None else 0.0
