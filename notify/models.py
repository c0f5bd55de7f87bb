"""Who wants to be told what, what met it, what was told, and the ledger of everything sent."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from ingest.models import Signal, Source


class Reader(models.Model):
    """How one person is told: the digest's local hour, and what was decided about their address."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reader", primary_key=True
    )
    digest = models.BooleanField(default=True)
    digest_hour = models.PositiveSmallIntegerField(default=7, help_text="in the user's time zone")
    daily_cap = models.PositiveSmallIntegerField(default=8, help_text="instant alerts a local day")
    suspended = models.DateTimeField(null=True, help_text="since when nothing is sent to the address")
    suspended_why = models.CharField(max_length=300, blank=True, help_text="the server's words")

    def __str__(self) -> str:
        return f"reader {self.user_id}"


class Webhook(models.Model):
    """A URL of a reader's that gets alerts, each signed with its secret."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=2000)
    secret = models.CharField(max_length=80)
    enabled = models.BooleanField(default=True)
    made = models.DateTimeField(default=timezone.now)
    suspended = models.DateTimeField(null=True)
    suspended_why = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"webhook {self.pk} of {self.user_id}"


class Subscription(models.Model):
    """What one reader wants to be told, and when. Lists that are empty ask for nothing in particular."""

    class Mode(models.TextChoices):
        INSTANT = "instant"
        DAILY = "daily"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="subscriptions")
    name = models.CharField(max_length=120, blank=True, help_text="the owner's; empty: its sentence names it")
    domains = models.JSONField(default=list, help_text="domain ids, any of them")
    threats = models.JSONField(default=list, help_text="sub-threat ids, any of them")
    parts = models.JSONField(default=list, help_text="parts of the Kingdom (SX, BQ-BO …), any of them")
    query = models.TextField(blank=True)
    least = models.CharField(max_length=1, blank=True, help_text="A-E; empty: those of no severity as well")
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.INSTANT)
    by_mail = models.BooleanField(default=True)
    webhook = models.ForeignKey(Webhook, models.SET_NULL, null=True, blank=True, related_name="subscriptions")
    muted_sources = models.JSONField(default=list, help_text="source slugs")
    muted_groups = models.JSONField(default=list, help_text="ids of signals whose group is not told")
    paused = models.DateTimeField(null=True)
    made = models.DateTimeField(default=timezone.now)
    since = models.DateTimeField(default=timezone.now, help_text="what was first seen before is not told")
    changed = models.DateTimeField(default=timezone.now, db_index=True, help_text="matchers refresh by it")
    deleted = models.DateTimeField(null=True, help_text="kept a while: what it told still names it")
    broken = models.CharField(max_length=300, blank=True, help_text="why its query can be read no longer")

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.name or f"subscription {self.pk}"


class Match(models.Model):
    """A signal meets a subscription as both stand: what alerts are decided on and digests are made of."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="matches", db_index=False)
    signal = models.ForeignKey(Signal, models.CASCADE, related_name="matches")
    words = models.JSONField(default=list, help_text="[[field, value]]: what of the signal met it")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "matches"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subscription", "signal"], name="match_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id} met by {self.signal_id}"


class Delivery(models.Model):
    """The ledger: one message to one address or webhook. Its id is committed before it is sent."""

    class Kind(models.TextChoices):
        ALERT = "alert"
        DIGEST = "digest"
        ACCOUNT = "account"
        NOTICE = "notice"
        CANARY = "canary"

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        DROPPED = "dropped"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="deliveries")
    webhook = models.ForeignKey(Webhook, models.SET_NULL, null=True, related_name="deliveries")
    address = models.CharField(max_length=254, blank=True, help_text="as it was when made; webhook: empty")
    message_id = models.CharField(max_length=200, unique=True, help_text="Message-ID, webhook: event id")
    language = models.CharField(max_length=2, default="nl")
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True, help_text="emptied after sending where it held a one-time link")
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    made = models.DateTimeField(default=timezone.now)
    due = models.DateTimeField(default=timezone.now, help_text="not tried before")
    attempts = models.PositiveSmallIntegerField(default=0)
    holder = models.CharField(max_length=80, blank=True, help_text="the deliverer that is sending it")
    held_until = models.DateTimeField(null=True)
    resent = models.BooleanField(default=False, help_text="a crash left it sending: the reader may have two")
    ended = models.DateTimeField(null=True)
    said = models.CharField(max_length=500, blank=True, help_text="the server's last words")

    class Meta:
        verbose_name_plural = "deliveries"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "due", "id"], name="delivery_waiting"),
            models.Index(fields=["made"], name="delivery_made"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}: {self.state}"


