"""Mail: EMAIL_URL, what a message carries, the alert mail in both languages, links that quieten."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import LazySettings

from accounts.models import AuditEvent, User
from config.options import ConfigError
from notify.mail import alert as alerts
from notify.mail import frame, message, unsubscribe
from notify.mail.make import address_message, mail_row
from notify.mail.transport import Outcome, Result, Smtp, server
from notify.models import Alert, Delivery, Reader, Subscription
from tests.conftest import Store
from tests.notify.alerted import alert
from tests.notify.made import NOW, changed, reader, signal, source, subscription
from tests.servers import smtp
from tests.sites.tls import Authority


def _row(text: str = "Words\n", html: str = "", address: str = "reader@example.org") -> Delivery:
    row = mail_row(Delivery.Kind.ALERT, None, address)
    row.subject, row.text, row.html, row.made = "[TLP:GREEN] Cyber D: été", text, html, NOW
    return row


def _sent(transport: Smtp, row: Delivery | None = None) -> Outcome:
    row = row or _row()
    return transport.send(message.build(row), *message.envelope(row))


# EMAIL_URL


def test_email_url_is_read_and_percent_decoded() -> None:
    read = server("smtp+starttls://us%40er:p%C3%A9%2F%3A@mail.example.org?timeout=7")
    assert (read.host, read.port, read.user, read.password) == ("mail.example.org", 587, "us@er", "pé/:")
    assert read.timeout == 7 and "pé" not in repr(read)
    assert server("smtps://mail.example.org").port == 465
    assert server("smtp://mail.example.org").port == 25
    assert server("smtp://[::1]:2525").host == "::1"


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org:25",
        "http://u:topsecret@mail.example.org",
        "smtp://u:topsecret@:25",
        "smtp://u:topsecret@mail.example.org:port",
        "smtp://u:topsecret@mail.example.org/folder",
        "smtp://u:topsecret@mail.example.org?timeout=long",
        "smtp://u:topsecret@mail.example.org?tls=1",
    ],
)
def test_an_email_url_that_cannot_be_read_says_how_without_the_password(url: str) -> None:
    with pytest.raises(ConfigError, match="EMAIL_URL") as said:
        server(url)
    assert "topsecret" not in str(said.value)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_it_signs_in_with_what_the_url_says_also_beyond_ascii() -> None:
    with smtp.running(user="us@er", password="gehéim/:") as sink:
        transport = Smtp(server(sink.url(user="us@er", password="gehéim/:")))
        assert _sent(transport).result is Result.SENT and sink.received[0].signed_in
        transport.close()
        wrong = _sent(Smtp(server(sink.url(user="us@er", password="other"))))
        assert wrong.result is Result.DOWN and wrong.said.startswith("535")
        assert "other" not in wrong.said


def test_starttls_and_tls_verify_the_certificate(tmp_path: Path, settings: LazySettings) -> None:
    authority = Authority(tmp_path)
    for named in ("starttls", "tls"):
        scheme = {"starttls": "smtp+starttls", "tls": "smtps"}[named]
        with smtp.running(**{named: authority.context("127.0.0.1")}) as sink:  # type: ignore[arg-type]
            settings.HORIZONSCAN_CA_BUNDLE = ""
            refused = _sent(Smtp(server(sink.url(scheme))))
            assert refused.result is Result.DOWN and "TLS" in refused.said
            settings.HORIZONSCAN_CA_BUNDLE = str(authority.bundle)
            assert _sent(Smtp(server(sink.url(scheme)))).result is Result.SENT
            assert sink.received[-1].secure
    with smtp.running() as plain:
        refused = _sent(Smtp(server(plain.url("smtp+starttls"))))
        assert refused.result is Result.DOWN and not plain.received


def test_an_idle_connection_that_the_server_ended_is_opened_again() -> None:
    with smtp.running() as sink:
        transport = Smtp(server(sink.url(timeout=2)))
        assert _sent(transport).result is Result.SENT
        opened = transport._open
        assert opened is not None
        opened.docmd("QUIT")
        assert _sent(transport).result is Result.SENT
        assert [each.connection for each in sink.received] == [1, 2]
        transport.close()


# The message


def test_a_message_carries_what_lists_and_robots_read() -> None:
    row = _row("Hé\n.een punt\n", "<p>Hé</p>")
    row.headers = message.unsubscribing("https://scan.example.org/unsubscribe/" + "x" * 120)
    raw = message.build(row).as_bytes()
    assert raw == message.build(row).as_bytes(), "sent again it is the same"
    assert raw.isascii() and max(map(len, raw.split(b"\r\n"))) < 998
    # What a client looks for stands in one piece.
    assert b"\r\nList-Unsubscribe: <https://scan.example.org/unsubscribe/" + b"x" * 120 + b">\r\n" in raw
    read = message_from_bytes(raw, policy=default)
    assert read["Message-ID"] == f"<{row.message_id}>"
    assert read["Date"].datetime == NOW
    assert read["Subject"] == "[TLP:GREEN] Cyber D: été"
    assert read["Auto-Submitted"] == "auto-generated" and read["X-Auto-Response-Suppress"] == "All"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read["List-Id"].startswith("horizonscan alerts <alerts.")
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    plain = read.get_body(("plain",))
    assert plain is not None and plain.get_content().splitlines() == ["Hé", ".een punt"]


def test_the_sender_is_the_one_in_the_settings(settings: LazySettings) -> None:
    settings.ORIGIN = "https://scan.example.org"
    assert message.build(_row())["From"] == "horizonscan <horizonscan@scan.example.org>"
    settings.HORIZONSCAN_MAIL_FROM = "Scanner <scanner@mail.example.org>"
    assert message.build(_row())["From"] == "Scanner <scanner@mail.example.org>"
    assert _row().message_id.endswith("@scan.example.org")


def test_what_a_feed_says_never_becomes_a_header(sqlite_store: Store) -> None:
    row = address_message("notice", reader(), "One\r\nBcc: all@example.org", "text\n")
    row.headers = {"X-Extra": "a\r\nBcc: all@example.org", "Subject": "another"}
    built = message.build(row)
    assert built["Bcc"] is None and built["Subject"] == "One Bcc: all@example.org"
    assert len(built.get_all("Subject", [])) == 1


@pytest.mark.parametrize("address", ["", "nobody", "a b@example.org", "a@example.org\nBcc: b@example.org"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(message.Unsendable):
        message.build(_row(address=address))


def test_a_domain_beyond_ascii_is_written_for_the_envelope() -> None:
    assert message.envelope(_row(address="a@bücher.example.org"))[1] == "a@xn--bcher-kva.example.org"


def test_text_is_folded_and_links_are_whole() -> None:
    link = "https://scan.example.org/" + "x" * 100
    folded = frame.folded("- " + "woord " * 30 + f"\n  {link}\n\n\n\nend")
    lines = folded.splitlines()
    assert [line for line in lines if len(line) > 76] == [f"  {link}"]
    assert lines[1].startswith("  woord") and "\n\n\n" not in folded


# The alert


class _Seen(HTMLParser):
    """Elements, what they would load, and the language of each headline."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.languages: set[str] = set()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.add(tag)
        self.loads += [
            found[name] or "" for name in ("src", "background", "poster", "srcset") if name in found
        ]
        if tag == "link":
            self.loads.append(found.get("href") or "")
        if tag == "a":
            self.links.append(found.get("href") or "")
        if found.get("lang"):
            self.languages.add(str(found["lang"]))


