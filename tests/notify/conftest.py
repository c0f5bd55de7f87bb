"""Settings that end with their test, and a real mail server as EMAIL_URL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.conf import settings as in_force
from django.test import override_settings

from notify.delivering import Outage
from tests.servers import smtp


@pytest.fixture
def settings() -> Iterator[LazySettings]:
    """Django's settings; what a test sets ends with it."""
    with override_settings():
        yield in_force


@pytest.fixture
def sink(settings: LazySettings) -> Iterator[smtp.Sink]:
    """A mail server that takes what it is given, named by EMAIL_URL."""
    with smtp.running() as running:
        settings.EMAIL_URL = running.url(timeout=2)
        yield running


@pytest.fixture
def outage() -> Outage:
    """A deliverer that knows of no outage yet."""
    return Outage()
