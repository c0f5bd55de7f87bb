"""What a reader keeps of searching: saved searches, private feeds, and when they last looked at a domain."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class SavedSearch(models.Model):
    """A query under a name, seen by its owner alone."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="searches")
    name = models.CharField(max_length=120)
    query = models.TextField(blank=True)
    sort = models.CharField(max_length=10, default="published", help_text="published or relevance")
    made = models.DateTimeField(default=timezone.now)
    looked = models.DateTimeField(default=timezone.now, help_text="when its owner last opened it")

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "name"], name="saved_search_name"),
        ]

    def __str__(self) -> str:
        return self.name


class FeedToken(models.Model):
    """The right to read one query as RSS, Atom or JSON feed without signing in. Stored hashed, revocable."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="feed_tokens")
    query = models.TextField(blank=True)
    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token")
    made = models.DateTimeField(default=timezone.now)
    used = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"feed of {self.user_id}"


class Look(models.Model):
    """When a reader last looked at a domain on the front page: what came after is new to them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="looks", db_index=False)
    domain = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "domain"], name="look_domain"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} looked at {self.domain}"
