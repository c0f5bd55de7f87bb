"""docker-compose.yml and the Dockerfile: valid, and as strict as the README says. No engine runs here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.options import OPTIONS
from horizonscan.children import ROLES
from tests.conftest import missing

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "docker-compose.yml"
#: What the operator must choose, with a harmless value for a check.
CHOSEN = {
    "POSTGRES_PASSWORD": "p0stgres",
    "REDIS_PASSWORD": "r3dis",
    "ELASTIC_PASSWORD": "e1astic",
    "HORIZONSCAN_SECRET_KEY": "k3y",
    "HORIZONSCAN_URL": "https://scan.example.org",
    "HORIZONSCAN_CONTACT": "https://www.example.org/contact",
}
OURS = ("prepare", "worker", "sequence", "deliver", "web", "beat", "crawler")
SERVERS = ("redis", "postgres", "elasticsearch")


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    return found


def _program() -> list[str]:
    """The command that checks a compose file: Debian's `docker-compose`, else the plug-in of `docker`."""
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    docker = shutil.which("docker")
    if docker and subprocess.run([docker, "compose", "version"], capture_output=True).returncode == 0:
        return [docker, "compose"]
    missing("docker-compose, to check docker-compose.yml (Debian: apt-get install docker-compose)")
    raise AssertionError("missing() returned")


def _config(environ: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in CHOSEN}
    # An operator's own .env beside the file must not answer for the environment under test.
    empty = folder / "empty.env"
    empty.touch()
    words = [*_program(), "--env-file", str(empty), "-f", str(COMPOSE), "config"]
    return subprocess.run(words, env={**clean, **environ}, capture_output=True, text=True, cwd=ROOT)


def test_compose_accepts_the_file_and_fills_it_in(tmp_path: Path) -> None:
    checked = _config(CHOSEN, tmp_path)
    assert checked.returncode == 0, checked.stderr
    filled = yaml.safe_load(checked.stdout)["services"]
    assert set(filled) == {*OURS, *SERVERS}
    for name in OURS:
        environment = filled[name]["environment"]
        assert environment["DATABASE_URL"] == "postgresql://horizonscan:p0stgres@postgres/horizonscan"
        assert environment["REDIS_URL"] == "redis://:r3dis@redis:6379/0"
        assert environment["ELASTICSEARCH_URL"] == "http://elastic:e1astic@elasticsearch:9200"


@pytest.mark.parametrize("name", sorted(CHOSEN))
def test_compose_refuses_to_start_without_a_choice(name: str, tmp_path: Path) -> None:
    checked = _config({other: value for other, value in CHOSEN.items() if other != name}, tmp_path)
    assert checked.returncode != 0
    assert name in checked.stderr


def test_no_password_stands_in_the_file() -> None:
    text = COMPOSE.read_text(encoding="utf-8")
    for name in CHOSEN:
        uses = re.findall(rf"\$\{{{name}(.*?)\}}", text)
        assert uses, name
        assert all(use.startswith(":?") for use in uses), f"{name} has a default"
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert {line.partition("=")[0] for line in example.splitlines() if "=" in line and line[0] != "#"} == set(
        CHOSEN
    )
    assert all(line.endswith("=") for line in example.splitlines() if line.partition("=")[0] in CHOSEN)
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert ".env" in ignored


def test_every_process_of_up_is_there(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == {*OURS, *SERVERS}
    roles = {}
    for name in OURS:
        *program, role = services[name]["command"]
        assert program == ["python", "-P", "-m", "horizonscan.children"], name
        roles[role] = name
    assert set(roles) == set(ROLES) - {"replay"}
    assert roles["ingest"] == "worker"


@pytest.mark.parametrize("name", [*OURS, *SERVERS])
def test_a_service_can_do_little_and_is_watched(services: dict[str, dict[str, Any]], name: str) -> None:
    service = services[name]
    assert str(service["user"]).partition(":")[0] not in ("", "0", "root")
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged")
    published = service.get("ports", [])
    assert published == (["127.0.0.1:8000:8000"] if name == "web" else []), "only pages, only to this machine"
    health = service["healthcheck"]
    assert health.get("disable") is True if name == "prepare" else health["test"]
    assert "latest" not in service.get("image", "")


def test_what_must_survive_has_a_named_volume(services: dict[str, dict[str, Any]]) -> None:
    volumes = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["volumes"]
    mounted = {}
    for name, service in services.items():
        for mount in service["volumes"]:
            volume, _, place = mount.partition(":")
            assert volume in volumes, f"{name}: {mount} is no named volume"
            mounted[name] = place
    assert mounted["postgres"] == "/var/lib/postgresql/data"
    assert mounted["elasticsearch"] == "/usr/share/elasticsearch/data"
    assert mounted["redis"] == "/data"
    assert {mounted[name] for name in OURS} == {"/data"}


def test_only_the_crawler_and_the_deliverer_reach_the_outside(services: dict[str, dict[str, Any]]) -> None:
    networks = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["networks"]
    assert networks["inside"]["internal"] is True
    assert [name for name, service in services.items() if "outside" in service["networks"]] == [
        "deliver",
        "crawler",
    ]


def test_elasticsearch_asks_for_the_password(services: dict[str, dict[str, Any]]) -> None:
    environment = services["elasticsearch"]["environment"]
    assert environment["xpack.security.enabled"] == "true"
    assert "ELASTIC_PASSWORD" in environment


def test_settings_in_the_file_exist(services: dict[str, dict[str, Any]]) -> None:
    known = {option.name for option in OPTIONS}
    for name in OURS:
        assert set(services[name]["environment"]) <= known


def test_nothing_starts_before_what_it_needs(services: dict[str, dict[str, Any]]) -> None:
    for name in OURS:
        after = services[name]["depends_on"]
        if name == "prepare":
            assert after == {"postgres": {"condition": "service_healthy"}}
        else:
            assert after["prepare"] == {"condition": "service_completed_successfully"}
            assert {each for each in after if each != "prepare"} == {"redis", "elasticsearch"}


def test_the_image_runs_as_nobody_in_particular_and_holds_what_is_locked() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    last = lines[max(number for number, line in enumerate(lines) if line.startswith("FROM ")) :]
    assert "USER 10001:10001" in last
    assert any("--require-hashes -r requirements.lock" in line for line in lines)
    bases = [line.split()[1] for line in lines if line.startswith("FROM ")]
    assert all(":" in base and not base.endswith(":latest") for base in bases)


def test_what_the_image_is_built_from_is_let_in() -> None:
    """.dockerignore shuts everything out but what the wheel needs."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    rooms = re.findall(r'"(\w+)\*"', re.search(r"^include = \[(.*)\]$", project, re.MULTILINE)[1])  # type: ignore[index]
    assert let_in == {"pyproject.toml", "requirements.lock", "README.md", "LICENSE", *rooms}
    assert all((ROOT / name).exists() for name in let_in)
