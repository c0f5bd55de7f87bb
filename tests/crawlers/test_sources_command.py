"""`horizonscan sources` as a person uses it: add, check, list; TLS; politeness; pages; exit codes."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.crawlers import running
from tests.sites import authority
from tests.sites.server import Request, answer, feed, fixed, serving

FEED = feed("Brand in de haven van Rotterdam", "Storing in het ziekenhuis van Utrecht")


def sources(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "horizonscan", "sources", *words],
        env=running.environment(folder, HORIZONSCAN_HOST_DELAY="0.1") | more, cwd=folder,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_add_check_list(tmp_path: Path) -> None:
    page = b"<!DOCTYPE html><title>Pagina niet gevonden</title>"
    with serving("127.9.5.1", {"/feed": fixed(answer(200, FEED)), "/page": fixed(answer(200, page))}) as site:
        added = sources(tmp_path, "add", site.url(), "--language", "nl", "--slug", "haven")
        assert added.returncode == 0, added.stderr
        assert "added as haven" in added.stdout
        twice = sources(tmp_path, "add", site.url())
        assert twice.returncode == 1 and "already" in twice.stderr
        refused = sources(tmp_path, "add", site.url("/page"), "--json")
        assert refused.returncode == 1 and "says that the page does not exist" in refused.stderr
        assert json.loads(refused.stdout.splitlines()[-1])["added"] is False
        forced = sources(tmp_path, "add", site.url("/page"), "--slug", "page", "--force")
        assert forced.returncode == 0
        checked = sources(tmp_path, "check", "--json")
        report = json.loads(checked.stdout.splitlines()[-1])
        assert checked.returncode == 1
        assert {s["slug"]: s["works"] for s in report["sources"]} == {"haven": True, "page": False}
        assert sources(tmp_path, "check", "haven").returncode == 0
        listed = json.loads(sources(tmp_path, "list", "--json").stdout.splitlines()[-1])
        assert [(s["slug"], s["health"], s["name"]) for s in listed["sources"]] == [
            ("haven", "new", "Invented"), ("page", "new", "127.9.5.1"),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["add", "http://127.0.0.1:9/feed", "--force"], 1, "loopback"),
        (["add", "http://localhost/feed", "--force"], 1, "localhost resolves to"),
        (["add", "ftp://news.example/feed"], 2, "must start with https"),
        (["add", "http://…"], 2, "give the whole address of a feed"),
        (["add", "http://"], 2, "the URL names no host; give the whole address"),
        (["add", "https://me:secret@news.example/feed"], 2, "user name or password"),
        (["add", "https://news.example/feed", "--domain", "weather"], 2, "no domain 'weather'"),
        (["check", "nothing"], 2, "no source 'nothing'"),
        (["check", "--catalogue", "missing.yaml"], 1, "missing.yaml"),
        (["frobnicate"], 2, "frobnicate"),
        ([], 2, "required"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_an_exit_code(
    tmp_path: Path, words: list[str], code: int, said: str
) -> None:
    done = sources(tmp_path, *words)
    assert done.returncode == code, done.stderr
    assert said in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("HORIZONSCAN_ALLOW_PRIVATE", "office"),
        ("HORIZONSCAN_PROXY", "socks5://p:1"),
        ("HORIZONSCAN_CA_BUNDLE", "/none"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, setting: str, value: str) -> None:
    done = sources(tmp_path, "add", "https://news.example/feed", **{setting: value})
    assert done.returncode == 2 and setting in done.stderr and "Traceback" not in done.stderr


def test_pages_and_the_politeness_of_one_host_by_name(tmp_path: Path) -> None:
    """A catalogue with two pages of one named host: read by rules, the pause kept between all requests."""
    news = (
        b"<ul><li><a href=/a>Hoog water in de Maas</a></li><li><a href=/b>Storing bij de haven</a></li></ul>"
    )
    with serving(
        "127.0.0.1", {"/news": fixed(answer(200, news)), "/rebuilt": fixed(answer(200, b"<p>New"))}
    ) as site:
        catalogue = tmp_path / "sources.yaml"
        rules = "{item: li, link: 'a@href', title: a}"
        lines = ["sources:"]
        for name in ("news", "rebuilt"):
            url = site.url(f"/{name}", "localhost")
            lines.append(f"  - {{slug: {name}, name: {name}, url: '{url}', kind: page, spider: {rules}}}")
        catalogue.write_text("\n".join(lines) + "\n")
        done = sources(
            tmp_path, "check", "--catalogue", str(catalogue), "--json",
            HORIZONSCAN_ALLOW_PRIVATE="127.0.0.0/8,::1", HORIZONSCAN_HOST_DELAY="0.5",
        )  # fmt: skip
        found = {s["slug"]: s for s in json.loads(done.stdout.splitlines()[-1])["sources"]}
        assert found["news"]["works"], found["news"]
        assert "jsonfeed, 2 entries" in found["news"]["findings"][-1]["text"]
        assert "may have been rebuilt" in found["rebuilt"]["findings"][0]["text"]
        begun = [request.begun for request in site.asked]
        assert [r.path for r in site.asked] == [
            "/robots.txt",
            "/.well-known/tdmrep.json",
            "/news",
            "/rebuilt",
        ]
        assert all(b - a >= 0.45 for a, b in pairwise(begun))


def test_a_page_is_added_by_its_rules(tmp_path: Path) -> None:
    with authority.running("127.9.5.2") as site:
        site.publish("/nieuws/1", "Storing in de drinkwaterpompen", "2026-11-24", "De pompen staan stil.")
        rules = [word for key, value in authority.SPIDER.items() for word in ("--rule", f"{key}={value}")]
        url = site.site.url("/nieuws")
        wrong = sources(tmp_path, "add", url, "--rule", "items=li")
        assert wrong.returncode == 2 and "'items' is not known" in wrong.stderr
        assert sources(tmp_path, "add", url, "--rule", "item=article").returncode == 1
        added = sources(tmp_path, "add", url, "--slug", "dienst", *rules)
        assert added.returncode == 0, added.stderr
        assert "jsonfeed, 1 entries" in sources(tmp_path, "check", "dienst").stdout
        (row,) = json.loads(sources(tmp_path, "list", "--json").stdout)["sources"]
        assert (row["kind"], row["name"]) == ("page", "Nieuws | Dienst Verzonnen Zaken")


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _certificate(folder: Path, host: str) -> Path:
    """A self-signed certificate for an address or a name, with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "invented")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([_name(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "bundle.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return path


def test_certificates_are_verified_and_the_operators_bundle_is_trusted(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(tmp_path, "127.9.6.1"))
    bundle = str(tmp_path / "bundle.pem")
    with serving("127.9.6.1", {"/feed": fixed(answer(200, FEED))}, context=context) as site:
        url = site.url().replace("http://", "https://")
        refused = sources(tmp_path, "add", url)
        assert refused.returncode == 1 and "not signed by an authority we trust" in refused.stderr
        assert site.asked == []
        assert sources(tmp_path, "add", url, HORIZONSCAN_CA_BUNDLE=bundle).returncode == 0
    with serving("127.9.6.2", {"/feed": fixed(answer(200, FEED))}, context=context) as site:
        url = site.url().replace("http://", "https://")
        refused = sources(tmp_path, "add", url, HORIZONSCAN_CA_BUNDLE=bundle)
        assert refused.returncode == 1 and "certificate" in refused.stderr
        assert site.asked == []


def test_behind_a_proxy_names_are_the_proxys_duty_and_literals_are_refused_here(tmp_path: Path) -> None:
    asked: list[str] = []

    def relay(request: Request) -> bytes:
        asked.append(request.path)
        return answer(200, FEED) if request.path == "http://news.example/feed" else answer(404)

    with serving("127.0.0.1", {"*": relay}) as proxy:
        through = {"HORIZONSCAN_PROXY": f"http://127.0.0.1:{proxy.port}", "HORIZONSCAN_ALLOW_PRIVATE": ""}
        assert sources(tmp_path, "add", "http://news.example/feed", **through).returncode == 0
        assert "http://news.example/robots.txt" in asked and "http://news.example/feed" in asked
        refused = sources(tmp_path, "add", "http://10.0.0.1/feed", **through)
        assert refused.returncode == 1 and "private" in refused.stderr
        assert not any("10.0.0.1" in path for path in asked)


def test_https_goes_through_the_proxys_tunnel_and_is_verified_at_its_end(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(tmp_path, "news.example"))
    tunnels: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def tunnel(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            tunnels.append(connection.recv(65536).split(b"\r\n")[0])
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with context.wrap_socket(connection, server_side=True) as inside:
                path = inside.recv(65536).split(b" ")[1]
                inside.sendall(answer(200, FEED) if path == b"/feed" else answer(404))

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=tunnel, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    with listener:
        through = {"HORIZONSCAN_PROXY": f"http://127.0.0.1:{listener.getsockname()[1]}"}
        bundle = {"HORIZONSCAN_CA_BUNDLE": str(tmp_path / "bundle.pem")}
        refused = sources(tmp_path, "add", "https://news.example/feed", **through)
        assert refused.returncode == 1 and "not signed by an authority" in refused.stderr
        added = sources(tmp_path, "add", "https://news.example/feed", **through, **bundle)
        assert added.returncode == 0, added.stderr
    assert set(tunnels) == {b"CONNECT news.example:443 HTTP/1.1"}
