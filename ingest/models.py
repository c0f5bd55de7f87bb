"""What is stored. SQL is the truth: everything the search index shows can be rebuilt from these tables.

A foreign key that a unique constraint begins with has no index of its own (`db_index=False`): the
constraint's serves, and every insert is cheaper by one.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone


class Source(models.Model):
    """Where signals come from: one feed, page or recorded file, with what an analyst must know of it."""

    class Kind(models.TextChoices):
        FEED = "feed"
        PAGE = "page"
        RECORDED = "recorded"
        CANARY = "canary"

    class Rights(models.TextChoices):
        EXCERPT = "excerpt"
        FULL = "full"

    slug = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=200)
    url = models.URLField(max_length=2000, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FEED)
    language = models.CharField(max_length=5, blank=True)
    country = models.CharField(max_length=8, blank=True, help_text="ISO 3166, Kingdom parts as BQ-BO")
    zone = models.CharField(max_length=40, default="UTC", help_text="zone of dates that name none")
    reliability = models.CharField(max_length=1, default="F", help_text="Admiralty A-F")
    reliability_note = models.CharField(max_length=200, default="starter grade, unreviewed")
    domain_prior = models.JSONField(default=list, help_text="domain ids that get the prior weight")
    owner = models.CharField(max_length=120, blank=True, help_text="owner group: wire copy counts once in it")
    official = models.BooleanField(default=False)
    rights = models.CharField(max_length=8, choices=Rights.choices, default=Rights.EXCERPT)
    interval = models.PositiveIntegerField(default=900, help_text="seconds between polls")
    allowed_hosts = models.JSONField(default=list)
    footers = models.JSONField(default=list, help_text="recurring last lines that are not content")
    spider = models.JSONField(default=dict, help_text="rules of a page source: list, link, title, date")
    evidence = models.TextField(blank=True)
    enabled = models.BooleanField(default=True)
    feed_key = models.CharField(
        max_length=300, blank=True, db_index=True, help_text="recorded: who the file says it is"
    )
    catalogue = models.JSONField(
        default=dict, help_text="what the catalogue last said; other values are the operator's"
    )
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["slug"]

    def __str__(self) -> str:
        return self.slug


class SourceState(models.Model):
    """What changes about a source: validators, position, lease, counters, health."""

    source = models.OneToOneField(Source, models.CASCADE, related_name="state", primary_key=True)
    # polling
    next_due = models.DateTimeField(default=timezone.now, db_index=True)
    etag = models.CharField(max_length=1000, blank=True)
    last_modified = models.CharField(max_length=200, blank=True)
    body_hash = models.CharField(max_length=64, blank=True)
    last_polled = models.DateTimeField(null=True)
    last_answered = models.DateTimeField(null=True, help_text="newest poll that gave a usable answer")
    last_changed = models.DateTimeField(null=True, help_text="newest poll whose bytes differed")
    last_status = models.PositiveIntegerField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0, help_text="polls in a row that failed")
    unchanged = models.PositiveIntegerField(default=0, help_text="polls in a row without a change")
    polls = models.PositiveIntegerField(default=0)
    # lease of the ingest worker that drains this source's fetches
    lease_holder = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    # position: moves only in the transaction that stores the signals
    position = models.DateTimeField(null=True, help_text="as_of of the newest fetch ingested")
    ingested = models.DateTimeField(null=True)
    entries_last = models.PositiveIntegerField(null=True, help_text="entries in the newest document")
    entry_newest = models.DateTimeField(null=True, help_text="newest date in the newest document")
    signals = models.PositiveIntegerField(default=0)
    format = models.CharField(max_length=20, blank=True)
    refused = models.CharField(
        max_length=300, blank=True, help_text="why the newest document was refused, if it was"
    )
    # health
    health = models.CharField(max_length=10, default="new")
    health_since = models.DateTimeField(default=timezone.now)
    health_evidence = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.source_id}: {self.health}"


class Fetch(models.Model):
    """One changed body of a source, waiting to be ingested or kept a while after."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        REFUSED = "refused"
        QUARANTINED = "quarantined"

    source = models.ForeignKey(Source, models.CASCADE, related_name="fetches")
    as_of = models.DateTimeField(help_text="when this content was current")
    received = models.DateTimeField(default=timezone.now)
    url = models.CharField(max_length=2000, blank=True)
    content_type = models.CharField(max_length=200, blank=True)
    body = models.BinaryField(null=True, help_text="zstd; removed when no longer needed")
    body_hash = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="bytes, uncompressed")
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    ended = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "source", "as_of", "id"], name="fetch_waiting"),
        ]

    def __str__(self) -> str:
        return f"fetch {self.pk} of {self.source_id}: {self.state}"


