"""Signals and an embedded engine of each test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from search import engines
from search.embedded import Embedded


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder in force for this test."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setattr(settings, "DATA_DIR", folder)
    return folder


@pytest.fixture
def engine(data_dir: Path) -> Iterator[Embedded]:
    """The embedded engine in force, on a folder that does not exist yet."""
    found = engines.writer()
    assert isinstance(found, Embedded)
    yield found
    found.close()