def _mail(language: str, user: User | None = None) -> tuple[str, str, str, dict[str, str]]:
    user = user or reader(language=language, time_zone="America/Curacao")
    asked = subscription(user, name="Havens & schepen", parts=["SX"], least="C", query="ransomware")
    source("ncsc", name="Invented Centre", reliability="A", official=True)
    row = alert(
        "Ransomware <script>alert(1)</script> at a port",
        user=user,
        of=asked,
        by="ncsc",
        excerpt="A port on the island stands still because of RANSOMWARE, not ransomwares.",
        parts={"SX": "direct", "NL": "indirect"},
        words=[["domain", "cyber"], ["severity", "4"], ["", "ransomware"]],
        owners=3,
        at=datetime.fromisoformat("2026-11-24T06:42:00+00:00"),
    )
    made = alerts.render(row)
    return made.subject, made.text, made.html, made.headers


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_alert_says_what_how_bad_why_and_who(sqlite_store: Store, language: str) -> None:
    subject, text, html, headers = _mail(language)
    assert subject == "[TLP:GREEN] Cyber D: Ransomware <script>alert(1)</script> at a port"
    dutch = language == "nl"
    said = [
        "TLP:GREEN",
        "Invented Centre",
        "02:42 AST",
        "Havens & schepen",
        "Sint Maarten" if dutch else "Maarten",
    ]
    said += (
        ["zeer ernstig", "betrouwbaar", "officieel"] if dutch else ["very serious", "reliable", "official"]
    )
    said += ["3 onafhankelijke eigenaren"] if dutch else ["3 independent owners"]
    told = Alert.objects.get().signal_id
    said += [f"http://127.0.0.1:8000/signals/{told}", "https://www.example.org/"]
    for words in said:
        assert words in " ".join(text.split()), words
        assert words.replace("&", "&amp;") in html, words
    assert "<script" not in html and "*ransomware*" in text
    # The words that fired are bold wherever they stand, as whole words.
    bold = re.findall(r"<strong[^>]*>([^<]*)</strong>", html)
    assert bold.count("RANSOMWARE") == 1 and "ransomwares" not in bold and "Ransomware" in bold
    assert [line for line in text.splitlines() if len(line) > 76 and "://" not in line] == []
    seen = _Seen()
    seen.feed(html)
    assert {language, "en"} <= seen.languages
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_mail_loads_nothing_and_its_styles_stand_in_its_elements(sqlite_store: Store) -> None:
    _, _, html, _ = _mail("nl")
    seen = _Seen()
    seen.feed(html)
    assert seen.loads == [] and not seen.tags & {"img", "script", "link", "iframe", "object", "form", "svg"}
    assert "url(" not in html and "@import" not in html and "var(" not in html
    assert {link.partition("?")[0].split("/")[2] for link in seen.links} == {
        "127.0.0.1:8000",
        "www.example.org",
    }
    assert re.search(r'class="title"[^>]*style="[^"]*color', html) or re.search(
        r'style="[^"]*color[^"]*"[^>]*class="title"', html
    )
    assert "prefers-color-scheme: dark" in html
    assert len(html) < 60_000, "Gmail cuts at 102 KB"


