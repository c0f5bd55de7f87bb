"""Loaded before anything else by pytest: a data folder of the run's own, and Django set up from it."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

_FOLDER = tempfile.mkdtemp(prefix="horizonscan-test-")
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ["HORIZONSCAN_DATA_DIR"] = _FOLDER
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
# The servers a test may use come to it through fixtures; the application itself starts out embedded.
SERVERS = {
    name: os.environ.pop(name, "") for name in ("DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL", "EMAIL_URL")
}

import django  # noqa: E402

django.setup()
