"""/healthz, /readyz, /metrics: what they answer, what they answer when something is down, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from config.celery import app, send
from ingest.models import Source, SourceState
from notify import canary
from notify.models import Canary, Delivery
from search import engines
from search.embedded import Embedded
from search.indexing import ensure
from tests.conftest import Store, use
from tests.tasks.conftest import _broker, broker  # noqa: F401 - fixtures
from tests.web.conftest import ClientFor
from web.metrics import Durations
from web.views.machine import local

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ELSEWHERE: dict[str, Any] = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Embedded]:
    """An index of its own that answers."""
    engine = Embedded(tmp_path / "index")
    ensure(engine)
    monkeypatch.setattr(engines, "reader", lambda: engine)
    yield engine
    engine.close()


def figures(client: Client) -> dict[str, float]:
    """The sample lines of /metrics."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    lines = [line for line in answer.content.decode().splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_the_process_lives(client_for: ClientFor) -> None:
    answer = client_for("anyone").get("/healthz", **ELSEWHERE)
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert client_for("anyone").post("/healthz").status_code == 405


def test_it_is_ready_when_store_broker_and_index_answer(
    client_for: ClientFor, index: Embedded, broker: str  # noqa: F811
) -> None:  # fmt: skip
    client = client_for("anyone")
    answer = client.get("/readyz")
    assert answer.content.decode() == "ready\nstore: ok\nbroker: ok\nindex: ok\n"
    assert answer.status_code == 200
    assert client.get("/readyz", **ELSEWHERE).content == b"ready\n"


def test_what_is_down_is_named_to_those_who_may_know(
    client_for: ClientFor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = Embedded(tmp_path / "none")
    monkeypatch.setattr(engines, "reader", lambda: missing)
    monkeypatch.setattr("web.readiness.waiting", _refuse)
    answer = client_for("anyone").get("/readyz")
    assert answer.status_code == 503
    told = dict(line.split(": ", 1) for line in answer.content.decode().splitlines()[1:])
    assert told["store"] == "ok" and told["broker"] == "connection refused" and told["index"] != "ok"
    stranger = client_for("anyone").get("/readyz", **ELSEWHERE)
    assert (stranger.status_code, stranger.content) == (503, b"not ready\n")


def _refuse(queue: str) -> int:
    raise OSError("connection refused")


def test_a_store_that_is_gone_is_said(client_for: ClientFor, store: Store) -> None:
    client = client_for("anyone")
    use("sqlite:////nonexistent/folder/store.sqlite3")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert b"store: unable to open database file" in answer.content
    use(store.url)
    assert b"store: ok" in client.get("/readyz").content


def test_figures_of_the_whole_installation(client_for: ClientFor, broker: str) -> None:  # noqa: F811
    row = Source.objects.create(slug="krant", name="Krant")
    SourceState.objects.create(source=row, health="error")
    now = timezone.now()
    canary.begin(now)
    Canary.objects.update(started=now - timedelta(seconds=63), arrived=now - timedelta(seconds=60))
    for number, state in enumerate(("waiting", "waiting", "sent")):
        Delivery.objects.create(kind="alert", message_id=str(number), state=state)
    send("tasks.deliver")
    found = figures(client_for("anyone"))
    assert found['horizonscan_queue_length{queue="deliver"}'] == 1
    assert found['horizonscan_queue_length{queue="ingest"}'] == 0
    assert found['horizonscan_deliveries{state="waiting"}'] == 2
    assert found['horizonscan_deliveries{state="failed"}'] == 0
    assert found['horizonscan_sources{health="error"}'] == 1
    assert 'horizonscan_sources{health="new"}' not in found  # the canary's own is none
    assert found["horizonscan_canary_way_seconds"] == 3
    assert found["horizonscan_canary_late"] == 0
    assert found["horizonscan_canary_age_seconds"] >= 60
    assert found['horizonscan_work_waiting{stage="match"}'] == 0
    assert found["horizonscan_index_lag_seconds"] == 0
    assert found['horizonscan_up{part="broker"}'] == found['horizonscan_up{part="store"}'] == 1


def test_without_a_broker_the_rest_is_told(client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.metrics.waiting", _refuse)
    found = figures(client_for("anyone"))
    assert found['horizonscan_up{part="broker"}'] == 0
    assert found['horizonscan_up{part="store"}'] == 1
    assert not any(name.startswith("horizonscan_queue_length") for name in found)


def test_requests_are_measured_by_route_and_not_by_path(client_for: ClientFor) -> None:
    name = f"{Durations.__module__}.{Durations.__name__}"
    chain = [name, *(each for each in settings.MIDDLEWARE if each != name)]
    with override_settings(MIDDLEWARE=chain):
        client = client_for("anyone")
        client.get("/healthz")
        client.get("/nothing/of/that/name?q=secret")
        answer = client.get("/metrics").content.decode()
    assert 'horizonscan_request_seconds_count{method="GET",route="healthz",status="2xx"}' in answer
    assert 'route="(none)"' in answer
    assert "secret" not in answer and "nothing" not in answer


@pytest.mark.parametrize(
    ("role", "expected"), [("anyone", 403), ("reader", 403), ("analyst", 403), ("admin", 200)]
)
def test_from_elsewhere_only_administrators_see_figures(
    client_for: ClientFor, monkeypatch: pytest.MonkeyPatch, role: str, expected: int
) -> None:
    monkeypatch.setattr("web.metrics.waiting", lambda _: 0)
    assert client_for(role).get("/metrics", **ELSEWHERE).status_code == expected


@pytest.mark.parametrize(
    ("address", "host", "origin", "expected"),
    [
        ("127.0.0.1", "127.0.0.1", "http://127.0.0.1:8000", True),
        ("::1", "localhost", "", True),
        ("::ffff:10.1.2.3", "web", "https://scan.example.org", True),
        ("10.1.2.3", "web", "https://scan.example.org", True),
        # Through a proxy on this machine that nobody named: the whole world comes from loopback.
        ("127.0.0.1", "scan.example.org", "https://scan.example.org", False),
        ("127.0.0.1", "SCAN.example.org", "https://scan.example.org", False),
        ("203.0.113.9", "127.0.0.1", "", False),
        ("8.8.8.8", "127.0.0.1", "", False),
        ("0.0.0.0", "127.0.0.1", "", False),
        ("", "127.0.0.1", "", False),
    ],
)
def test_who_is_local(address: str, host: str, origin: str, expected: bool) -> None:
    assert local(address, host, origin) is expected


def test_the_celery_app_publishes_where_the_broker_fixture_says(broker: str) -> None:  # noqa: F811
    assert app.conf.broker_url == broker


def test_every_figure_is_described(client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.metrics.waiting", lambda _: 0)
    canary.begin(timezone.now())
    Canary.objects.update(arrived=timezone.now())
    answer = client_for("anyone").get("/metrics").content.decode()
    names = {line.split()[2] for line in answer.splitlines() if line.startswith("# TYPE horizonscan_")}
    told = Path(__file__).parents[2].joinpath("docs/monitoring.md").read_text()
    assert len(names) > 10
    names -= {name for name in names if name.endswith("_created")}
    assert {name for name in names if f"`{name}`" not in told} == set()
