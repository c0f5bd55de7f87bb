"""Making the store ready: schema and starter catalogue, once, whoever comes first."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error as DatabaseError

from horizonscan.errors import CommandError

log = structlog.get_logger()


@contextmanager
def _alone() -> Iterator[None]:
    """One process of this installation at a time: flock beside SQLite, an advisory lock on PostgreSQL."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('horizonscan.schema'))")
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('horizonscan.schema'))")
        return
    with (settings.DATA_DIR / "schema.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _pending() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def ready() -> None:
    """Brings the schema up to date. Raises CommandError when the store does not answer."""
    try:
        if not _pending():
            return
        with _alone():
            if _pending():
                call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        where = "DATABASE_URL" if settings.DATABASE_URL else f"the database in {settings.DATA_DIR}"
        raise CommandError(f"{where} does not answer: {str(error).strip().splitlines()[0]}") from None


def load_catalogue() -> None:
    """Merges the starter (or the operator's) catalogue into the store. Raises CommandError."""
    from ingest import catalogue

    path = Path(settings.HORIZONSCAN_SOURCES or settings.CONFIG_DIR / "sources.yaml")
    try:
        loaded = catalogue.load(path)
    except catalogue.CatalogueError as error:
        raise CommandError(str(error)) from None
    log.info("catalogue", sources=loaded.total, added=loaded.added, changed=loaded.changed)
