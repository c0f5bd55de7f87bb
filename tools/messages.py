"""Makes the Dutch catalogue of the fragments, and says what is untranslated, unused or wrong.

    python -m tools.messages            merges config/locale/nl/*.po into LC_MESSAGES/django.po and .mo
    python -m tools.messages --check    writes nothing; exit 1 where something is missing or wrong

The source of every text is English, in Python (`gettext` and its kin) or in a template; each area keeps its
Dutch in a fragment of its own, so that nobody edits another's. Output is the same for the same input, byte
for byte, which is what lets a test compare. No gettext tools are needed: Babel reads, writes and compiles.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from babel.messages.catalog import Message

ROOT = Path(__file__).resolve().parent.parent
FRAGMENTS = ROOT / "config" / "locale" / "nl"
ROOMS = ("config", "accounts", "ingest", "search", "crawlers", "notify", "tasks", "web")
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
#: A date that never changes: the catalogue is made from its fragments alone.
_DATE = datetime(2026, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")

#: (context or None, msgid): what names a text.
Key = tuple[str | None, str]


@dataclass
class Problems:
    """What stands between the catalogue and a finished one; each list holds lines for a person."""

    missing: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    fuzzy: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        for name in ("missing", "unused", "fuzzy", "wrong"):
            for line in getattr(self, name):
                yield f"{name}: {line}"


def _key(message: Message) -> Key:
    ident = message.id if isinstance(message.id, str) else message.id[0]
    return message.context, ident


def read(folder: Path = FRAGMENTS) -> dict[str, Catalog]:
    """The fragments by file name."""
    found = {}
    for path in sorted(folder.glob("*.po")):
        found[path.name] = read_po(io.BytesIO(path.read_bytes()), locale="nl", domain="django")
    return found


def merge(fragments: dict[str, Catalog], problems: Problems | None = None) -> Catalog:
    """One catalogue of all fragments. Two that disagree about a text are `wrong`; the first is kept."""
    problems = problems if problems is not None else Problems()
    whole = Catalog(
        locale="nl",
        domain="django",
        project="horizonscan",
        header_comment="# Made by `python -m tools.messages` of ../*.po: edit those.",
        creation_date=_DATE,
        revision_date=_DATE,
        last_translator="horizonscan",
        language_team="nl",
        fuzzy=False,
    )
    held: dict[Key, tuple[str, object]] = {}
    for name, fragment in fragments.items():
        for message in fragment:
            if not message.id:
                continue
            key = _key(message)
            if message.fuzzy:
                problems.fuzzy.append(f"{name}: {key[1]!r}")
                continue
            if not _filled(message):
                problems.missing.append(f"{name}: {key[1]!r} is empty")
                continue
            problems.wrong += [f"{name}: {line}" for line in _odd(message)]
            if key in held and held[key][1] != message.string:
                problems.wrong.append(f"{name} and {held[key][0]} translate {key[1]!r} differently")
            if key not in held:
                held[key] = (name, message.string)
                whole.add(message.id, message.string, context=message.context)
    return whole


def _filled(message: Message) -> bool:
    words = _words(message)
    return bool(words) and all(words)


def _words(message: Message) -> list[str]:
    """What the translation says: one text, or singular and plural."""
    said = message.string or ""
    return [said] if isinstance(said, str) else list(said)


def _odd(message: Message) -> Iterator[str]:
    """Placeholders that the translation lacks or invents: they would fail in front of a reader."""
    sources = {message.id} if isinstance(message.id, str) else set(message.id)
    allowed = {place for source in sources for place in _PLACE.findall(source)}
    for word in _words(message):
        places = set(_PLACE.findall(word))
        # A singular may leave its number out ("one signal").
        if places - allowed or (isinstance(message.id, str) and allowed - places):
            yield f"{word!r} has other placeholders than {message.id!r}"


def used(root: Path = ROOT, rooms: Iterable[str] = ROOMS) -> dict[Key, str]:
    """Every text the rooms ask a translation of, with the file and line where it first stands."""
    found: dict[Key, str] = {}
    for room in rooms:
        for path in sorted((root / room).rglob("*")):
            if path.suffix not in (".py", ".html", ".txt") or "static" in path.parts or not path.is_file():
                continue
            for line, key in _texts(path):
                found.setdefault(key, f"{path.relative_to(root)}:{line}")
    return found


def _texts(path: Path) -> Iterator[tuple[int, Key]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        if "gettext" not in source:
            return
    elif "trans" in source and "templates" in path.parts:
        from django.utils.translation.template import templatize

        # Python's tokenizer minds indentation; what templatize leaves of the page has none to mind.
        source = "\n".join(line.lstrip() for line in templatize(source, origin=str(path)).split("\n"))
    else:
        return
    for line, message, _comments, context in extract(
        "python", io.BytesIO(source.encode()), KEYWORDS, options={"encoding": "utf-8"}
    ):
        ident = message if isinstance(message, str) else message[0]
        if ident:
            yield line, (context, ident)


def check(folder: Path = FRAGMENTS, root: Path = ROOT) -> Problems:
    """What is missing, unused, fuzzy or wrong now."""
    problems = Problems()
    merge(read(folder), problems)
    # Of a text that stands in several fragments each is looked at: one may be the right place.
    offered = {_key(m): name for name, each in read(folder).items() for m in each if m.id}
    asked = used(root)
    problems.missing += [f"{place}: {key[1]!r}" for key, place in asked.items() if key not in offered]
    problems.unused += [f"{name}: {key[1]!r}" for key, name in offered.items() if key not in asked]
    return problems


def made(whole: Catalog) -> tuple[bytes, bytes]:
    """The catalogue as (.po, .mo)."""
    text, compiled = io.BytesIO(), io.BytesIO()
    write_po(text, whole, width=0, sort_output=True, no_location=True)
    write_mo(compiled, whole)
    return text.getvalue(), compiled.getvalue()


def _replace(path: Path, content: bytes) -> None:
    """Whoever reads meanwhile finds the old file or the new one, never half of one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tools.messages", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--check", action="store_true", help="say what is wrong, write nothing")
    args = parser.parse_args(words)
    if args.check:
        problems = check()
        lines = list(problems.lines())
        sys.stdout.write("".join(f"{line}\n" for line in lines) or "every text is translated\n")
        return 1 if lines else 0
    problems = Problems()
    text, compiled = made(merge(read(), problems))
    target = FRAGMENTS / "LC_MESSAGES"
    target.mkdir(parents=True, exist_ok=True)
    _replace(target / "django.po", text)
    _replace(target / "django.mo", compiled)
    for line in problems.lines():
        sys.stderr.write(f"{line}\n")
    return 1 if problems.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
