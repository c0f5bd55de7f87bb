"""Logging: one readable line (or one JSON object) per event, through structlog, to stderr."""

from __future__ import annotations

import logging
import re
import sys

import structlog
from django.conf import settings

#: Addresses whose last part is a secret.
_SECRET_PATH = re.compile(r"(/(?:sign-in/link|feeds|unsubscribe)/)[^\s/?.\"']+")


def _without_tokens(record: logging.LogRecord) -> bool:
    """Takes what lets somebody in out of a line about a request: Django logs the path of every failed one."""
    record.msg, record.args = _SECRET_PATH.sub(r"\1(hidden)", record.getMessage()), ()
    return True


def configure(process: str = "", *, least: int = logging.DEBUG) -> None:
    """Sets structlog and the standard library's loggers up.

    `process` names who speaks on every line. Nothing below `least` is said unless debugging is asked
    for: a command in the foreground tells its results itself.
    """
    level = getattr(logging, str(settings.HORIZONSCAN_LOG_LEVEL).upper(), logging.INFO)
    if level > logging.DEBUG:
        level = max(level, least)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(
            fmt="%H:%M:%S" if not settings.HORIZONSCAN_LOG_JSON else "iso", utc=True
        ),
    ]
    last: structlog.typing.Processor
    if settings.HORIZONSCAN_LOG_JSON:
        last = structlog.processors.JSONRenderer()
    else:
        last = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), pad_event_to=0, pad_level=False, sort_keys=False
        )
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Looked up at every line: whoever replaced sys.stderr since then gets it.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
            foreign_pre_chain=shared,
        )
    )
    handler.addFilter(_without_tokens)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries speak only when something is wrong; our own events go through structlog at `level`.
    root.setLevel(max(level, logging.WARNING))
    if process:
        structlog.contextvars.bind_contextvars(process=process)
