"""The guarded POST: which addresses it reaches, what it takes for an answer, and when it gives up."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from crawlers import outgoing
from crawlers.guard import Gate, networks
from crawlers.outgoing import MOST, Failed, post
from tests.sites import receiver
from tests.sites.receiver import Answer, Receiver
from tests.sites.tls import Authority

LOOPBACK = Gate(networks(["127.0.0.0/8"]))
CLOSED = Gate()


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver.running() as running:
        yield running


def test_a_post_arrives_as_it_was_and_its_answer_is_read(there: Receiver) -> None:
    there.answers.append(Answer(202, {"X-Said": "yes"}, b"taken"))
    reply = post(there.url("/a b?c=é&d=%20"), b'{"x":1}', {"Content-Type": "application/json"}, gate=LOOPBACK)
    assert (reply.status, reply.headers["x-said"], reply.body) == (202, "yes", b"taken")
    (posted,) = there.posted
    assert (posted.method, posted.target, posted.body) == ("POST", "/a%20b?c=%C3%A9&d=%20", b'{"x":1}')
    assert posted.headers["host"] == f"127.0.0.1:{there.port}"
    assert posted.headers["user-agent"].startswith("horizonscan/")
    assert posted.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f.1:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://localhost:{port}/",
        "http://169.254.169.254/latest",
        "http://10.0.0.1/",
        "ftp://127.0.0.1/",
        "http://user:word@127.0.0.1:{port}/",
        "file:///etc/hosts",
    ],
)
def test_private_addresses_are_refused_in_every_spelling_without_a_connection(
    there: Receiver, url: str
) -> None:
    with pytest.raises(Failed) as said:
        post(url.format(port=there.port), b"", {}, gate=CLOSED)
    assert said.value.refused and "\n" not in str(said.value)
    assert there.posted == []


def test_a_name_is_looked_up_once_and_every_address_is_checked(
    there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that gives a public address first and a private one behind it, or changes its mind."""
    asked: list[str] = []
    answers = [["127.0.0.1"], ["192.0.2.1", "127.0.0.1"]]

    def look_up(host: str, port: int, **_: object) -> list[object]:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(outgoing.socket, "getaddrinfo", look_up)
    assert post(f"http://hook.example.org:{there.port}/x", b"", {}, gate=LOOPBACK).status == 204
    assert asked == ["hook.example.org"]
    assert there.posted[0].headers["host"] == f"hook.example.org:{there.port}"
    with pytest.raises(Failed, match=r"resolves to 192\.0\.2\.1") as said:
        post(f"http://hook.example.org:{there.port}/x", b"", {}, gate=LOOPBACK)
    assert said.value.refused and len(there.posted) == 1


def test_a_redirect_is_an_answer_and_nobody_goes_there(there: Receiver) -> None:
    there.answers.append(Answer(307, {"Location": there.url("/elsewhere")}))
    assert post(there.url(), b"x", {}, gate=LOOPBACK).status == 307
    assert [each.target for each in there.posted] == ["/hook"]


def test_of_a_large_answer_only_the_start_is_read(there: Receiver) -> None:
    there.answers.append(Answer(200, {}, b"x" * 3_000_000))
    assert post(there.url(), b"", {}, gate=LOOPBACK).body == b"x" * MOST


@pytest.mark.parametrize(
    "answer", [Answer(200, {}, b"slow", slow=3), Answer(200, {}, b"x" * 100, drip=0.1)], ids=["slow", "drip"]
)
def test_it_gives_up_when_the_time_is_over_also_where_bytes_keep_coming(
    there: Receiver, answer: Answer
) -> None:
    there.answers.append(answer)
    began = time.monotonic()
    try:
        reply = post(there.url(), b"", {}, seconds=0.5, gate=LOOPBACK)
    except Failed as error:
        assert str(error) == "no complete answer within 0.5 seconds" and not error.refused
    else:
        assert len(reply.body) < 100
    assert time.monotonic() - began < 2.5, "an answer of ten seconds was waited for"


def test_servers_that_are_not_there_or_hang_up_say_so(there: Receiver) -> None:
    there.answers.append(Answer(hang_up=True))
    with pytest.raises(Failed, match="hung up") as said:
        post(there.url(), b"", {}, gate=LOOPBACK)
    assert not said.value.refused
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Failed, match="refused"):
        post(f"http://127.0.0.1:{port}/", b"", {}, gate=LOOPBACK)


def test_certificates_are_verified_with_the_operators_bundle(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with receiver.running(tls=authority.context("127.0.0.1")) as there:
        with pytest.raises(Failed, match="not trusted"):
            post(there.url(), b"", {}, gate=LOOPBACK)
        with override_settings(HORIZONSCAN_CA_BUNDLE=str(authority.bundle)):
            assert post(there.url(), b"", {}, gate=LOOPBACK).status == 204
    with (
        override_settings(HORIZONSCAN_CA_BUNDLE=str(authority.bundle)),
        receiver.running(tls=authority.context("127.0.0.9")) as wrong,
        pytest.raises(Failed, match="not trusted"),
    ):
        post(wrong.url(), b"", {}, gate=LOOPBACK)


def test_a_proxy_is_asked_by_name_and_private_literals_are_refused_all_the_same(there: Receiver) -> None:
    with override_settings(HORIZONSCAN_PROXY=f"http://us%40er:word@127.0.0.1:{there.port}"):
        gate = Gate((), ("127.0.0.1", there.port))
        assert post("http://hook.example.org/x?y=1", b"z", {}, gate=gate).status == 204
        (asked,) = there.posted
        assert (asked.target, asked.body) == ("http://hook.example.org/x?y=1", b"z")
        assert asked.headers["host"] == "hook.example.org"
        assert asked.headers["proxy-authorization"].startswith("Basic ")
        there.answers.append(Answer(403, {}, b"no"))
        with pytest.raises(Failed, match="403"):
            post("https://hook.example.org/x", b"z", {}, gate=gate)
        assert (there.posted[-1].method, there.posted[-1].target) == ("CONNECT", "hook.example.org:443")
        assert there.posted[-1].headers["proxy-authorization"].startswith("Basic ")
        with pytest.raises(Failed) as said:
            post("http://127.0.0.2/x", b"z", {}, gate=gate)
        assert said.value.refused and len(there.posted) == 2
    assert not settings.HORIZONSCAN_PROXY
