"""From a feed's last byte to the mail server's 250, with 10,000 subscriptions, idle and under load.

`benchmarks.alerts` says how long it takes; here it is enough that every probe arrives in both, none lost.
"""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.full
def test_every_probe_is_mailed_idle_and_under_load() -> None:
    words = [sys.executable, "-m", "benchmarks.alerts", "--probes", "20"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=580)
    print(done.stdout)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "| idle" in done.stdout and "| beside 50 entries a second" in done.stdout
