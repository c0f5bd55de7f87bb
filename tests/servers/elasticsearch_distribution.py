"""The Elasticsearch that tests start: the vendor's own distribution for integration tests, from Maven.

It is the released server with fewer modules. Fetched and unpacked once into the user's cache, checked
against a pinned SHA-256, and given one small plug-in (`RootInfoPlugin.java`).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.servers import Missing

VERSION = "9.5.2"
_SHA256 = "de3d9c88b5f993d9b1f937a1da8d7bfa3e881f83bf3a0dab3e49a8d557934618"
_ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
_PLUGIN = Path(__file__).with_name("RootInfoPlugin.java")
_DESCRIPTOR = f"""\
name=root-info
description=GET / for tests
version=1
classname=rootinfo.RootInfoPlugin
java.version=21
elasticsearch.version={VERSION}
"""


def jdk() -> Path:
    """The home of a JDK of version 21 or newer. Raises Missing."""
    homes = [os.environ.get("ES_JAVA_HOME", ""), os.environ.get("JAVA_HOME", "")]
    compiler = shutil.which("javac")
    homes += [str(Path(compiler).resolve().parent.parent)] if compiler else []
    homes += map(str, sorted(Path("/usr/lib/jvm").glob("*")))
    for home in map(Path, filter(None, homes)):
        release = home / "release"
        if not (home / "bin" / "javac").exists() or not release.exists():
            continue
        version = re.search(r'JAVA_VERSION="(\d+)', release.read_text())
        if version and int(version[1]) >= 21:
            return home
    raise Missing("a JDK of version 21 or newer (set JAVA_HOME to it)")


def _run(words: list[str | Path], folder: Path) -> None:
    done = subprocess.run([str(word) for word in words], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-600:]
        raise Missing(f"{Path(str(words[0])).name} failed while Elasticsearch was prepared: {said}")


def _unpacked(work: Path, java: Path) -> Path:
    """Fetches, checks and unpacks the server below `work` and adds the plug-in."""
    _run(["mvn", "-q", "-B", _COPY, f"-DoutputDirectory={work}", f"-Dartifact={_ARTIFACT}"], work)
    archive = work / f"elasticsearch-{VERSION}.zip"
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != _SHA256:
        raise Missing(f"Elasticsearch: {archive.name} is not the expected file (SHA-256 {found})")
    _run([java / "bin" / "jar", "--extract", "--file", archive], work)
    server = work / f"elasticsearch-{VERSION}"
    plugin = server / "plugins" / "root-info"
    plugin.mkdir(parents=True)
    classes = work / "classes"
    compiled: list[str | Path] = [
        java / "bin" / "javac",
        "-proc:none",
        "-nowarn",
        "--release",
        "21",
        "-cp",
        f"{server / 'lib'}/*",
    ]
    _run([*compiled, "-d", classes, _PLUGIN], work)
    _run([java / "bin" / "jar", "--create", "--file", plugin / "root-info.jar", "-C", classes, "."], work)
    (plugin / "plugin-descriptor.properties").write_text(_DESCRIPTOR)
    _run(["chmod", "-R", "a+rX", server], work)
    return server


def prepared(java: Path) -> Path:
    """The server's folder, made at first use (about 130 MB are fetched). Raises Missing."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "horizonscan-tests"
    stamp = hashlib.sha256(_PLUGIN.read_bytes() + _SHA256.encode()).hexdigest()[:12]
    home = cache / f"elasticsearch-{VERSION}-{stamp}"
    if home.exists():
        return home
    if not shutil.which("mvn"):
        raise Missing("Maven (mvn), which fetches Elasticsearch")
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            with tempfile.TemporaryDirectory(dir=cache, prefix="prepare-") as work:
                _unpacked(Path(work), java).rename(home)
    return home
