"""Correcting from the page: at once, audited, undone; a refusal keeps what was typed."""

from __future__ import annotations

import re

import pytest
from django.test import Client

import web.views.corrections as corrections
from accounts.models import AuditEvent
from ingest.models import Correction, Signal, Work
from tests.web.conftest import ClientFor, words
from tests.web.test_signal import leak


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Tasks that the pages sent; there is no broker here."""
    names: list[str] = []

    def send(name: str, *args: object, **more: object) -> bool:
        names.append(name)
        return True

    monkeypatch.setattr(corrections, "send", send)
    return names


def post(client: Client, signal: Signal, **fields: str) -> tuple[int, str]:
    answer = client.post(f"/signals/{signal.pk}/correct", fields)
    return answer.status_code, answer.content.decode()


def test_each_kind_stands_at_once_and_is_audited(client_for: ClientFor, sent: list[str]) -> None:
    signal, client = leak(), client_for("analyst")
    before = signal.revision
    for fields in (
        {"kind": "domain", "key": "cyber", "value": "no", "note": "een oefening"},
        {"kind": "domain", "key": "crime", "value": "primary"},
        {"kind": "severity", "value": "C"},
        {"kind": "place", "key": "Willemstad (Curaçao)", "value": "yes"},
        {"kind": "part", "key": "SX", "value": "near"},
    ):
        status, html = post(client, signal, **fields)
        if fields["kind"] == "place":  # a name that is not in the gazetteer
            assert status == 422
            fields["key"] = "Curaçao"
            status, html = post(client, signal, **fields)
        assert status == 302, html
    signal.refresh_from_db()
    assert signal.domains[0] == "crime" and "cyber" not in signal.domains
    assert signal.severity == "C" and "cw" in signal.places and signal.parts["SX"] == "near"
    assert signal.revision > before
    assert Work.objects.filter(signal=signal, stage="index", revision=signal.revision).exists()
    assert sent.count("tasks.sequence") == 5
    events = AuditEvent.objects.filter(action="correction.set")
    assert {(e.actor, e.origin, e.object) for e in events} == {
        ("analyst@example.org", "page", f"signal-{signal.pk}")
    }
    page = client.get(f"/signals/{signal.pk}")
    shown = words(page.content)
    assert "Georganiseerde ondermijnende criminaliteit" in shown
    assert "gezegd door analyst@example.org" in shown and "een oefening" in shown


def test_a_duplicate_link_by_number_or_by_address(client_for: ClientFor) -> None:
    signal, client = leak(), client_for("analyst")
    fields = [f.name for f in Signal._meta.concrete_fields if f.name not in ("id", "identity")]
    other = Signal.objects.create(identity="other", **{name: getattr(signal, name) for name in fields})
    address = f"http://127.0.0.1:8000/signals/{other.pk}?from=/search"
    assert post(client, signal, kind="duplicate", value=address)[0] == 302
    signal.refresh_from_db()
    assert signal.duplicate_of_id == other.pk
    status, html = post(client, other, kind="duplicate", value=str(signal.pk))
    assert status == 422 and f"Signaal {signal.pk} herhaalt dit signaal" in html
    assert post(client, signal, kind="duplicate", value="geen")[0] == 302
    signal.refresh_from_db()
    assert signal.duplicate_of_id is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "place", "key": "", "value": "yes"}, "Noem een plaats"),
        ({"kind": "place", "key": "Xyzzyburg", "value": "yes"}, "staat niet in de lijst van plaatsen"),
        ({"kind": "duplicate", "value": "zeven"}, "Geef het nummer van een signaal"),
        ({"kind": "duplicate", "value": "987654"}, "Er is geen signaal 987654"),
        ({"kind": "severity", "value": "Z"}, "Kies een waarde uit de lijst"),
        ({"kind": "domain", "key": "nonsense", "value": "yes"}, "Kies een waarde uit de lijst"),
        ({"kind": "domain", "key": "cyber", "value": "maybe"}, "Kies een waarde uit de lijst"),
        ({"kind": "part", "key": "XX", "value": "near"}, "Kies een waarde uit de lijst"),
    ],
)
def test_a_refusal_names_the_remedy_and_keeps_what_was_typed(
    client_for: ClientFor, fields: dict[str, str], said: str
) -> None:
    signal, client = leak(), client_for("analyst")
    status, html = post(client, signal, **fields, note="mijn reden")
    assert status == 422 and said in html
    assert 'value="mijn reden"' in html
    opened = re.search(r'<details class="correct" id="correct-(\w+)" open>', html)
    assert opened is not None and opened[1] == fields["kind"]
    for typed in ("Xyzzyburg", "zeven", "987654"):
        if typed in fields.values():
            assert f'value="{typed}"' in html
    assert not Correction.objects.exists()


def test_a_kind_that_cannot_be_corrected_and_a_note_too_long(client_for: ClientFor) -> None:
    signal, client = leak(), client_for("analyst")
    assert post(client, signal, kind="title", value="x")[0] == 422
    status, html = post(client, signal, kind="severity", value="C", note="x" * 501)
    assert status == 422 and "hoogstens 500 tekens" in html
    assert not Correction.objects.exists()


def test_a_name_of_several_places_offers_them(client_for: ClientFor) -> None:
    from ingest.judge import gazetteer

    name = next(
        names[0]
        for entry in gazetteer.load().entries.values()
        if (names := [entry.name("nl")]) and len(gazetteer.place_ids(names[0])) > 1
    )
    signal, client = leak(), client_for("analyst")
    status, html = post(client, signal, kind="place", key=name, value="yes")
    assert status == 422 and "de naam van meer plaatsen" in html
    choices = re.findall(r'name="choice" value="([^"]+)"', html)
    assert choices == list(gazetteer.place_ids(name))
    assert post(client, signal, kind="place", key=name, value="yes", choice=choices[1])[0] == 302
    signal.refresh_from_db()
    assert choices[1] in signal.places


def test_undo_takes_back_ones_own_latest_word(client_for: ClientFor, sent: list[str]) -> None:
    signal = leak()
    judged = signal.severity
    one, two = client_for("analyst"), client_for("analyst", email="second@example.org")
    post(one, signal, kind="severity", value="B")
    post(one, signal, kind="domain", key="crime", value="yes")
    post(two, signal, kind="domain", key="health", value="yes")
    html = one.get(f"/signals/{signal.pk}").content.decode()
    assert 'data-key="u"' in html
    one.post(f"/signals/{signal.pk}/undo")
    signal.refresh_from_db()
    assert "crime" not in signal.domains and "health" in signal.domains and signal.severity == "B"
    one.post(f"/signals/{signal.pk}/undo")
    signal.refresh_from_db()
    assert signal.severity == judged
    # Nothing of this person's is left: nothing happens, and the page says so.
    page = one.post(f"/signals/{signal.pk}/undo", follow=True)
    assert "Er is niets terug te nemen" in words(page.content)
    assert Correction.objects.filter(undone=None).count() == 1
    # Anybody who may correct may take back what another said, by its number.
    left = Correction.objects.get(undone=None)
    one.post(f"/signals/{signal.pk}/undo", {"correction": str(left.pk)})
    left.refresh_from_db()
    assert left.undone_by == "analyst@example.org"
    assert AuditEvent.objects.filter(action="correction.undo", origin="page").count() == 3
    history = words(two.get(f"/signals/{signal.pk}").content)
    assert "teruggenomen door analyst@example.org" in history


def test_a_correction_of_another_signal_is_not_undone_here(client_for: ClientFor) -> None:
    signal, client = leak(), client_for("analyst")
    post(client, signal, kind="severity", value="B")
    made = Correction.objects.get()
    fields = [f.name for f in Signal._meta.concrete_fields if f.name not in ("id", "identity")]
    other = Signal.objects.create(identity="other", **{name: getattr(signal, name) for name in fields})
    client.post(f"/signals/{other.pk}/undo", {"correction": str(made.pk)})
    made.refresh_from_db()
    assert made.undone is None


def test_where_one_came_from_survives_a_correction(client_for: ClientFor) -> None:
    signal, client = leak(), client_for("analyst")
    answer = client.post(
        f"/signals/{signal.pk}/correct", {"kind": "severity", "value": "B", "from": "/search?q=x"}
    )
    assert answer.headers["Location"] == f"/signals/{signal.pk}?from=%2Fsearch%3Fq%3Dx"
    answer = client.post(
        f"/signals/{signal.pk}/correct", {"kind": "severity", "value": "C", "from": "//evil.example"}
    )
    assert answer.headers["Location"] == f"/signals/{signal.pk}"


def test_readers_correct_nothing_and_links_change_nothing(client_for: ClientFor) -> None:
    signal = leak()
    for path in ("correct", "undo"):
        assert client_for("reader").post(f"/signals/{signal.pk}/{path}").status_code == 403
        assert client_for("analyst").get(f"/signals/{signal.pk}/{path}").status_code == 405
        strict = client_for("analyst", enforce_csrf_checks=True)
        assert strict.post(f"/signals/{signal.pk}/{path}").status_code == 403
        assert client_for("analyst").post(f"/signals/999999/{path}").status_code == 404
    assert not Correction.objects.exists()
