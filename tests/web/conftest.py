"""Fixtures of the pages' tests: a browser without a browser, signed in in any role."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings

from accounts.models import User
from tests.conftest import Store

#: A client signed in in a role ("anyone": not at all), reading in a language; the user is `client.user`.
ClientFor = Callable[..., Client]


@pytest.fixture(autouse=True)
def _pages() -> Iterator[None]:
    """Static files by their plain names (nothing is collected here), the test client's host allowed, and
    passwords hashed fast: how slow the real hash is on purpose is no matter of these tests."""
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(
        STORAGES=settings.STORAGES | plain,
        ALLOWED_HOSTS=[*settings.ALLOWED_HOSTS, "testserver"],
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture
def client_for(sqlite_store: Store) -> ClientFor:
    def make(role: str = "analyst", language: str = "nl", email: str = "", **client: object) -> Client:
        found = Client(**client)  # type: ignore[arg-type]
        found.user = None  # type: ignore[attr-defined]
        if role == "anyone":
            found.cookies["language"] = language
            return found
        address = email or f"{role}@example.org"
        user = User.objects.filter(email=address).first() or User.objects.create_user(
            address, role=role, language=language
        )
        if user.language != language:
            user.language = language
            user.save(update_fields=["language"])
        found.force_login(user)
        found.user = user  # type: ignore[attr-defined]
        return found

    return make


def words(content: bytes) -> str:
    """A page's text without tags, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", content.decode()).split())
