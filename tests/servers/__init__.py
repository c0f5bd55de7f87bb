"""Starters of the real servers that tests run against; each ends with the test run."""

from __future__ import annotations

import socket


class Missing(RuntimeError):
    """A server can neither be found by its URL variable nor started here; the message says what to do."""


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
