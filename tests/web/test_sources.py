"""Sources on pages: silent ones first and said to be, narrowed by the address, changed by administrators."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEvent
from crawlers.models import HealthChange, Vitals
from ingest.models import Fetch, Source, SourceState
from tests.web.conftest import ClientFor, words
from web import trying


def two_sources() -> tuple[Source, Source]:
    now = timezone.now()
    good = Source.objects.create(
        slug="good", name="Good wire", url="https://good.example.org/f", domain_prior=["cyber"]
    )
    bad = Source.objects.create(
        slug="bad", name="Bad wire", url="https://bad.example.org/f", domain_prior=["health"]
    )
    soon = now + timedelta(hours=1)
    SourceState.objects.create(source=good, health="ok", next_due=soon, last_polled=now)
    SourceState.objects.create(
        source=bad, health="frozen", health_evidence="nothing new since March", next_due=soon, last_polled=now
    )
    Vitals.objects.create(source=bad, faults=[{"fault": "frozen", "evidence": "nothing new since March"}])
    HealthChange.objects.create(
        source=bad, state="frozen", since=now - timedelta(days=2), evidence="nothing new since March"
    )
    return good, bad


def test_the_silent_come_first_with_their_evidence(client_for: ClientFor) -> None:
    two_sources()
    page = words(client_for("reader", "en").get("/sources").content)
    assert page.index("Bad wire") < page.index("Good wire")
    assert "nothing new since March" in page
    assert "1 of 2 sources is silent" in page


def test_the_address_narrows_by_state_and_domain(client_for: ClientFor) -> None:
    two_sources()
    client = client_for("reader", "en")
    assert "Good wire" not in words(client.get("/sources?state=frozen").content)
    assert "Bad wire" not in words(client.get("/sources?domain=cyber").content)
    assert "Bad wire" in words(client.get("/sources?state=down").content)


def test_a_sources_page_shows_history_and_documents(client_for: ClientFor) -> None:
    _, bad = two_sources()
    Fetch.objects.create(
        source=bad,
        as_of=timezone.now(),
        body_hash="1",
        size=1500,
        state=Fetch.State.REFUSED,
        error="no feed but a page",
    )
    page = words(client_for("reader", "en").get("/sources/bad").content)
    assert "no feed but a page" in page
    assert "1.5 kB" in page
    assert "Switch off" not in page


def test_administrators_switch_and_grade_and_others_do_not(client_for: ClientFor) -> None:
    admin = client_for("admin", "en")
    good, _ = two_sources()
    admin.post("/sources/good/switch", {"on": "0"})
    good.refresh_from_db()
    assert not good.enabled
    admin.post("/sources/good/switch", {"on": "1"})
    admin.post("/sources/good/grade", {"grade": "B", "note": "checked by hand"})
    good.refresh_from_db()
    assert (good.enabled, good.reliability, good.reliability_note) == (True, "B", "checked by hand")
    refused = admin.post("/sources/good/grade", {"grade": "Z", "note": "kept as typed"})
    assert refused.status_code == 400
    assert "kept as typed" in refused.content.decode()
    assert set(AuditEvent.objects.values_list("action", flat=True)) >= {
        "source.disable",
        "source.enable",
        "source.grade",
    }
    analyst = client_for("analyst", "en")
    for deed in ("switch", "grade", "test"):
        assert analyst.post(f"/sources/good/{deed}").status_code == 403
        assert admin.get(f"/sources/good/{deed}").status_code == 405


def test_a_test_is_made_in_a_process_of_its_own_and_stores_nothing(
    client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for("admin", "en")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{connection.settings_dict['NAME']}")
    private = Source.objects.create(slug="private", name="Private", url="http://10.0.0.1/feed")
    tried = trying.tried(private)
    assert not tried.works
    assert "private address" in tried.findings[0][1]
    assert not Fetch.objects.exists()
    page = client.post("/sources/private/test")
    assert "does not work" in words(page.content)
    assert AuditEvent.objects.get(action="source.test").result == "failed"