class Signal(models.Model):
    """One thing reported, as its owner source tells it now. `revision` rises when the index must change."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="signals", db_index=False)
    identity = models.CharField(max_length=32)
    entry_id = models.CharField(max_length=2000, blank=True)
    title = models.TextField()
    excerpt = models.TextField(blank=True)
    url = models.CharField(max_length=2000, blank=True)
    url_key = models.CharField(
        max_length=32, blank=True, db_index=True, help_text="hash of a URL that may be shared"
    )
    official = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=32)
    as_of = models.DateTimeField(help_text="first time its content was current")
    language = models.CharField(max_length=5, blank=True)
    published = models.DateTimeField(
        help_text="as published; first seen where that is missing or in the future"
    )
    published_flag = models.CharField(max_length=8, blank=True, help_text="missing, future or empty")
    updated = models.DateTimeField(null=True)
    event_time = models.DateTimeField(null=True)
    seen = models.DateTimeField(help_text="first seen by us")
    indexed_at = models.DateTimeField(null=True)
    # what the judges say, overlaid with what persons corrected
    domains = models.JSONField(default=list, help_text="asserted domain ids, primary first")
    threats = models.JSONField(default=list)
    severity = models.CharField(max_length=1, blank=True)
    countries = models.JSONField(default=list, help_text="ISO 3166 of the countries it is about")
    places = models.JSONField(default=list, help_text="gazetteer ids, with those of the places around")
    parts = models.JSONField(default=dict, help_text="part of the Kingdom: direct, near or indirect")
    relevance = models.CharField(max_length=8, blank=True, help_text="the strongest part's")
    entities = models.JSONField(default=list, help_text="entity ids")
    duplicate_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="duplicates")
    update_of = models.ForeignKey("self", models.SET_NULL, null=True, related_name="updates")
    quiet = models.CharField(
        max_length=12, blank=True, help_text="why it never alerts: first-poll, backfill, old"
    )
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "identity"], name="signal_identity"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["seen"], name="signal_seen"),
            models.Index(fields=["published"], name="signal_published"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.title[:60]}"


class Version(models.Model):
    """One distinct content of a signal. A content that returns makes its row current again."""

    signal = models.ForeignKey(Signal, models.CASCADE, related_name="versions", db_index=False)
    content_hash = models.CharField(max_length=32)
    as_of = models.DateTimeField(help_text="first time this content was current")
    title = models.TextField()
    excerpt = models.TextField(blank=True)
    url = models.CharField(max_length=2000, blank=True)
    official = models.JSONField(default=dict)
    published = models.DateTimeField(null=True)
    updated = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["signal", "content_hash"], name="version_content"),
        ]

    def __str__(self) -> str:
        return f"version of {self.signal_id} as of {self.as_of:%Y-%m-%d}"


class Anchor(models.Model):
    """A hash that signals worth comparing share (`ingest.relate.anchors`); the key begins with its time."""

    pk = models.CompositePrimaryKey("key", "signal_id")
    key = models.BigIntegerField()
    signal = models.ForeignKey(Signal, models.CASCADE, related_name="anchors")
    few = models.BooleanField(help_text="its signal has hardly any: one shared is enough")

    def __str__(self) -> str:
        return f"{self.key:x} of {self.signal_id}"


class Entry(models.Model):
    """The seen-ledger: every identity of every source, and the signal it is (or is a sighting of).

    `removed` marks a tombstone: retention or a person removed the signal, and it does not come back.
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="entries", db_index=False)
    identity = models.CharField(max_length=32)
    content_hash = models.CharField(max_length=32)
    signal = models.ForeignKey(Signal, models.SET_NULL, null=True, related_name="entries")
    url = models.CharField(max_length=2000, blank=True)
    first_seen = models.DateTimeField(help_text="our clock")
    last_seen = models.DateTimeField(help_text="as_of of the newest document that held it")
    removed = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "entries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "identity"], name="entry_identity"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.identity}"


class Judgement(models.Model):
    """What the judges said of a signal's current content and why, whatever persons corrected since."""

    signal = models.OneToOneField(Signal, models.CASCADE, related_name="judgement")
    content_hash = models.CharField(max_length=32, help_text="of the content that was read")
    model = models.CharField(max_length=200, help_text="versions of the judges")
    result = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["model", "id"], name="judgement_model"),
        ]

    def __str__(self) -> str:
        return f"judgement of {self.signal_id} by {self.model}"


class Correction(models.Model):
    """A person's word against the judges'; it outranks them until undone, whatever is judged later.

    `key` is what it is about: a domain, place or part id; empty for severity and duplicate. `value`: domain
    and place true or false, a domain also "primary"; severity a letter or ""; part direct, near, indirect or
    ""; duplicate the id of the signal it repeats, or null for "it repeats none".
    """

    class Kind(models.TextChoices):
        DOMAIN = "domain"
        SEVERITY = "severity"
        PLACE = "place"
        PART = "part"
        DUPLICATE = "duplicate"

    signal = models.ForeignKey(Signal, models.CASCADE, related_name="corrections")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=200, blank=True)
    value = models.JSONField(null=True)
    before = models.JSONField(null=True, help_text="what stood there until then")
    content_hash = models.CharField(max_length=32, help_text="of the content the person saw")
    actor = models.CharField(max_length=254, help_text="the person's address")
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)
    undone = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["signal", "kind", "key"],
                condition=models.Q(undone__isnull=True),
                name="correction_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} of {self.signal_id} by {self.actor}"


class Intake(models.Model):
    """What the documents of one source held in one hour of our clock, in entries: how much is usual, and what
    was rejected, stays known after bodies and signals are gone."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="intake", db_index=False)
    hour = models.DateTimeField(db_index=True, help_text="its beginning, UTC")
    documents = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    sightings = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "intake"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "hour"], name="intake_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} at {self.hour:%Y-%m-%d %H}h: {self.new} new"


class Work(models.Model):
    """The outbox: a signal waits for a stage. Deleted only if its revision is still the signal's."""

    class Stage(models.TextChoices):
        RELATE = "relate"
        MATCH = "match"
        INDEX = "index"

    signal = models.ForeignKey(Signal, models.CASCADE, related_name="work", db_index=False)
    stage = models.CharField(max_length=10, choices=Stage.choices)
    revision = models.PositiveIntegerField()
    since = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    quarantined = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "work"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["signal", "stage"], name="work_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["stage", "quarantined", "id"], name="work_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} of {self.signal_id} r{self.revision}"
