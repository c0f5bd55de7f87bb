"""The operator's page and the ledger: what is down is said, what is stuck is driven again, who sees what."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import AuditEvent, User
from ingest.models import Fetch, Source
from notify.mail.make import address_message, mail_row
from notify.models import Alert, Delivery, Reader, Subscription
from tests.web.conftest import ClientFor, words


def test_a_broker_that_is_down_is_said_and_the_page_stands(client_for: ClientFor) -> None:
    page = words(client_for("admin", "en").get("/operator").content)
    assert "The broker does not answer." in page
    assert "No mail server is configured" in page


def test_it_is_for_administrators(client_for: ClientFor) -> None:
    analyst = client_for("analyst")
    for address in ("/operator", "/deliveries"):
        assert analyst.get(address).status_code == 403
    for address in ("/operator/retry", "/operator/lift"):
        assert analyst.post(address).status_code == 403
        assert client_for("admin").get(address).status_code == 405


def test_what_is_quarantined_is_driven_again(client_for: ClientFor) -> None:
    source = Source.objects.create(slug="bad", name="Bad wire")
    stuck = Fetch.objects.create(
        source=source,
        as_of=timezone.now(),
        body=b"x",
        body_hash="1",
        size=1,
        state=Fetch.State.QUARANTINED,
        attempts=3,
        error="cannot be read at all",
    )
    admin = client_for("admin", "en")
    assert "cannot be read at all" in words(admin.get("/operator").content)
    admin.post("/operator/retry", {"key": f"fetch-{stuck.pk}"})
    stuck.refresh_from_db()
    assert (stuck.state, stuck.attempts) == (Fetch.State.WAITING, 0)
    assert AuditEvent.objects.get(action="quarantine.retry").actor == "admin@example.org"


def test_a_suspended_address_is_listed_with_the_servers_words_and_lifted(client_for: ClientFor) -> None:
    reader = User.objects.create_user("reader@example.org")
    Reader.objects.create(user=reader, suspended=timezone.now(), suspended_why="550 no such mailbox")
    admin = client_for("admin", "en")
    assert "550 no such mailbox" in words(admin.get("/operator").content)
    admin.post("/operator/lift", {"user": reader.pk})
    assert Reader.objects.get(user=reader).suspended is None


def test_a_reader_sees_only_messages_to_themselves(client_for: ClientFor) -> None:
    client = client_for("reader", "en")
    mine = address_message("notice", client.user, "For me", "Words for me")  # type: ignore[attr-defined]
    other = User.objects.create_user("other@example.org")
    theirs = address_message("notice", other, "For another", "Words for another")
    listed = words(client.get("/outbox").content)
    assert "For me" in listed
    assert "For another" not in listed
    assert "Words for me" in words(client.get(f"/deliveries/{mine.pk}").content)
    assert client.get(f"/deliveries/{theirs.pk}").status_code == 404
    assert client.get(f"/deliveries/{theirs.pk}/html").status_code == 404


def test_account_mail_shows_its_words_to_administrators_alone(client_for: ClientFor) -> None:
    client = client_for("reader", "en")
    row = address_message("account", client.user, "Sign in", "https://link.example.org/secret")  # type: ignore[attr-defined]
    assert "link.example.org" not in client.get(f"/deliveries/{row.pk}").content.decode()
    assert "link.example.org" in client_for("admin", "en").get(f"/deliveries/{row.pk}").content.decode()


def test_a_mails_html_stands_in_a_frame_where_nothing_runs_or_loads(client_for: ClientFor) -> None:
    client = client_for("reader", "en")
    row = address_message("notice", client.user, "Look", "text", "<p>as it looks</p>")  # type: ignore[attr-defined]
    page = client.get(f"/deliveries/{row.pk}").content.decode()
    assert f'<iframe sandbox="allow-popups" src="/deliveries/{row.pk}/html"' in page
    part = client.get(f"/deliveries/{row.pk}/html")
    assert part.content == b"<p>as it looks</p>"
    policy = part.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert part.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_failed_ones_are_found_by_state(client_for: ClientFor) -> None:
    client = client_for("admin", "en")
    row = address_message("notice", client.user, "Broken one", "x")  # type: ignore[attr-defined]
    Delivery.objects.filter(pk=row.pk).update(state="failed", said="554 no")
    address_message("notice", client.user, "Waiting one", "x")  # type: ignore[attr-defined]
    page = words(client.get("/deliveries?state=failed").content)
    assert "Broken one" in page
    assert "554 no" in page
    assert "Waiting one" not in page


def test_what_will_not_be_sent_says_why_instead_of_a_body(client_for: ClientFor) -> None:
    client = client_for("admin", "en")
    other = User.objects.create_user("gone@example.org", is_active=False)
    row = address_message("notice", other, "Too late", "Words nobody gets")
    page = words(client.get(f"/deliveries/{row.pk}").content)
    assert "the account is closed" in page
    assert "Words nobody gets" not in page


def test_one_that_is_made_when_sent_is_named_by_what_it_tells(client_for: ClientFor) -> None:
    client = client_for("reader", "en")
    user = client.user  # type: ignore[attr-defined]
    row = mail_row(Delivery.Kind.ALERT, user)
    row.save()
    subscription = Subscription.objects.create(user=user)
    Alert.objects.create(
        subscription=subscription, group=1, why="first", rule="*", title="Crane down", delivery=row
    )
    assert "Crane down" in words(client.get("/outbox").content)
