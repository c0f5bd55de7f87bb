"""The real deliver process: killed while sending, its successor sends that again at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils import timezone

from config.celery import send
from horizonscan.children import die_with_parent
from notify.models import Delivery
from tests.conftest import Store
from tests.notify.alerted import again, alert
from tests.servers import smtp


@contextmanager
def _deliverer(store: Store, broker: str, sink: smtp.Sink, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("HORIZONSCAN_")}
    environ |= {"HORIZONSCAN_DATA_DIR": str(folder), "DATABASE_URL": store.url, "REDIS_URL": broker}
    environ |= {"EMAIL_URL": sink.url(timeout=30)}
    words = [sys.executable, "-P", "-m", "horizonscan.children", "deliver", "deliver"]
    with (folder / "deliver.log").open("ab") as log:
        process = subprocess.Popen(words, env=environ, stdout=log, stderr=log, preexec_fn=die_with_parent())
    try:
        yield process
    finally:
        process.kill()
        process.wait(20)


def test_killed_while_sending_its_successor_sends_that_again_at_once(
    store: Store, broker: str, tmp_path: Path
) -> None:
    rows = [alert(f"Ransomware {n}", at=timezone.now()) for n in range(3)]
    with smtp.running() as sink:
        sink.data.append(smtp.TAKE_AND_SILENCE)
        with _deliverer(store, broker, sink, tmp_path) as process:
            assert send("tasks.deliver")
            assert sink.wait(1), (tmp_path / "deliver.log").read_text()
            process.kill()
            process.wait(20)
        left = again(rows[0])
        assert left.state == Delivery.State.SENDING and left.holder.startswith("deliver@")
        with _deliverer(store, broker, sink, tmp_path):
            assert send("tasks.deliver")
            assert sink.wait(4), (tmp_path / "deliver.log").read_text()
            for _ in range(200):
                if not Delivery.objects.exclude(state=Delivery.State.SENT).exists():
                    break
                sink.wait(5, 0.1)
        assert sink.ids() == [rows[0].message_id, *(row.message_id for row in rows)]
    assert [again(row).state for row in rows] == [Delivery.State.SENT] * 3
    assert [again(row).resent for row in rows] == [True, False, False]
    log = (tmp_path / "deliver.log").read_text()
    assert "Traceback" not in log and "reader@example.org" not in log
