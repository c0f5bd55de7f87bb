"""Where the recorded real data lies that some tests need: the folder named by HORIZONSCAN_TEST_DATA."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def folder(name: str = "") -> Path:
    """The folder (or one in it). Skips the test where it is absent; with CI=true that is a failure."""
    root = os.environ.get("HORIZONSCAN_TEST_DATA", "")
    path = Path(root) / name
    if root and path.exists():
        return path
    reason = f"recorded data missing: set HORIZONSCAN_TEST_DATA to a folder that holds {name or 'it'}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
