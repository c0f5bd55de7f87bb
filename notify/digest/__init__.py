"""The daily digest: whose morning it is, what it says, and the mail that says it."""

from __future__ import annotations

from notify.digest.making import make_due, preview
from notify.digest.render import Rendered, render

__all__ = ["Rendered", "make_due", "preview", "render"]
