"""`horizonscan digest`: shown without a trace, made once, refused with what to do."""

from __future__ import annotations

import argparse
import email
import json
from datetime import timedelta
from email import policy
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from horizonscan.commands import digest
from horizonscan.errors import CommandError, UsageError
from notify.models import Delivery, Digest, Told
from tests.conftest import Store
from tests.notify.digested import early, follows, matched
from tests.notify.made import signal


def run(**more: Any) -> int:
    values = {"user": "reader@example.org", "date": None, "dry_run": None, "json": True, **more}
    return digest.run(argparse.Namespace(**values))


def test_a_dry_run_writes_the_mail_and_nothing_else(
    sqlite_store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    matched(signal("Worm", at=timezone.now() - timedelta(hours=1)), follows())
    file = tmp_path / "digest.eml"
    assert run(dry_run=str(file)) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (said["new"], said["stored"]) == (1, False)
    message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
    assert message["Subject"] == said["subject"] and message["List-Unsubscribe-Post"]
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert not Digest.objects.exists() and not Told.objects.exists() and not Delivery.objects.exists()


def test_it_is_made_once_and_shown_as_it_was(
    sqlite_store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    matched(signal("Worm", at=timezone.now() - timedelta(hours=1)), follows())
    assert run() == 0
    made = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert Digest.objects.get().pk == made["digest"] and Delivery.objects.get().pk == made["delivery"]
    with pytest.raises(CommandError, match="exists"):
        run()
    assert run(dry_run=str(tmp_path / "again.eml")) == 0
    again = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert again["stored"] and (again["new"], again["subject"]) == (made["new"], made["subject"])


def test_what_cannot_be_done_is_refused_in_one_line(sqlite_store: Store) -> None:
    early()
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        run(date="yesterday")
    with pytest.raises(UsageError, match="has not come yet"):
        run(date="2999-01-01")
    with pytest.raises(UsageError, match="only today's"):
        run(date="2026-01-01")
    with pytest.raises(CommandError, match="no user"):
        run(user="nobody@example.org")
