"""The guard against server-side request forgery: which addresses an outgoing connection may reach.

The decision is taken on the address a connection is about to be made to, at that moment, whatever name
or spelling led there: a name that resolves to a private address, a redirect, a rebinding name server all
end at the same place. Names and odd spellings are refused earlier only to give a clearer message.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Ranges of the IANA special-purpose registries (RFC 6890 and successors) by the word an operator knows
# them by. Everything else that is not "global" is refused as reserved.
_NAMED: tuple[tuple[str, str], ...] = (
    ("169.254.169.254/32", "cloud metadata"),
    ("fd00:ec2::254/128", "cloud metadata"),
    ("0.0.0.0/8", "unspecified"),
    ("::/128", "unspecified"),
    ("127.0.0.0/8", "loopback"),
    ("::1/128", "loopback"),
    ("10.0.0.0/8", "private"),
    ("172.16.0.0/12", "private"),
    ("192.168.0.0/16", "private"),
    ("fc00::/7", "private"),
    ("fec0::/10", "site-local"),
    ("100.64.0.0/10", "carrier-grade NAT"),
    ("169.254.0.0/16", "link-local"),
    ("fe80::/10", "link-local"),
    ("224.0.0.0/4", "multicast"),
    ("ff00::/8", "multicast"),
    ("255.255.255.255/32", "broadcast"),
    ("192.88.99.0/24", "reserved"),  # 6to4 relays, RFC 7526
)
_RANGES = tuple((ipaddress.ip_network(text), word) for text, word in _NAMED)
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_TRANSLATED = ipaddress.ip_network("::ffff:0:0:0/96")  # IPv4-translated, RFC 2765
_COMPATIBLE = ipaddress.ip_network("::/96")  # IPv4-compatible, RFC 4291, deprecated


class Refused(Exception):
    """A connection is not made. The message names the host and the reason."""


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The operator's exceptions, e.g. `["10.1.0.0/16", "127.12.0.3"]`. Raises ValueError on a bad one."""
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def embedded(address: Address) -> list[ipaddress.IPv4Address]:
    """IPv4 addresses an IPv6 address may lead to: mapped, compatible, 6to4, Teredo, NAT64, translated."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    low = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if any(address in network for network in (*_NAT64, _TRANSLATED, _COMPATIBLE)) and int(address) > 1:
        found.append(low)
    return [each for each in found if each is not None]


def refusal(address: Address | str, allowed: Iterable[Network] = ()) -> str | None:
    """Why no connection may be made to `address` (a word or two), None where it may."""
    if isinstance(address, str):
        try:
            address = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return "not an address"
    exceptions = tuple(allowed)
    if any(address.version == network.version and address in network for network in exceptions):
        return None
    for inner in embedded(address):
        reason = refusal(inner, exceptions)
        if reason:
            return f"{reason} inside IPv6"
    for network, word in _RANGES:
        if address.version == network.version and address in network:
            return word
    if embedded(address):
        # A wrapper around a public address: only NAT64 is a way to reach one (RFC 6052).
        return None if any(address in network for network in _NAT64[:1]) else "reserved"
    return None if address.is_global and not address.is_multicast else "reserved"


def literal(host: str) -> Address | None:
    """The address that a host spells, in any form a resolver takes (`127.1`, `0x7f000001`, `2130706433`)."""
    text = host.strip("[]").partition("%")[0].rstrip(".")
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        pass
    if re.fullmatch(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+)){0,3}", text.lower()):
        try:
            return ipaddress.IPv4Address(socket.inet_aton(text))
        except OSError:
            return None
    return None


def is_loopback(host: str) -> bool:
    """True for a host that spells a loopback address: reached only where the operator allows it."""
    address = literal(host)
    return bool(address and address.is_loopback)


def _said(reason: str) -> str:
    """`loopback inside IPv6` as `a loopback address inside IPv6`."""
    word, inside, rest = reason.partition(" inside ")
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word} address{inside}{rest}"


@dataclass(frozen=True)
class Gate:
    """The rules of one process: the operator's exceptions and the proxy, the one name that may be dialled."""

    allowed: tuple[Network, ...] = ()
    proxy: tuple[str, int] | None = None
    refused: list[str] = field(default_factory=list, compare=False)
    admitted: set[tuple[str, int]] = field(default_factory=set, compare=False)

    def admit(self, host: str, port: int) -> None:
        """Lets one listener of this process through, that address and port alone: the canary's feed."""
        self.admitted.add((host, port))

    def ours(self, host: str, port: int) -> bool:
        """Whether a listener of this very process answers there."""
        return (host, port) in self.admitted

    def check_host(self, host: str, port: int = 0) -> None:
        """Refuses a URL's host that spells an address we may not reach. Raises Refused."""
        if self.ours(host, port):
            return
        address = literal(host)
        if address is None:
            if re.fullmatch(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+))*", host.lower().rstrip(".")):
                raise Refused(f"{host} is a number that is no address")
            return
        reason = refusal(address, self.allowed)
        if reason:
            spelled = f" ({address})" if str(address) != host.strip("[]") else ""
            raise Refused(f"{host}{spelled} is {_said(reason)}; HORIZONSCAN_ALLOW_PRIVATE can allow it")

    def check_connection(self, host: str, port: int) -> None:
        """Refuses a connection to an address, at the moment it is made. Raises Refused."""
        if self.ours(host, port) or (self.proxy and (host, port) == self.proxy):
            return
        reason = refusal(host, self.allowed)
        if reason:
            raise Refused(f"resolves to {host}, {_said(reason)}; HORIZONSCAN_ALLOW_PRIVATE can allow it")


def install(reactor: Any, gate: Gate) -> None:
    """Puts the gate before every TCP connection the reactor makes, for whatever part of Scrapy asks."""
    dial: Callable[..., Any] = reactor.connectTCP

    def connect(host: str, port: int, *rest: Any, **named: Any) -> Any:
        gate.check_connection(host, port)
        return dial(host, port, *rest, **named)

    reactor.connectTCP = connect
