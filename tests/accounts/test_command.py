"""`horizonscan users`: list, add, link, reset-password."""

from __future__ import annotations

import argparse
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from accounts import links
from accounts.models import AuditEvent, User
from horizonscan import store as stores
from horizonscan.commands import users
from horizonscan.errors import CommandError, UsageError
from tests.conftest import Store

pytestmark = pytest.mark.usefixtures("ready")


@pytest.fixture
def ready(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fixture's store is migrated already."""
    monkeypatch.setattr(stores, "ready", lambda: None)


def _run(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    users.arguments(parser)
    assert users.run(parser.parse_args([*words, "--json"])) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


def test_added_users_are_listed_and_their_link_leads_in(capsys: pytest.CaptureFixture[str]) -> None:
    made = _run(capsys, "add", "New@example.org", "--role", "reader", "--zone", "America/Aruba")
    assert (made["email"], made["role"], made["time_zone"]) == ("new@example.org", "reader", "America/Aruba")
    assert resolve(urlsplit(made["link"]).path).url_name == "sign-in-link"
    link = links.find(made["link"].rpartition("/")[2])
    assert link is not None and link.user.email == made["email"]
    assert link.expires.isoformat(timespec="seconds") == made["expires"]
    (row,) = _run(capsys, "list")["users"]
    assert row["email"] == "new@example.org" and row["last_signed_in"] is None and row["active"]
    assert "link" not in row


def test_links_of_both_kinds_are_audited_without_their_token(capsys: pytest.CaptureFixture[str]) -> None:
    User.objects.create_user("analyst@example.org")
    for action, purpose in (("link", "sign-in"), ("reset-password", "reset")):
        made = _run(capsys, action, "analyst@example.org")
        event = AuditEvent.objects.latest("pk")
        assert event.detail == {"purpose": purpose}
        assert made["link"].rpartition("/")[2] not in repr(event.__dict__)


def test_what_cannot_be_done_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    User.objects.create_user("off@example.org", is_active=False)
    with pytest.raises(CommandError, match="users list"):
        _run(capsys, "link", "nobody@example.org")
    with pytest.raises(CommandError, match="may not sign in"):
        _run(capsys, "link", "off@example.org")
    with pytest.raises(CommandError, match="reset-password"):
        _run(capsys, "add", "off@example.org")
    with pytest.raises(UsageError, match="no role"):
        _run(capsys, "add", "new@example.org", "--role", "king")
