"""On SQLite, anchors are kept in their primary key itself: one page to look an anchor up, half to write."""

from __future__ import annotations

from typing import Any

from django.db import migrations

STATEMENTS = (
    """
    CREATE TABLE ingest_anchor_by_key (
        key bigint NOT NULL,
        signal_id bigint NOT NULL REFERENCES ingest_signal (id) DEFERRABLE INITIALLY DEFERRED,
        few bool NOT NULL,
        PRIMARY KEY (key, signal_id)
    ) WITHOUT ROWID
    """,
    "INSERT INTO ingest_anchor_by_key SELECT key, signal_id, few FROM ingest_anchor ORDER BY key, signal_id",
    "DROP TABLE ingest_anchor",
    "ALTER TABLE ingest_anchor_by_key RENAME TO ingest_anchor",
    "CREATE INDEX ingest_anchor_signal_id ON ingest_anchor (signal_id)",
)


def into_its_index(apps: Any, schema_editor: Any) -> None:
    """PostgreSQL has no such tables; there it stays as it is."""
    if schema_editor.connection.vendor == "sqlite":
        for statement in STATEMENTS:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("ingest", "0006_no_fingerprint"),
    ]

    operations = [
        migrations.RunPython(into_its_index, migrations.RunPython.noop),
    ]
