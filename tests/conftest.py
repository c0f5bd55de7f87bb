"""Fixtures every room's tests use: a fresh, migrated database on each kind of store."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import dj_database_url
import pytest
import structlog
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from config.settings import database_options
from tests.servers import Missing


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """A command run in this process sets its own log level; the next test hears everything again."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def missing(reason: str) -> None:
    """Skips the test; with CI=true a missing server is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"missing in CI: {reason}")
    pytest.skip(reason)


@dataclass(frozen=True)
class Store:
    """One fresh database: its URL (for processes a test starts) and its kind."""

    url: str
    kind: str


def use(url: str) -> None:
    """Makes `url` the default database of this process, in this thread."""
    connections["default"].close()
    connections.databases["default"] = connections.configure_settings(
        {"default": database_options(dict(dj_database_url.parse(url)))}
    )["default"]
    del connections["default"]


@pytest.fixture(scope="session")
def _templates() -> Iterator[dict[str, str]]:
    """Per kind of store the migrated database that every test starts from a copy of, made at first use."""
    made: dict[str, str] = {}
    with ExitStack() as stack:
        made["stack"] = stack  # type: ignore[assignment]
        yield made


def _sqlite(templates: dict[str, str], folder: Path) -> str:
    if "sqlite" not in templates:
        path = Path(settings.DATA_DIR) / "template.sqlite3"
        use(f"sqlite:///{path}")
        call_command("migrate", verbosity=0)
        connections["default"].close()
        templates["sqlite"] = str(path)
    copy = folder / "store.sqlite3"
    shutil.copy(templates["sqlite"], copy)
    return f"sqlite:///{copy}"


def execute(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def postgresql_template(templates: dict[str, str]) -> None:
    """Starts the server at first use and makes the migrated database that others are copies of."""
    if "postgresql" in templates:
        return
    from tests.servers import postgres

    try:
        server = templates["stack"].enter_context(postgres.running())  # type: ignore[attr-defined]
    except Missing as reason:
        missing(str(reason))
    base = server.rpartition("/")[0]
    name = f"template_{uuid.uuid4().hex[:8]}"
    execute(server, f"CREATE DATABASE {name}")
    use(f"{base}/{name}")
    call_command("migrate", verbosity=0)
    connections["default"].close()
    templates |= {"postgresql": name, "server": server, "base": base}


def _postgresql(templates: dict[str, str]) -> str:
    postgresql_template(templates)
    name = f"t_{uuid.uuid4().hex[:12]}"
    execute(templates["server"], f"CREATE DATABASE {name} TEMPLATE {templates['postgresql']}")
    return f"{templates['base']}/{name}"


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, _templates: dict[str, str]) -> Iterator[Store]:
    """A fresh database as the default one; every test that uses this runs on SQLite and on PostgreSQL."""
    kind = request.param
    url = _sqlite(_templates, tmp_path) if kind == "sqlite" else _postgresql(_templates)
    use(url)
    yield Store(url, kind)
    connections["default"].close()
    if kind == "postgresql":
        execute(_templates["server"], f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")


@pytest.fixture
def sqlite_store(tmp_path: Path, _templates: dict[str, str]) -> Iterator[Store]:
    """A fresh SQLite database, for tests whose subject does not depend on the kind of store."""
    url = _sqlite(_templates, tmp_path)
    use(url)
    yield Store(url, "sqlite")
    connections["default"].close()
