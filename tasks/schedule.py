"""Celery beat's scheduler, kept in memory: nothing of it is worth a file that a kill could damage."""

from __future__ import annotations

from typing import Any

from celery.beat import ScheduleEntry, Scheduler

from config.celery import send


class Schedule(Scheduler):
    """Sends each due task once: while its last message still waits, another one would only pile up."""

    def apply_async(
        self, entry: ScheduleEntry, producer: Any = None, advance: bool = True, **kwargs: Any
    ) -> None:
        if advance:
            self.reserve(entry)
        send(str(entry.task), entry.args or (), once=entry.task != "tasks.retention")
