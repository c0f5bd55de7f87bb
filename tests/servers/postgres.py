"""A real PostgreSQL: DATABASE_URL, else one of the installed programs on a private port and folder."""

from __future__ import annotations

import getpass
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from horizonscan.children import die_with_parent
from tests.environment import SERVERS
from tests.servers import Missing, free_port

_START_SECONDS = 30


def programs() -> Path:
    """The folder of `initdb` and `postgres`: Debian keeps them out of PATH, one folder a version."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    if found and shutil.which("postgres"):
        return Path(found).resolve().parent
    raise Missing("PostgreSQL: set DATABASE_URL or install it (Debian: apt-get install postgresql)")


def _user() -> str:
    """Who runs the server. It refuses to run as root, who therefore lends it another user."""
    if os.getuid() != 0:
        return getpass.getuser()
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise Missing("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")


def _wait(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise Missing(f"PostgreSQL did not start: {log.read_text()[-500:].strip()}") from None
            time.sleep(0.05)
        else:
            return


def _initdb(folder: Path) -> list[str]:
    """Arguments that make a cluster in `folder`, whose file `password` holds the superuser's password."""
    where = ["-D", str(folder / "data"), "-U", "horizonscan", "--no-sync"]
    return [*where, "-E", "UTF8", "--locale=C.UTF-8", "--auth=password", f"--pwfile={folder / 'password'}"]


@contextmanager
def running() -> Iterator[str]:
    """Yields the URL of a server's `postgres` database, whose user may create others.

    Nothing is synced to disk: the data is thrown away with the run. Raises Missing.
    """
    if SERVERS["DATABASE_URL"].startswith("postgres"):
        yield SERVERS["DATABASE_URL"]
        return
    binaries, user = programs(), _user()
    group = pwd.getpwnam(user).pw_gid
    account: dict[str, Any] = {"user": user, "group": group, "extra_groups": []} if os.getuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="hs-pg-"))
    password, port = secrets.token_hex(12), free_port()
    try:
        (folder / "password").write_text(password)
        if account:
            for path in (folder, folder / "password"):
                shutil.chown(path, user, group)
        subprocess.run(
            [str(binaries / "initdb"), *_initdb(folder)],
            check=True,
            capture_output=True,
            cwd=folder,
            **account,
        )
        options = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "shared_buffers": "64MB",
            "max_connections": 60,
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        log = folder / "log"
        with log.open("wb") as output:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", folder / "data", *words],
                stdout=output,
                stderr=output,
                cwd=folder,
                start_new_session=True,
                # Set after the change of user, which clears it; SIGQUIT is its immediate shutdown.
                preexec_fn=die_with_parent(signal.SIGQUIT),
                **account,
            )
        url = f"postgresql://horizonscan:{password}@127.0.0.1:{port}/postgres"
        try:
            _wait(url, server, log)
            yield url
        finally:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)
                server.wait(20)
    except subprocess.CalledProcessError as error:
        raise Missing(
            f"PostgreSQL: initdb failed: {error.stderr.decode(errors='replace').strip()[-500:]}"
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
