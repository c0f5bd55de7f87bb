"""Every route, as everybody: generated from the URL patterns, held against `roles.toml`.

A route that is new, unnamed or unmarked fails here until somebody says who may use it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests.web.conftest import ClientFor
from web.access import ROLES

TABLE: dict[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).parent / "roles.toml").read_text(encoding="utf-8")
)


def _routes(patterns: list[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns)
        else:
            yield pattern


PATTERNS = list(_routes(get_resolver().url_patterns))


def test_every_route_is_listed_and_none_else() -> None:
    names = [str(pattern.name) for pattern in PATTERNS]
    assert [name for name in names if name not in TABLE] == [], "say in roles.toml who may use it"
    assert [name for name in TABLE if name not in names] == [], "listed in roles.toml, but no route"
    assert len(names) == len(set(names)), "two routes have one name"


def test_no_path_ends_in_a_slash() -> None:
    assert [name for name, row in TABLE.items() if row["path"] != "/" and row["path"].endswith("/")] == []


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: str(pattern.name))
def test_the_view_is_marked_as_the_table_says(pattern: URLPattern) -> None:
    row = TABLE.get(str(pattern.name)) or pytest.fail("not in roles.toml")
    assert set(row) <= {"path", "get", "post"} and len(row) > 1
    assert resolve(row["path"]).url_name == pattern.name
    least = min((row[m] for m in ("get", "post") if m in row), key=ROLES.index)
    assert getattr(pattern.callback, "role", None) == least


@pytest.mark.parametrize("name", list(TABLE))
def test_everybody_gets_what_the_table_says(name: str, client_for: ClientFor) -> None:
    row = TABLE[name]
    least = min((row[m] for m in ("get", "post") if m in row), key=ROLES.index)
    for role in ROLES:
        for method in ("get", "post"):
            client = client_for(role, raise_request_exception=False)
            answer: HttpResponse = getattr(client, method)(row["path"])
            said = f"{method.upper()} {row['path']} as {role}: {answer.status_code}"
            if ROLES.index(role) < ROLES.index(row.get(method, least)):
                _refused(answer, role, said)
            elif method not in row:
                assert answer.status_code == 405, said
            else:
                assert answer.status_code not in (401, 403, 405), said
                assert answer.status_code < 500 or name == "readyz", said
                if least != "anyone":
                    assert not answer.headers.get("Location", "").startswith("/sign-in"), said


def _refused(answer: HttpResponse, role: str, said: str) -> None:
    if role == "anyone":
        assert answer.status_code == 302 and answer["Location"].startswith("/sign-in"), said
    else:
        assert answer.status_code == 403, said
