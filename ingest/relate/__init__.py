"""Repeats and updates: which signals tell the same again, and which a newer version of it."""

from __future__ import annotations

from ingest.relate.waiting import relate_waiting

__all__ = ["relate_waiting"]
