"""Makes the snapshots of a version: `python -m tests.snapshots.make VERSION`."""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
SAMPLE = HERE.parents[1] / "config" / "sample" / "feeds"


def _ingest(data: Path, database: str) -> None:
    env = {**os.environ, "HORIZONSCAN_DATA_DIR": str(data), "DATABASE_URL": database}
    for name in ("REDIS_URL", "ELASTICSEARCH_URL"):
        env.pop(name, None)
    subprocess.run([sys.executable, "-P", "-m", "horizonscan", "ingest", str(SAMPLE)], env=env, check=True)


def _store(name: str, text: str) -> None:
    with (HERE / name).open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as file:
        file.write(text.encode())
    print(f"{name}: {(HERE / name).stat().st_size:,} bytes")


def sqlite(version: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite3"
        _ingest(Path(folder), f"sqlite:///{path}")
        connection = sqlite3.connect(path)
        _store(f"{version}-sqlite.sql.gz", "\n".join(connection.iterdump()))
        connection.close()


def postgresql(version: str) -> None:
    from tests.servers import postgres

    with postgres.running() as url, tempfile.TemporaryDirectory() as folder:
        _ingest(Path(folder), url)
        command = [str(postgres.programs() / "pg_dump"), "--no-owner", "--no-privileges", "--inserts", url]
        dump = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        # Meta commands of psql and the version of the server that dumped are nothing to load.
        lines = (line for line in dump.splitlines() if not line.startswith(("\\", "--")))
        _store(f"{version}-postgresql.sql.gz", "\n".join(line for line in lines if line))


def main() -> int:
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m tests.snapshots.make VERSION\n")
        return 2
    if list(HERE.glob(f"{sys.argv[1]}-*.sql.gz")):
        sys.stderr.write(f"there are snapshots of {sys.argv[1]} already; they are never made again\n")
        return 1
    sqlite(sys.argv[1])
    postgresql(sys.argv[1])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
