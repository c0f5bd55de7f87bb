"""What crawlers share: the lease and rules of every host, how a source's last poll ended, its health."""

from __future__ import annotations

from typing import ClassVar

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
        CONSENT = "consent"
        RESERVED = "reserved"

    source = models.OneToOneField(Source, models.CASCADE, related_name="poll_result", primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    since = models.DateTimeField(default=timezone.now)
    unbroken = models.DateTimeField(
        null=True, help_text="since when it was polled without a pause of ours: a silence before is our own"
    )
    # The decision on text and data mining: reserved means that the feed is read and pages never are.
    tdm_reserved = models.BooleanField(null=True, help_text="null: not decided yet")
    tdm_basis = models.CharField(max_length=300, blank=True)
    tdm_policy = models.CharField(max_length=2000, blank=True)
    tdm_decided = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.source_id}: {self.kind}"


class Vitals(models.Model):
    """What was measured of a source's newest signals, and everything that is wrong with it now."""

    source = models.OneToOneField(Source, models.CASCADE, related_name="vitals", primary_key=True)
    measured = models.DateTimeField(null=True, help_text="the `ingested` of its state that was measured")
    measures = models.JSONField(default=dict, help_text="see crawlers.health.measuring")
    faults = models.JSONField(default=list, help_text="[{fault, evidence}], the most serious first")

    class Meta:
        verbose_name_plural = "vitals"

    def __str__(self) -> str:
        return f"vitals of {self.source_id}"


class HealthChange(models.Model):
    """One stretch of a source's health, from the moment it was noticed until the next (null: it holds)."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="health_changes", db_index=False)
    state = models.CharField(max_length=10)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    evidence = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(until__isnull=True), name="health_now"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["source", "since"], name="health_history"),
            models.Index(fields=["since"], name="health_since"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.state} since {self.since:%Y-%m-%d %H:%M}"
