"""Folders of the embedded index: each build has one of its own, and a small file says which is in use.

A rebuild works in a new folder beside the old one; replacing the file `CURRENT` is one rename, so a reader
finds the old index or the new one, whole, whenever either process is killed. An index is never changed to
another schema or analysis: its folder carries a signature, and one with another signature is not used.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from pathlib import Path

_NAME = re.compile(r"g-[0-9a-f]{12}")
_UNFINISHED = "UNFINISHED"
_SIGNATURE = "SIGNATURE"


def signature(*parts: object) -> str:
    """Changes when the schema, the analysis or the engine's file format does."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _write(path: Path, text: str) -> None:
    """Replaces a small file so that a crash leaves the old content or the new."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with temporary.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return ""


class Generations:
    """The folders below `root`. `wanted` is the signature an index must have to be used."""

    def __init__(self, root: Path, wanted: str) -> None:
        self.root = root
        self.wanted = wanted

    def current(self) -> Path | None:
        """The folder in use, None where there is none, or none that this version can use."""
        name = _read(self.root / "CURRENT")
        folder = self.root / name
        if not _NAME.fullmatch(name) or not (folder / "meta.json").exists():
            return None
        return folder if _read(folder / _SIGNATURE) == self.wanted else None

    def trouble(self) -> str | None:
        """Why there is no usable folder, None where there is one."""
        name = _read(self.root / "CURRENT")
        if not name:
            return "there is none yet"
        if self.current() is not None:
            return None
        if not (self.root / name / "meta.json").exists():
            return "its folder is gone"
        return "it was made by another version"

    def unfinished(self) -> Path | None:
        """The folder of a build that was broken off and can go on."""
        for folder in sorted(self.root.glob("g-*")):
            if _read(folder / _UNFINISHED) == self.wanted and (folder / "meta.json").exists():
                return folder
        return None

    def begin(self) -> Path:
        """A new folder for a build."""
        folder = self.root / f"g-{secrets.token_hex(6)}"
        folder.mkdir(parents=True, mode=0o700)
        return folder

    def started(self, folder: Path) -> None:
        """Marks a folder, now holding an empty index, as a build that can be gone on with."""
        _write(folder / _SIGNATURE, self.wanted)
        _write(folder / _UNFINISHED, self.wanted)

    def use(self, folder: Path) -> None:
        """Makes `folder` the one in use and removes all others. Readers of those keep what they hold open."""
        _write(self.root / "CURRENT", folder.name)
        (folder / _UNFINISHED).unlink(missing_ok=True)
        self.tidy()

    def tidy(self) -> None:
        """Removes folders that are neither in use nor being built by this version."""
        keep = (_read(self.root / "CURRENT"), getattr(self.unfinished(), "name", ""))
        for folder in self.root.glob("g-*"):
            if folder.name not in keep:
                shutil.rmtree(folder, ignore_errors=True)
