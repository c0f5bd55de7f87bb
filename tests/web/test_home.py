"""The overview and a domain's page: what is new since one said "seen", ranked, with the gaps."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEvent, User
from crawlers import coverage
from ingest.corrections import correct
from ingest.judge import taxonomy
from ingest.models import Entry, Signal, Source, SourceState
from notify.models import Alert, Canary, Subscription
from search.models import Look
from tests.conftest import Store
from tests.ingest.documents import source
from tests.web.conftest import ClientFor, words
from web import overview
from web.strip import HEIGHT, WIDTH, drawn

HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_strips_of_another_test() -> None:
    cache.clear()


def signal(
    number: int,
    domains: list[str],
    age: timedelta,
    of: Source | None = None,
    now: datetime = NOW,
    **more: object,
) -> Signal:
    """One stored signal, first seen `age` ago, with the ledger's row of its owner."""
    owner = of or Source.objects.filter(slug="krant").first() or source("krant")
    seen = now - age
    made = Signal.objects.create(
        source=owner, identity=f"i{number}", title=f"Signaal {number}", content_hash=f"c{number}",
        as_of=seen, published=seen, seen=seen, language="nl", domains=domains, **more,
    )  # fmt: skip
    told(made, owner, f"i{number}")
    return made


def told(of: Signal, by: Source, identity: str) -> None:
    Entry.objects.create(
        source=by, identity=identity, content_hash="c", signal=of, first_seen=of.seen, last_seen=of.seen
    )


def rows(user: User, now: datetime = NOW) -> dict[str, overview.Row]:
    found = overview.overview(user.pk, coverage.overview(now), now)
    assert [row.domain for row in found.rows] == list(taxonomy.load().ids)
    return {row.domain: row for row in found.rows}


def test_new_is_what_was_first_seen_since_one_looked(store: Store) -> None:
    user = User.objects.create_user("a@example.org")
    signal(1, ["cyber"], 2 * HOUR)
    signal(2, ["cyber", "crime"], 5 * HOUR)
    signal(3, ["crime"], 30 * HOUR)
    signal(4, [], HOUR)
    found = overview.overview(user.pk, coverage.overview(NOW), NOW)
    assert found.new == 2  # the second counts in two rows, and once here
    new = {row.domain: row.new for row in found.rows if row.new}
    assert new == {"cyber": 2, "crime": 1}
    overview.look(user.pk, ["cyber"], NOW - 3 * HOUR)
    after = rows(user)
    assert (after["cyber"].new, after["cyber"].looked) == (1, True)
    assert (after["crime"].new, after["crime"].looked) == (1, False)
    # An older page's button does not bring back what was seen.
    overview.look(user.pk, ["cyber"], NOW - 9 * HOUR)
    assert rows(user)["cyber"].new == 1
    # Somebody else's looking is theirs.
    assert rows(User.objects.create_user("b@example.org"))["cyber"].new == 2


def test_repeats_and_the_canary_are_not_counted(store: Store) -> None:
    user = User.objects.create_user("a@example.org")
    first = signal(1, ["cyber"], 2 * HOUR)
    signal(2, ["cyber"], HOUR, duplicate_of=first)
    signal(3, ["cyber"], HOUR, of=source("canary", kind=Source.Kind.CANARY))
    assert rows(user)["cyber"].new == 1
    assert overview.ranked("cyber", NOW - 24 * HOUR).ids == (first.pk,)


def test_the_worst_is_the_most_severe_then_most_owners_then_nearest(store: Store) -> None:
    user = User.objects.create_user("a@example.org")
    plain = signal(1, ["cyber"], HOUR)
    two_owners = signal(2, ["cyber"], 4 * HOUR, severity="C")
    told(two_owners, source("omroep"), "seen-there")
    direct = signal(3, ["cyber"], 3 * HOUR, severity="C", relevance="direct")
    indirect = signal(4, ["cyber", "crime"], HOUR, severity="C", relevance="indirect")
    limited = signal(5, ["cyber"], HOUR, severity="A", relevance="direct")
    found = rows(user)
    worst = found["cyber"].worst
    assert worst is not None and (worst.id, worst.owners) == (two_owners.pk, 2)
    crime = found["crime"].worst
    assert crime is not None and crime.id == indirect.pk
    assert found["climate"].worst is None
    ranked = overview.ranked("cyber", NOW - 24 * HOUR)
    assert ranked.ids == (two_owners.pk, direct.pk, indirect.pk, limited.pk, plain.pk)
    assert ranked.total == 5


