"""Repeats and updates: which signals tell the same again, and which a newer version of it.

Pure: `text` and `words` (what is compared), `marks` and `guards` (look-alikes), `compare`, `anchors` (who is
worth comparing), `group`, `memory`. On the store: `drawers`, `stored`, `waiting` (the stage), `owners`.
"""

from __future__ import annotations

from ingest.relate.owners import group_of, owners, story_of
from ingest.relate.waiting import relate_waiting

__all__ = ["group_of", "owners", "relate_waiting", "story_of"]
