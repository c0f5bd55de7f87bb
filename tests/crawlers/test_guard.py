"""Which addresses may be reached, in every spelling, and that the decision falls at the connection."""

from __future__ import annotations

from typing import Any

import pytest

from crawlers import guard

ALLOWED = ["8.8.8.8", "193.0.6.139", "2001:4860:4860::8888", "64:ff9b::808:808"]
REFUSED = {
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "::1": "loopback",
    "10.1.2.3": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.168.1.1": "private",
    "fd12:3456::1": "private",
    "100.64.0.1": "carrier-grade NAT",
    "169.254.169.254": "cloud metadata",
    "169.254.1.1": "link-local",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "fec0::1": "site-local",
    "0.0.0.0": "unspecified",
    "0.1.2.3": "unspecified",
    "::": "unspecified",
    "224.0.0.1": "multicast",
    "ff02::1": "multicast",
    "255.255.255.255": "broadcast",
    "240.0.0.1": "reserved",
    "192.0.2.1": "reserved",
    "198.18.0.1": "reserved",
    "203.0.113.9": "reserved",
    "192.88.99.1": "reserved",
    "2001:db8::1": "reserved",
    "::ffff:127.0.0.1": "loopback inside IPv6",
    "::ffff:10.0.0.1": "private inside IPv6",
    "::ffff:8.8.8.8": "reserved",
    "::ffff:0:127.0.0.1": "loopback inside IPv6",
    "::127.0.0.1": "loopback inside IPv6",
    "2002:7f00:1::": "loopback inside IPv6",
    "2002:a00:1::1": "private inside IPv6",
    "2002:808:808::1": "reserved",
    "64:ff9b::7f00:1": "loopback inside IPv6",
    "64:ff9b::a9fe:a9fe": "cloud metadata inside IPv6",
    "64:ff9b:1::7f00:1": "loopback inside IPv6",
    "2001:0:808:808:0:0:80ff:fffe": "loopback inside IPv6",  # Teredo: the client's address, inverted
    "a name": "not an address",
}
SPELLINGS = [
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "127.1",
    "127.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
]


@pytest.mark.parametrize("address", ALLOWED)
def test_public_addresses_may_be_reached(address: str) -> None:
    assert guard.refusal(address) is None


@pytest.mark.parametrize(("address", "reason"), REFUSED.items())
def test_other_addresses_may_not(address: str, reason: str) -> None:
    assert guard.refusal(address) == reason


@pytest.mark.parametrize("host", SPELLINGS)
def test_every_spelling_of_loopback_is_seen_through(host: str) -> None:
    assert str(guard.literal(host)) == "127.0.0.1"
    with pytest.raises(guard.Refused, match="loopback"):
        guard.Gate().check_host(host)


@pytest.mark.parametrize(
    "host", ["news.example", "127.0.0.1.example", "x2130706433", "1.example", "cafe", "dead.beef"]
)
def test_names_are_no_addresses(host: str) -> None:
    assert guard.literal(host) is None
    guard.Gate().check_host(host)


@pytest.mark.parametrize("host", ["1.2.3.4.5", "999999999999", "256.256.256.256"])
def test_numbers_that_are_no_address_are_refused(host: str) -> None:
    with pytest.raises(guard.Refused):
        guard.Gate().check_host(host)


def test_the_operators_networks_are_excepted_and_nothing_else() -> None:
    gate = guard.Gate(guard.networks(["10.1.0.0/16", "127.12.0.3"]))
    gate.check_connection("10.1.2.3", 80)
    gate.check_connection("127.12.0.3", 8080)
    for address in ("10.2.0.1", "127.12.0.4", "127.0.0.1", "::ffff:10.2.0.1"):
        with pytest.raises(guard.Refused):
            gate.check_connection(address, 80)


def test_only_the_proxy_may_be_dialled_by_name_or_at_a_private_address() -> None:
    gate = guard.Gate(proxy=("proxy.office.example", 3128))
    gate.check_connection("proxy.office.example", 3128)
    for host, port in (("proxy.office.example", 22), ("news.example", 80), ("10.0.0.1", 3128)):
        with pytest.raises(guard.Refused):
            gate.check_connection(host, port)
    with pytest.raises(guard.Refused):
        gate.check_host("10.0.0.1")


def test_the_gate_stands_before_every_connection_of_the_reactor() -> None:
    class Reactor:
        dialled: list[tuple[str, int]] = []

        def connectTCP(self, host: str, port: int, *_: Any, **__: Any) -> None:
            self.dialled.append((host, port))

    reactor = Reactor()
    guard.install(reactor, guard.Gate())
    reactor.connectTCP("8.8.8.8", 443, None)
    with pytest.raises(guard.Refused):
        reactor.connectTCP("127.0.0.1", 443, None)
    assert reactor.dialled == [("8.8.8.8", 443)]


@pytest.mark.parametrize("text", ["10.0.0.0/33", "office", "10.0.0.1-10.0.0.9"])
def test_a_network_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text.split("/")[0]):
        guard.networks([text])