def test_a_correction_counts_at_once(store: Store) -> None:
    user = User.objects.create_user("a@example.org")
    one = signal(1, [], HOUR)
    assert rows(user)["climate"].new == 0
    correct(one.pk, "domain", "climate", True, actor="a@example.org")
    assert rows(user)["climate"].new == 1


def test_a_domain_id_that_another_begins_with_is_not_found(store: Store) -> None:
    signal(1, ["cybersecurity"], HOUR)
    assert not overview.of_domain("cyber").exists()


def test_sub_threats_are_counted_with_those_of_which_there_is_nothing(store: Store) -> None:
    known = [each.id for each in taxonomy.load().domain("cyber").threats]
    signal(1, ["cyber"], HOUR, threats=[known[3], known[1], "crime.other"])
    signal(2, ["cyber"], HOUR, threats=[known[3]])
    found = overview.threats("cyber", NOW - 24 * HOUR)
    assert found[:2] == [(known[3], 2), (known[1], 1)]
    assert sorted(name for name, _ in found) == sorted(known)


def test_the_number_of_queries_does_not_grow_with_the_store(store: Store) -> None:
    user = User.objects.create_user("a@example.org")
    covered = coverage.overview(NOW)

    def queries() -> int:
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as caught:
            overview.overview(user.pk, covered, NOW)
        return len(caught)

    signal(0, ["cyber"], HOUR)
    few = queries()
    domains = list(taxonomy.load().ids)
    for number in range(1, 40):
        signal(number, [domains[number % 12], domains[(number + 5) % 12]], HOUR, severity="ABCDE"[number % 5])
    assert queries() == few <= 12


def test_strips_count_days_as_utc_has_them(store: Store) -> None:
    user = User.objects.create_user("a@example.org")
    signal(1, ["climate"], timedelta(0), now=datetime(2026, 11, 23, 23, 59, tzinfo=UTC))
    signal(2, ["climate"], timedelta(0), now=datetime(2026, 11, 24, 0, 1, tzinfo=UTC))
    strip = rows(user)["climate"].strip
    assert (strip.total, strip.today, strip.first) == (2, 1, date(2026, 11, 23))
    assert [bar.x for bar in strip.bars] == [56, 58]


def test_a_strip_is_drawn_against_what_is_usual() -> None:
    days = [date(2026, 11, 24) - timedelta(days=age) for age in range(29, -1, -1)]
    strip = drawn([0] * 10 + [4] * 18 + [40] + [2], days)
    assert (strip.usual, strip.today, strip.total, strip.first) == (4, 2, 114, days[10])
    assert strip.line == HEIGHT - round(HEIGHT / 3)
    tall = [bar for bar in strip.bars if bar.over]
    assert [(bar.height, bar.y) for bar in tall] == [(HEIGHT, 0)]  # cut off, and told apart
    assert [bar.today for bar in strip.bars].count(True) == 1
    assert all(0 <= bar.x < WIDTH and bar.y + bar.height == HEIGHT for bar in strip.bars)
    few = drawn([0] * 27 + [1, 0, 3], days)
    assert (few.usual, few.line) == (None, None)
    assert drawn([0] * 30, days).bars == ()


def test_the_page_has_twelve_rows_gaps_and_outages(client_for: ClientFor) -> None:
    now = timezone.now()
    client = client_for("reader", "nl")
    bad = source("stil", domain_prior=["cyber"], url="https://stil.example/rss")
    SourceState.objects.filter(source=bad).update(health="frozen", health_since=now, health_evidence="same")
    source("goed", domain_prior=["cyber", "crime"])
    one = signal(1, ["cyber"], HOUR, of=bad, now=now, severity="D")
    Canary.objects.create(nonce="n", started=now - 9 * HOUR, said="stuck at the mail server")
    page = client.get("/")
    html, shown = page.content.decode(), words(page.content)
    assert html.count('<th scope="row">') == len(taxonomy.load().ids) == html.count('class="days30"')
    assert f'<a href="/signals/{one.pk}?from=/" lang="nl">Signaal 1</a>' in html
    assert "1 nieuw signaal" in shown and "1 van 2 stil" in shown and "geen bron" in shown
    assert "stuck at the mail server" in shown and "had gemoeten" in shown
    assert "1 van de 2 bronnen ligt stil" in shown
    assert "style=" not in html
    assert html.count("<h1") == 1


