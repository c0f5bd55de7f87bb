"""For machines: whether the process lives, whether what it needs answers, and figures for Prometheus.

None of them needs a session. Details and figures go to whoever asks from a loopback or private address, and
to administrators; anybody else learns no more than yes or no. A request that came in under the public name
of the pages does not count as local: a proxy on this machine would make the whole world so.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from crawlers.guard import is_loopback, refusal
from web import metrics, readiness
from web.access import may, role

_PLAIN = "text/plain; charset=utf-8"


def local(address: str, host: str, origin: str) -> bool:
    """Whether a request may see details by where it comes from.

    `address`: the peer's (waitress: the client's, where HORIZONSCAN_TRUSTED_PROXY names the proxy). `host`:
    of the Host header, without port. `origin`: HORIZONSCAN_URL.
    """
    try:
        peer = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    peer = getattr(peer, "ipv4_mapped", None) or peer
    public = (urlsplit(origin).hostname or "").lower()
    if public and host.lower().strip("[]") == public and not (is_loopback(public) or public == "localhost"):
        return False
    return refusal(peer) in ("loopback", "private")


def _trusted(request: HttpRequest) -> bool:
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    if local(request.META.get("REMOTE_ADDR", ""), host, settings.ORIGIN):
        return True
    return may(request.user, "admin")


@role("anyone")
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives: nothing else is asked."""
    return HttpResponse("ok\n", content_type=_PLAIN)


@role("anyone")
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 where store, broker and index answer, else 503; with what is wrong for whoever may know."""
    found = readiness.troubles()
    ready = not any(found.values())
    told = "ready\n" if ready else "not ready\n"
    if _trusted(request):
        told += "".join(f"{part}: {trouble or 'ok'}\n" for part, trouble in found.items())
    return HttpResponse(told, status=200 if ready else 503, content_type=_PLAIN)


@role("anyone")
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Figures in Prometheus' text format; 403 for whoever may not see them."""
    if not _trusted(request):
        return HttpResponse("only from this machine, its network or an administrator\n", _PLAIN, 403)
    return HttpResponse(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)