def test_told_again_it_says_what_changed(sqlite_store: Store) -> None:
    user = reader(language="en")
    first = alert(user=user, severity="B")
    told = Alert.objects.get().signal
    assert told is not None
    changed(told, severity="D")
    risen = alert(user=user, told=told, why=Alert.Why.SEVERITY, severity="D", at=NOW + timedelta(hours=1))
    spread = alert(
        user=user, told=told, why=Alert.Why.OWNERS, severity="D", owners=6, at=NOW + timedelta(hours=2)
    )
    assert alerts.render(first).subject == "[TLP:GREEN] Cyber B: Ransomware at a port"
    assert alerts.render(risen).subject == "[TLP:GREEN] Cyber, now D: Ransomware at a port"
    assert "severity rose from B to D" in alerts.render(risen).text
    assert alerts.render(spread).subject == "[TLP:GREEN] Cyber D, 6 independent owners: Ransomware at a port"
    assert "from 1 to 6" in alerts.render(spread).text


def test_several_subscriptions_one_report(sqlite_store: Store) -> None:
    user = reader(language="en")
    one, two = subscription(user, name="First"), subscription(user, name="Second", least="C")
    row = alert(user=user, of=one)
    told = Alert.objects.get().signal
    alert(user=user, of=two, told=told, row=row)
    made = alerts.render(row)
    assert made.text.count("Ransomware at a port") == 1
    assert "First: " in made.text and "Second: " in made.text
    wish = unsubscribe.read(made.headers["List-Unsubscribe"].strip("<>").rpartition("/")[2])
    assert wish.subscriptions == (one.pk, two.pk)


def test_several_reports_in_one_mail_the_worst_first(sqlite_store: Store) -> None:
    user = reader(language="en")
    row = alert("A port waits", user=user, severity="B")
    alert("A port burns", user=user, severity="E", row=row)
    made = alerts.render(row)
    assert made.subject == "[TLP:GREEN] Cyber E: A port burns (and 1 more)"
    assert made.text.index("A port burns") < made.text.index("A port waits")


