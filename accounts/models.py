"""The custom user (e-mail sign-in) and the audit log."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    """Makes users from an e-mail address; the address is kept in lower case, so it is one identity."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        if "@" not in email:
            raise ValueError(f"{email!r} is not an e-mail address")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, role=User.Role.ADMIN, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person: signs in by e-mail, reads in one language, lives in one time zone."""

    class Role(models.TextChoices):
        READER = "reader"
        ANALYST = "analyst"
        ADMIN = "admin"

    class Theme(models.TextChoices):
        SYSTEM = ""
        LIGHT = "light"
        DARK = "dark"

    email = models.EmailField(unique=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.ANALYST)
    language = models.CharField(max_length=2, choices=[("nl", "Nederlands"), ("en", "English")], default="nl")
    time_zone = models.CharField(max_length=40, default="Europe/Amsterdam")
    theme = models.CharField(max_length=5, choices=Theme.choices, default=Theme.SYSTEM, blank=True)
    is_active = models.BooleanField(default=True)
    joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.email


class OneTimeLink(models.Model):
    """A link that lets one person in once: a first sign-in, an invitation, a new password. Stored hashed."""

    class Purpose(models.TextChoices):
        SIGN_IN = "sign-in"
        INVITE = "invite"
        RESET = "reset"

    user = models.ForeignKey(User, models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token")
    made = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} of {self.user_id}"


class Attempt(models.Model):
    """A sign-in that failed, counted by address and by origin; neither is stored in clear."""

    key = models.CharField(max_length=64, help_text="keyed hash of what is counted: an address or an origin")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["key", "at"], name="attempt_recent")]

    def __str__(self) -> str:
        return f"failed sign-in at {self.at:%Y-%m-%d %H:%M}"


class AuditEvent(models.Model):
    """One change of state: who did what to which object, from where, with what result (BIO2 log line)."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.CharField(max_length=254, help_text="e-mail address, or the process that acted")
    action = models.CharField(max_length=60)
    object = models.CharField(max_length=200)
    result = models.CharField(max_length=20, default="done")
    origin = models.CharField(max_length=60, default="command line")
    detail = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.action} {self.object}: {self.result}"
