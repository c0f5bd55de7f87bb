"""The store itself, on both kinds: constraints hold and the settings that make it safe are in force."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from ingest.models import Entry, Source
from tests.conftest import Store


def test_an_identity_exists_once_per_source(store: Store) -> None:
    source = Source.objects.create(slug="a", name="A")
    now = timezone.now()
    row = {
        "source": source,
        "identity": "1" * 32,
        "content_hash": "2" * 32,
        "first_seen": now,
        "last_seen": now,
    }
    Entry.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(**row)
    assert Entry.objects.count() == 1


def test_sqlite_waits_its_turn_and_readers_go_on(sqlite_store: Store) -> None:
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] == 10_000
