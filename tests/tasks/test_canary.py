"""The canary's task: the first after a start at once, then one an interval; none where none is wanted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from config.celery import ROUTES, app
from notify.models import Canary
from tasks import canary as task
from tests.conftest import Store


def test_the_first_goes_at_once_and_the_next_an_interval_later(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task, "_BEGUN", timezone.now() - timedelta(hours=3))
    with override_settings(HORIZONSCAN_CANARY_MINUTES=60.0):
        for _ in range(3):
            task.canary()
        assert Canary.objects.count() == 1
        Canary.objects.update(started=timezone.now() - timedelta(minutes=20))
        task.canary()
        assert Canary.objects.count() == 1
        monkeypatch.setattr(task, "_BEGUN", timezone.now())  # the process starts anew
        task.canary()
        assert Canary.objects.count() == 2


def test_none_is_started_where_none_is_wanted(sqlite_store: Store) -> None:
    long_ago = timezone.now() - timedelta(days=40)
    Canary.objects.create(nonce="old", started=long_ago)
    with override_settings(HORIZONSCAN_CANARY_MINUTES=0.0):
        task.canary()
    assert not Canary.objects.exists()  # what there was is tidied up all the same


def test_it_is_scheduled_and_routed() -> None:
    assert ROUTES["tasks.canary"] == "beat"
    assert any(entry["task"] == "tasks.canary" for entry in app.conf.beat_schedule.values())