def test_only_the_button_marks_as_seen_and_until_its_page_was_made(client_for: ClientFor) -> None:
    client, now = client_for("reader"), timezone.now()
    signal(1, ["cyber"], HOUR, now=now)
    for _ in range(2):  # a reload loses nothing
        assert "1 nieuw signaal" in words(client.get("/").content)
        assert "1 nieuw signaal" in words(client.get("/domains/cyber").content)
    assert not Look.objects.exists()
    made = (now - timedelta(minutes=5)).isoformat()
    signal(2, ["cyber"], timedelta(minutes=1), now=now)  # came in after the page was made
    answer = client.post("/seen", {"until": made})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert Look.objects.count() == len(taxonomy.load().ids)
    assert "1 nieuw signaal" in words(client.get("/").content)
    assert client.post("/seen", {"domain": "cyber"}).headers["Location"] == "/domains/cyber"
    assert "Niets nieuws" in words(client.get("/").content)
    page = client.get("/domains/cyber")
    assert "Niets nieuws sinds" in words(page.content) and "Signaal 1" in words(page.content)
    assert AuditEvent.objects.filter(action="domain.seen", origin="page").count() == 2


@pytest.mark.parametrize("until", ["", "yesterday", "2999-01-01T00:00:00+00:00", "2026-11-24T10:00:00"])
def test_an_unusable_moment_is_now(client_for: ClientFor, until: str) -> None:
    client = client_for("reader")
    before = timezone.now()
    client.post("/seen", {"domain": "cyber", "until": until})
    assert before <= Look.objects.get().at <= timezone.now()


def test_a_domain_page_tells_silent_sources_and_ranks(client_for: ClientFor) -> None:
    now, client = timezone.now(), client_for("reader", "en")
    bad = source("stil", domain_prior=["cyber"], url="https://stil.example/rss")
    SourceState.objects.filter(source=bad).update(health="frozen", health_since=now, health_evidence="same")
    signal(1, ["cyber"], HOUR, of=bad, now=now)
    signal(2, ["cyber"], 2 * HOUR, of=bad, now=now, severity="C")
    page = client.get("/domains/cyber")
    html, shown = page.content.decode(), words(page.content)
    assert html.index("Signaal 2") < html.index("Signaal 1")
    assert "1 of 1 is silent" in shown and "frozen since" in shown and "same" in shown
    assert "2 new signals in the last 24 hours" in shown
    assert client.get("/domains/nonsense").status_code == 404
    assert client.post("/seen", {"domain": "nonsense"}).status_code == 404
    refused = client.get("/seen")
    assert refused.status_code == 405 and refused["Allow"] == "POST"
    assert "only takes what a form sends" in refused.content.decode()


def test_last_alerts_are_ones_own(client_for: ClientFor) -> None:
    client = client_for("reader")
    other = User.objects.create_user("other@example.org")
    one = signal(1, ["cyber"], HOUR, now=timezone.now())
    for user in (client.user, other):  # type: ignore[attr-defined]
        Alert.objects.create(
            subscription=Subscription.objects.create(user=user, name=f"of {user.email}"),
            signal=one, group=one.pk, why="first", severity="C", rule="", title=f"for {user.email}",
        )  # fmt: skip
    shown = words(client.get("/").content)
    assert "for reader@example.org" in shown and "other@example.org" not in shown


def test_strangers_sign_in_first(client_for: ClientFor) -> None:
    client = client_for("anyone")
    for path in ("/", "/domains/cyber"):
        assert client.get(path).status_code == 302
    assert client.post("/seen").status_code == 302
    assert not Look.objects.exists()
