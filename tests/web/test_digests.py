"""Digests on pages: the numbers of the mail, the reader's own only, feedback that can be taken back."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from ingest.models import Signal, Source
from notify.digest.content import Content, Line, Section
from notify.models import Digest, Feedback
from tests.web.conftest import ClientFor, words


def a_digest(user: User) -> tuple[Digest, Signal]:
    now = timezone.now()
    source = Source.objects.create(slug="wire", name="Wire", reliability="B")
    signal = Signal.objects.create(
        source=source, identity="1", title="Harbour out", content_hash="1", as_of=now, published=now, seen=now
    )
    line = Line(signal.pk, "Harbour out", "en", "C", ("cyber",), {"SX": "direct"}, "Wire", "B", False, 7, now)
    content = Content(
        date=now.date(),
        zone="UTC",
        begins=now - timedelta(days=1),
        ends=now,
        due=now,
        new=3,
        developing=2,
        worst=line,
        top=(line,),
        sections=(Section("domain", "cyber", "", "domain:cyber", (line,), 3, (), 2, 0),),
        subscribed=True,
    )
    row = Digest.objects.create(
        user=user, date=now.date(), zone="UTC", begins=content.begins, ends=now, content=content.json()
    )
    return row, signal


def test_the_permalink_shows_the_stored_numbers(client_for: ClientFor) -> None:
    client = client_for("reader", "en")
    row, signal = a_digest(client.user)  # type: ignore[attr-defined]
    page = client.get(f"/digests/{row.pk}")
    said = words(page.content)
    assert "Harbour out" in said
    assert "New · 3" in said
    assert "7 owners" in said
    assert f'id="signal-{signal.pk}"' in page.content.decode()
    listed = words(client.get("/digests").content)
    assert " 3 2 " in listed


def test_a_digest_is_its_readers_alone(client_for: ClientFor) -> None:
    row, _ = a_digest(client_for("reader").user)  # type: ignore[attr-defined]
    for other in (client_for("analyst"), client_for("admin")):
        assert other.get(f"/digests/{row.pk}").status_code == 404
        assert (
            other.post(f"/digests/{row.pk}/feedback", {"signal": 1, "verdict": "useful"}).status_code == 404
        )


def test_feedback_is_kept_and_taken_back(client_for: ClientFor) -> None:
    client = client_for("reader", "en")
    row, signal = a_digest(client.user)  # type: ignore[attr-defined]
    there = f"/digests/{row.pk}/feedback"
    assert client.get(there).status_code == 405
    answer = client.post(there, {"signal": signal.pk, "verdict": "late"})
    assert answer["Location"].endswith(f"#signal-{signal.pk}")
    assert Feedback.objects.get().verdict == "late"
    assert 'aria-pressed="true"' in client.get(f"/digests/{row.pk}").content.decode()
    client.post(there, {"signal": signal.pk, "verdict": "useful"})
    assert Feedback.objects.get().verdict == "useful"
    client.post(there, {"signal": signal.pk, "verdict": "useful"})
    assert not Feedback.objects.exists()


def test_feedback_on_what_is_not_in_it_is_refused(client_for: ClientFor) -> None:
    client = client_for("reader", "en")
    row, signal = a_digest(client.user)  # type: ignore[attr-defined]
    for sent in ({"signal": signal.pk + 1, "verdict": "useful"}, {"signal": signal.pk, "verdict": "nice"}):
        client.post(f"/digests/{row.pk}/feedback", sent)
    assert not Feedback.objects.exists()


def test_a_missed_morning_leads_to_the_next(client_for: ClientFor) -> None:
    client = client_for("reader", "en")
    row, _ = a_digest(client.user)  # type: ignore[attr-defined]
    day = row.date - timedelta(days=1)
    missed = Digest.objects.create(
        user=row.user, date=day, zone="UTC", begins=row.begins, ends=row.begins, state="rolled"
    )
    page = client.get(f"/digests/{missed.pk}").content.decode()
    assert "This morning was missed" in page
    assert f'href="/digests/{row.pk}"' in page


def test_the_preview_writes_nothing(client_for: ClientFor) -> None:
    client = client_for("reader", "en")
    page = client.get("/digests/preview")
    assert page.status_code in (200, 503)
    assert "preview" in words(page.content).lower()
    assert not Digest.objects.exists()
