"""Reading a data file of the judges: a mistake in it is one line that says which file and where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path, mistake: type[ValueError], *, fast: bool = False) -> Any:
    """What the file at `path` holds. Raises `mistake`.

    `fast` is for large files: ten times as fast, but brackets nested by the thousand end the process.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise mistake(f"{path}: cannot be read ({error}); put the file back") from None
    try:
        return yaml.load(text, Loader=_FAST if fast else yaml.SafeLoader)  # noqa: S506 - both are safe
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise mistake(f"{path}: no valid YAML{where}; restore the file or correct that line") from None
