"""What crawlers share: the lease and the rules of every host, and how the last poll of a source ended."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from ingest.models import Source


class Host(models.Model):
    """One site, by authority (`host` or `host:port`): who crawls it now, when next, and what it allows."""

    class Robots(models.TextChoices):
        TEXT = "text"
        NONE = "none"
        UNREACHABLE = "unreachable"

    name = models.CharField(max_length=300, unique=True)
    # lease: one crawler at a time; renewed while it works, free again a few seconds after it died
    lease_holder = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    next_request_at = models.DateTimeField(default=timezone.now, help_text="no request before this moment")
    # robots.txt (RFC 9309)
    robots_state = models.CharField(max_length=12, choices=Robots.choices, blank=True)
    robots_text = models.TextField(blank=True)
    robots_note = models.CharField(max_length=300, blank=True)
    robots_fetched = models.DateTimeField(null=True)
    robots_expires = models.DateTimeField(null=True)
    # text and data mining reservation (TDMRep), /.well-known/tdmrep.json
    tdm_rules = models.JSONField(default=list, help_text="[location pattern, reserved, policy]")
    tdm_note = models.CharField(max_length=300, blank=True)
    tdm_fetched = models.DateTimeField(null=True)
    tdm_expires = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class PollResult(models.Model):
    """How the newest poll of a source ended, and what its owner reserved: written when that changes."""

    class Kind(models.TextChoices):
        ANSWERED = "answered"
        FAILED = "failed"
        GONE = "gone"
        BLOCKED = "blocked"
        RESERVED = "reserved"

    source = models.OneToOneField(Source, models.CASCADE, related_name="poll_result", primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    since = models.DateTimeField(default=timezone.now)
    # The decision on text and data mining: reserved means that the feed is read and pages never are.
    tdm_reserved = models.BooleanField(null=True, help_text="null: not decided yet")
    tdm_basis = models.CharField(max_length=300, blank=True)
    tdm_policy = models.CharField(max_length=2000, blank=True)
    tdm_decided = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.source_id}: {self.kind}"
