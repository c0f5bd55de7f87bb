"""A real Elasticsearch 9: ELASTICSEARCH_URL, else a node from Maven artifacts, else one of docker compose.

One node serves a whole test run, tests make indices of their own names in it; it ends with the run, even
when that is killed.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from horizonscan.children import die_with_parent
from tests.environment import SERVERS
from tests.servers import Missing
from tests.servers.elasticsearch_distribution import jdk, prepared

_START_SECONDS = 120
_COMPOSE = Path(__file__).with_name("elasticsearch.compose.yml")
_JVM = """\
-Xms{heap}
-Xmx{heap}
-XX:-AlwaysPreTouch
-XX:-HeapDumpOnOutOfMemoryError
-Xlog:disable
-Xlog:all=warning:stderr:utctime,level,tags
"""
_NODE = """\
cluster.name: horizonscan-test
node.name: test
discovery.type: single-node
network.host: 127.0.0.1
http.port: {port}
transport.port: 0
node.portsfile: true
path.data: "{folder}/data"
path.logs: "{folder}/logs"
xpack.security.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
"""


def _configured(folder: Path, server: Path, heap: str, port: int) -> dict[str, str]:
    """Writes the node's configuration below `folder`; returns the environment it starts with."""
    conf = folder / "config"
    (conf / "jvm.options.d").mkdir(parents=True, exist_ok=True)
    for name in ("data", "logs", "tmp"):
        (folder / name).mkdir(exist_ok=True)
    for name in ("jvm.options", "log4j2.properties"):
        shutil.copy(server / "config" / name, conf)
    (conf / "jvm.options.d" / "test.options").write_text(_JVM.format(heap=heap))
    (conf / "elasticsearch.yml").write_text(_NODE.format(port=port, folder=folder))
    kept = {name: value for name, value in os.environ.items() if "JAVA" not in name}
    own = {"ES_JAVA_HOME": str(jdk()), "ES_PATH_CONF": str(conf), "ES_TMPDIR": str(folder / "tmp")}
    return {**kept, **own, "HOME": str(folder / "tmp")}


def _as_somebody_else() -> list[str]:
    """Elasticsearch refuses to run as root. `nobody` gets the one capability to pass file permissions, and
    the secure bit that makes access(2) honour it, so that it reaches the cache below root's home."""
    if os.getuid() != 0:
        return []
    if not shutil.which("setpriv"):
        raise Missing("setpriv (util-linux), with which root lends Elasticsearch another user")
    group = subprocess.run(["id", "-g", "nobody"], capture_output=True, text=True).stdout.strip()
    capability = "-all,+dac_override"
    return [
        "setpriv",
        "--pdeathsig=TERM",
        "--securebits=+no_setuid_fixup",
        "--reuid=nobody",
        f"--regid={group}",
        "--clear-groups",
        f"--bounding-set={capability}",
        f"--inh-caps={capability}",
        f"--ambient-caps={capability}",
    ]


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/_cluster/health?wait_for_status=yellow&timeout=5s", timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _wait(folder: Path, node: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + _START_SECONDS
    ports = folder / "logs" / "http.ports"
    while time.monotonic() < until:
        if node.poll() is not None:
            break
        addresses = ports.read_text().split() if ports.exists() else []
        loopback = [address for address in addresses if address.startswith("127.")]
        if loopback and _answers(f"http://{loopback[0]}"):
            return f"http://{loopback[0]}"
        time.sleep(0.1)
    said = (folder / "logs" / "console.log").read_text(errors="replace").strip()[-500:]
    raise Missing(f"Elasticsearch did not start: {said}")


class Node:
    """A node of our own on a folder; `kill` and `start` again on the same port, for tests of faults."""

    def __init__(self, folder: Path, heap: str = "512m") -> None:
        self.folder = folder
        self.heap = heap
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Returns the URL once the node answers. Raises Missing."""
        server = prepared(jdk())
        port = int(self.url.rpartition(":")[2]) if self.url else 0
        environment = _configured(self.folder, server, self.heap, port)
        (self.folder / "logs" / "http.ports").unlink(missing_ok=True)
        words = ["bash", str(server / "bin" / "elasticsearch"), "-p", str(self.folder / "pid")]
        lent = _as_somebody_else()
        with (self.folder / "logs" / "console.log").open("wb") as log:
            self._process = subprocess.Popen(
                [*lent, *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
                preexec_fn=None if lent else die_with_parent(signal.SIGTERM),
            )
        self.url = _wait(self.folder, self._process)
        return self.url

    def send(self, number: int) -> None:
        """Sends the server itself (not its launcher) a signal: SIGKILL, SIGSTOP, SIGCONT."""
        os.kill(int((self.folder / "pid").read_text()), number)

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        assert self._process is not None
        self._process.wait(30)

    def stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)


@contextmanager
def started(heap: str = "512m") -> Iterator[Node]:
    """A node from Maven artifacts in a folder of its own, both gone afterwards. Raises Missing."""
    folder = Path(tempfile.mkdtemp(prefix="hs-es-"))
    node = Node(folder, heap)
    try:
        node.start()
        yield node
    finally:
        node.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _engine_answers() -> bool:
    if not shutil.which("docker"):
        return False
    asked = (["docker", "info"], ["docker", "compose", "version"])
    return all(subprocess.run(words, capture_output=True, timeout=20).returncode == 0 for words in asked)


@contextmanager
def _composed() -> Iterator[str]:
    """The same server as a container, where an engine answers."""
    words = ["docker", "compose", "-p", f"hs-test-{uuid.uuid4().hex[:8]}", "-f", str(_COMPOSE)]
    try:
        up = subprocess.run([*words, "up", "-d", "--wait"], capture_output=True, text=True)
        if up.returncode:
            raise Missing(f"Elasticsearch: docker compose: {up.stderr.strip()[-300:]}")
        port = subprocess.run([*words, "port", "elasticsearch", "9200"], capture_output=True, text=True)
        yield f"http://{port.stdout.strip()}"
    finally:
        subprocess.run([*words, "down", "-v"], capture_output=True)


@contextmanager
def running() -> Iterator[str]:
    """Yields the URL of a server. Raises Missing, naming what to install or set."""
    if SERVERS["ELASTICSEARCH_URL"]:
        yield SERVERS["ELASTICSEARCH_URL"]
        return
    try:
        prepared(jdk())
    except Missing as reason:
        if not _engine_answers():
            raise Missing(
                f"Elasticsearch: set ELASTICSEARCH_URL, or install {reason}, or run a container engine"
            ) from None
        with _composed() as url:
            yield url
        return
    with started() as node:
        yield node.url
