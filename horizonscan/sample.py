"""The built-in invented sample: its feeds, written anew with every date moved so that they end now."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

#: What a sample's run leaves in its data folder; each `up --sample` begins afresh.
_LEFT = (
    "horizonscan.sqlite3",
    "horizonscan.sqlite3-wal",
    "horizonscan.sqlite3-shm",
    "index",
    "broker",
    "sample-files",
)

_RFC822 = re.compile(
    r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}"
)
_ISO = re.compile(r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})")
_DAY = re.compile(r"(?<![\d-])\d{4}-\d{2}-\d{2}(?![\dT-])")
_STAMP = re.compile(r"__(\d{8}T\d{4})(?=\.)")


def _rfc822(text: str, by: timedelta) -> str:
    return format_datetime(parsedate_to_datetime(text) + by)


def _iso(text: str, by: timedelta) -> str:
    moved = (datetime.fromisoformat(text) + by).isoformat(timespec="seconds")
    return moved.replace("+00:00", "Z") if text.endswith("Z") else moved


def _day(text: str, by: timedelta) -> str:
    # Noon is near the anchor's time of day, so the anchor's own day becomes today.
    return (datetime.combine(datetime.fromisoformat(text), time(12)) + by).date().isoformat()


_WAYS: Mapping[str, tuple[re.Pattern[str], Callable[[str, timedelta], str]]] = {
    "rfc822": (_RFC822, _rfc822),
    "iso": (_ISO, _iso),
    "day": (_DAY, _day),
}


def moved(text: str, by: timedelta, ways: tuple[str, ...] = ("rfc822", "iso", "day")) -> str:
    """`text` with every date that is written in one of `ways` moved; a date that is none stays as it is."""

    def replace(found: re.Match[str], way: str) -> str:
        try:
            return _WAYS[way][1](found[0], by)
        except ValueError:
            return found[0]

    for way in ways:
        text = _WAYS[way][0].sub(lambda found, way=way: replace(found, way), text)  # type: ignore[misc]
    return text


def clear(data: Path) -> None:
    """Removes what an earlier run of the sample left in its own data folder."""
    for name in _LEFT:
        path = data / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def write(data: Path, now: datetime) -> tuple[Path, dict[str, dict[str, Any]]]:
    """Writes the moved feeds below `data`; returns their folder and a description of each, by name."""
    home = Path(settings.CONFIG_DIR) / "sample"
    plan = yaml.safe_load((home / "sample.yaml").read_text(encoding="utf-8"))
    anchor = plan["anchor"]
    if isinstance(anchor, str):
        anchor = datetime.fromisoformat(anchor)
    by = now.replace(second=0, microsecond=0) - anchor.astimezone(UTC)
    folder = data / "sample-files"
    folder.mkdir(parents=True)
    for path in sorted((home / "feeds").iterdir()):
        name = _STAMP.sub(lambda found: f"__{_stamp(found[1], by)}", path.name)
        text = moved(path.read_text(encoding="utf-8"), by, tuple(plan["dates"]))
        (folder / name).write_text(text, encoding="utf-8")
    return folder, dict(plan["feeds"])


def _stamp(text: str, by: timedelta) -> str:
    return (datetime.strptime(text, "%Y%m%dT%H%M") + by).strftime("%Y%m%dT%H%M")