def test_what_met_the_rule_is_called_as_a_person_calls_it(sqlite_store: Store) -> None:
    user = reader(language="nl")
    met = [["severity", "4"], ["severity", "0"], ["part", "sx"], ["seen", "1795521600"], ["source", "desk-a"]]
    row = alert(user=user, words=met)
    said = " ".join(alerts.render(row).text.split())
    assert "Vanwege: D (zeer ernstig), geen incident, Sint Maarten, 24 nov 2026 13:00 CET, desk-a" in said


def test_a_signal_that_is_gone_leaves_its_headline(sqlite_store: Store) -> None:
    row = alert()
    told = Alert.objects.get().signal
    assert told is not None
    told.delete()
    made = alerts.render(row)
    assert "Ransomware at a port" in made.subject and "/signals/" not in made.html + made.text


def test_a_long_headline_is_cut_at_a_word(sqlite_store: Store) -> None:
    made = alerts.render(alert("Ransomware " * 60))
    assert len(made.subject) <= 180 and made.subject.endswith("Ransomware…")


# Links that quieten


@pytest.mark.parametrize("action", [unsubscribe.PAUSE, unsubscribe.MUTE_SOURCE, unsubscribe.MUTE_GROUP])
def test_a_link_quietens_one_thing_of_its_reader_and_says_so_in_the_audit_log(
    store: Store, action: str
) -> None:
    mine, others = subscription(), subscription(reader("other@example.org"))
    Subscription.objects.filter(pk=mine.pk).update(name="My rule")
    Subscription.objects.filter(pk=others.pk).update(name="Other rule")
    mine.refresh_from_db()
    others.refresh_from_db()
    muted = signal(by="desk-a").pk
    what = {unsubscribe.MUTE_SOURCE: "desk-a", unsubscribe.MUTE_GROUP: str(muted)}.get(action, "")
    assert mine.user_id is not None
    wish = unsubscribe.read(unsubscribe.token(action, mine.user_id, [mine.pk, others.pk], what))
    assert str(mine) in unsubscribe.question(wish) and str(others) not in unsubscribe.question(wish)
    for _ in range(2):
        assert unsubscribe.carry_out(wish, NOW) == [str(mine)]
    after = Subscription.objects.get(pk=mine.pk)
    assert (after.paused, after.muted_sources, after.muted_groups) == {
        unsubscribe.PAUSE: (NOW, [], []),
        unsubscribe.MUTE_SOURCE: (None, ["desk-a"], []),
        unsubscribe.MUTE_GROUP: (None, [], [muted]),
    }[action]
    assert after.changed > NOW, "the matchers take it up"
    untouched = Subscription.objects.get(pk=others.pk)
    assert (untouched.paused, untouched.muted_sources, untouched.muted_groups) == (None, [], [])
    assert [event.actor for event in AuditEvent.objects.all()] == [mine.user.email]


def test_the_digest_is_stopped_by_its_link(sqlite_store: Store) -> None:
    user = reader()
    wish = unsubscribe.read(unsubscribe.token(unsubscribe.DIGEST, user.pk))
    unsubscribe.carry_out(wish, NOW)
    assert not Reader.objects.get(user=user).digest
    assert AuditEvent.objects.get().action == "digest.stop"


@pytest.mark.parametrize("broken", ["", "x", "WyJwYXVzZSJd:1abcde:forged"])
def test_a_link_that_was_cut_or_forged_is_refused(broken: str) -> None:
    with pytest.raises(unsubscribe.Unreadable):
        unsubscribe.read(broken)
    good = unsubscribe.token(unsubscribe.PAUSE, 1, [1])
    with pytest.raises(unsubscribe.Unreadable):
        unsubscribe.read(good[:-1])


def test_links_of_a_command_lead_to_the_pages_that_up_serves(tmp_path: Path, settings: LazySettings) -> None:
    settings.ORIGIN, settings.DATA_DIR = "", tmp_path
    assert frame.origin() == "http://127.0.0.1:8000"
    (tmp_path / "up.json").write_text('{"pages": "http://127.0.0.1:8300"}')
    assert frame.origin() == "http://127.0.0.1:8300"
    settings.ORIGIN = "https://scan.example.org"
    assert frame.origin() == "https://scan.example.org"
