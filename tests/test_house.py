"""The house: who may know whom, how long a file may be, and that the pages about it tell the truth."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from config.options import OPTIONS
from horizonscan.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
#: A room imports only rooms before it.
ROOMS = ("config", "accounts", "ingest", "search", "crawlers", "notify", "tasks", "web", "horizonscan")
#: May import every room; no room imports them.
OUTSIDE = ("tests", "benchmarks", "tools")
LONGEST_MODULE = 400
LONGEST_SUPERVISOR = 150
#: What a URL of a package index looks like in a lock file.
INDEX = re.compile(r"https?://|--(?:extra-)?index-url|--find-links|--trusted-host")
#: Paths that exist on one machine only.
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:home/\w|Users/\w|root/|work/\w|workspace/|mnt/\w|opt/build)")
TEXT = {".cfg", ".css", ".csv", ".html", ".json", ".md", ".py", ".toml", ".txt", ".xml", ".yaml", ".yml", ""}


def _modules(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


def _left_behind(folder: str) -> bool:
    """Whether tools make folders of this name."""
    hidden = folder.startswith(".") and folder != ".ci"
    return hidden or folder in ("__pycache__", "build", "dist") or folder.endswith(".egg-info")


@cache
def _kept() -> tuple[Path, ...]:
    """Files the project keeps: those git knows; without a repository, all but what tools leave behind."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        found = (p for p in ROOT.rglob("*") if p.is_file())
        return tuple(p for p in found if not any(map(_left_behind, p.relative_to(ROOT).parent.parts)))
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return tuple(ROOT / name for name in names if (ROOT / name).is_file())


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.suffix in TEXT else ""


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    """First names of everything a module imports, wherever in it; also by `import_module("…")`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.partition(".")[0], node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, (
                f"{path.relative_to(ROOT)}:{node.lineno}: a relative import hides its room"
            )
            yield (node.module or "").partition(".")[0], node.lineno
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value.partition(".")[0], node.lineno
            elif isinstance(first, ast.JoinedStr) and isinstance(first.values[0], ast.Constant):
                yield str(first.values[0].value).partition(".")[0], node.lineno


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_rooms_before_it(room: str) -> None:
    later = {*ROOMS[ROOMS.index(room) + 1 :], *OUTSIDE}
    found = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in _modules(room)
        for name, line in _imports(path)
        if name in later
    ]
    assert found == []


def test_every_folder_with_code_is_a_room_or_stands_outside() -> None:
    folders = {path.relative_to(ROOT).parts[0] for path in _kept() if path.suffix == ".py"}
    assert folders <= {*ROOMS, *OUTSIDE}
    assert set(ROOMS) <= folders


def test_foreign_keys_point_to_the_same_room_or_one_before() -> None:
    found = []
    for model in apps.get_models(include_auto_created=True):
        room = model._meta.app_label
        if room not in ROOMS:
            continue
        for field in model._meta.get_fields():
            target = field.related_model if field.concrete and field.is_relation else None
            label = target._meta.app_label if isinstance(target, type) else room
            if label in ROOMS and ROOMS.index(label) > ROOMS.index(room):
                found.append(f"{room}.{model.__name__}.{field.name} → {label}")
    assert found == []


def test_migrations_depend_on_the_same_room_or_one_before() -> None:
    found = []
    for (room, name), migration in MigrationLoader(None).disk_migrations.items():
        if room not in ROOMS:
            continue
        named = [*migration.dependencies, *((target, "") for target, _ in migration.run_before)]
        for target, _ in named:
            if target in ROOMS and ROOMS.index(target) > ROOMS.index(room):
                found.append(f"{room}.{name} → {target}")
    assert found == []


def test_no_module_is_too_long() -> None:
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in _modules(*ROOMS, *OUTSIDE)
        if path.parent.name != "migrations"  # written by Django from the models
    }
    assert {str(p.relative_to(ROOT)): n for p, n in lengths.items() if n > LONGEST_MODULE} == {}
    assert lengths[ROOT / "horizonscan" / "supervisor.py"] <= LONGEST_SUPERVISOR


def test_every_module_says_what_it_is_for() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in _modules(*ROOMS)
        if "migrations" not in path.parts
        and path.name != "apps.py"
        and path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def _dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    wanted += project["optional-dependencies"]["build-tools"]
    return {re.split(r"[\[<>=;! ]", each, maxsplit=1)[0].lower() for each in wanted}


def test_every_dependency_is_explained_in_one_line_and_no_other() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = [name.lower() for name in re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)]
    assert len(explained) == len(set(explained))
    assert set(explained) == _dependencies()
    rows = [row for row in page.splitlines() if row.startswith("| `")]
    assert [row for row in rows if len([cell for cell in row.split("|")[1:-1] if cell.strip()]) != 3] == []


def test_every_setting_is_documented_as_it_is() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$", page, re.MULTILINE)
    documented = {name: (default, text) for name, default, text in rows}
    assert len(documented) == len(rows)
    wanted = {o.name: (f"`{o.default}`" if o.default else "", o.help.replace("|", "\\|")) for o in OPTIONS}
    assert {name: (default.strip(), text) for name, (default, text) in documented.items()} == wanted


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_are_hashed_and_name_no_index(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if INDEX.search(line)] == []
    pinned = [
        number for number, line in enumerate(lines) if re.match(r"^[a-z0-9][\w.-]*==", line, re.IGNORECASE)
    ]
    assert len(pinned) > 20
    assert [lines[n] for n in pinned if "--hash=sha256:" not in lines[n] + lines[n + 1]] == []


def test_the_run_time_lock_is_part_of_the_other() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / name).read_text(encoding="utf-8")
        return set(re.findall(r"^([a-z0-9][\w.-]*==[^ ;\\]+)", text, re.MULTILINE | re.IGNORECASE))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_no_file_names_a_path_of_one_machine() -> None:
    found = []
    for path in _kept():
        if path == Path(__file__).resolve() or path.name.endswith(".lock"):
            continue
        for number, line in enumerate(_text(path).splitlines(), 1):
            if MACHINE_PATH.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []


def test_no_file_is_large() -> None:
    """Data others recorded, indexes and built things do not belong here; the two locks are the largest."""
    sizes = {str(path.relative_to(ROOT)): path.stat().st_size for path in _kept()}
    assert {name: size for name, size in sizes.items() if size > 400_000} == {}


def test_the_readme_names_every_command_and_no_other() -> None:
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    table = page.partition("## Commands")[2].partition("\n## ")[0]
    first = [row.split(" | ")[0] for row in table.splitlines() if row.startswith("| `")]
    named = {words.split()[0] for cell in first for words in re.findall(r"`([^`]+)`", cell)}
    assert set(COMMANDS) <= named
    assert named - set(COMMANDS) <= {
        *("check", "add", "show", "retry"),
        *("test", "pause", "resume", "delete", "link", "reset-password"),
    }, "what follows `sources`, `quarantine`, `subscriptions`, `users`"
    assert page.index("make run") < page.index("make test") < page.index("## ")


@pytest.mark.parametrize(
    "page", ["README.md", *(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md"))]
)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    path = ROOT / page
    targets = re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (path.parent / target).exists()] == []