class Alert(models.Model):
    """That a subscription fired for a duplicate group: first, again, or held back into the digest."""

    class Why(models.TextChoices):
        FIRST = "first"
        SEVERITY = "severity"
        OWNERS = "owners"

    class Held(models.TextChoices):
        NOT = ""
        COOLDOWN = "cooldown"
        CAP = "cap"

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="alerts", db_index=False)
    signal = models.ForeignKey(Signal, models.SET_NULL, null=True, related_name="alerts")
    group = models.BigIntegerField(help_text="root of the duplicate group as it stood")
    why = models.CharField(max_length=8, choices=Why.choices)
    severity = models.CharField(max_length=1, blank=True)
    owners = models.PositiveIntegerField(default=1, help_text="independent owner groups as it stood")
    rule = models.TextField(help_text="the subscription's query text as it stood")
    words = models.JSONField(default=list, help_text="[[field, value]]")
    title = models.TextField()
    at = models.DateTimeField(default=timezone.now)
    held = models.CharField(max_length=8, choices=Held.choices, default=Held.NOT, blank=True)
    delivery = models.ForeignKey(Delivery, models.SET_NULL, null=True, related_name="alerts")
    webhook_delivery = models.ForeignKey(Delivery, models.SET_NULL, null=True, related_name="webhook_alerts")
    digest = models.ForeignKey("Digest", models.SET_NULL, null=True, related_name="rolled")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["subscription", "group", "why", "severity", "owners"], name="alert_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="alert_at"),
        ]

    def __str__(self) -> str:
        return f"alert of {self.subscription_id} on {self.group}: {self.why}"


class Digest(models.Model):
    """One reader's digest of one local date: made once, shown by its permalink with the same numbers."""

    class State(models.TextChoices):
        MADE = "made"
        LATE = "late"
        ROLLED = "rolled"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="digests", db_index=False)
    date = models.DateField(help_text="in the reader's time zone")
    zone = models.CharField(max_length=40)
    state = models.CharField(max_length=6, choices=State.choices, default=State.MADE)
    begins = models.DateTimeField(help_text="first seen from here")
    ends = models.DateTimeField(help_text="until here")
    made = models.DateTimeField(default=timezone.now)
    content = models.JSONField(default=dict, help_text="everything it shows, in no language")
    delivery = models.ForeignKey(Delivery, models.SET_NULL, null=True, related_name="digests")

    class Meta:
        ordering: ClassVar[list[str]] = ["-date", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "date"], name="digest_day"),
        ]

    def __str__(self) -> str:
        return f"digest of {self.user_id} for {self.date}"


class Told(models.Model):
    """What a reader was told as new in a digest, with how it stood: the next one shows only what changed."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="told", db_index=False)
    signal = models.ForeignKey(Signal, models.CASCADE, related_name="told", help_text="root of its group")
    digest = models.ForeignKey(Digest, models.CASCADE, related_name="told")
    severity = models.CharField(max_length=1, blank=True)
    owners = models.PositiveIntegerField(default=1)
    parts = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "told"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "signal"], name="told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} was told {self.signal_id}"


class Feedback(models.Model):
    """What a reader thought of one line of a digest or alert."""

    class Verdict(models.TextChoices):
        USEFUL = "useful"
        REDUNDANT = "redundant"
        LATE = "late"
        WRONG_DOMAIN = "wrong-domain"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="feedback", db_index=False
    )
    signal = models.ForeignKey(Signal, models.CASCADE, related_name="feedback")
    verdict = models.CharField(max_length=12, choices=Verdict.choices)
    digest = models.ForeignKey(Digest, models.SET_NULL, null=True, related_name="feedback")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "feedback"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "signal"], name="feedback_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} found {self.signal_id} {self.verdict}"


class Canary(models.Model):
    """One proof that the whole way works: a marked entry sent in, and when it came out at each station."""

    nonce = models.CharField(max_length=40, unique=True)
    source = models.ForeignKey(Source, models.SET_NULL, null=True, related_name="canaries")
    signal = models.ForeignKey(Signal, models.SET_NULL, null=True, related_name="canaries")
    delivery = models.ForeignKey(Delivery, models.SET_NULL, null=True, related_name="canaries")
    started = models.DateTimeField(default=timezone.now)
    fetched = models.DateTimeField(null=True)
    ingested = models.DateTimeField(null=True)
    matched = models.DateTimeField(null=True)
    arrived = models.DateTimeField(null=True)
    failed = models.DateTimeField(null=True)
    said = models.CharField(max_length=300, blank=True, help_text="where it stuck, as far as is known")

    class Meta:
        verbose_name_plural = "canaries"
        ordering: ClassVar[list[str]] = ["-started", "-pk"]

    def __str__(self) -> str:
        return f"canary of {self.started:%Y-%m-%d %H:%M}"
