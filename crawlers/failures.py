"""Why a request failed, in one line a person understands."""

from __future__ import annotations

import zlib

import brotli
from scrapy import exceptions as scrapy_errors

from crawlers.guard import Refused


def _causes(error: BaseException) -> list[BaseException]:
    """The error, what caused it, and the reasons Twisted keeps inside, outermost first."""
    found: list[BaseException] = []
    queue: list[BaseException | None] = [error]
    while queue and len(found) < 20:
        current = queue.pop(0)
        if current is None or current in found:
            continue
        found.append(current)
        queue += [current.__cause__, current.__context__]
        for reason in getattr(current, "reasons", None) or ():
            queue.append(getattr(reason, "value", None))
    return found


def refused(error: BaseException) -> Refused | None:
    """The guard's refusal inside an error, if it is one."""
    return next((each for each in _causes(error) if isinstance(each, Refused)), None)


def describe(error: BaseException, limit: int, seconds: float) -> str:
    """One line: what went wrong. `limit` and `seconds` are the bounds that were in force."""
    names = {type(each).__name__ for each in _causes(error)}
    if (
        isinstance(error, scrapy_errors.DownloadTimeoutError)
        or "TimeoutError" in names
        or "TCPTimedOutError" in names
    ):
        return f"no complete answer within {seconds:g} seconds"
    if isinstance(error, scrapy_errors.CannotResolveHostError):
        return "the host's name cannot be resolved"
    if isinstance(error, scrapy_errors.DownloadConnectionRefusedError):
        return "the connection was refused"
    if isinstance(error, scrapy_errors.DownloadCancelledError | scrapy_errors.IgnoreRequest):
        return f"the body is larger than {limit} bytes (HORIZONSCAN_MAX_BODY)"
    if isinstance(error, scrapy_errors.ResponseDataLossError):
        return "the connection ended before the whole body came"
    tls = [
        each for each in _causes(error) if type(each).__module__.startswith(("OpenSSL", "service_identity"))
    ]
    if tls:
        return f"TLS: {_tls(tls[0])}"
    if isinstance(error, zlib.error | brotli.error | EOFError | OSError) and type(error).__module__ in (
        "zlib",
        "brotli",
        "_brotli",
        "builtins",
        "gzip",
    ):
        return f"the body cannot be decompressed: {_line(error)}"
    if "HeadTooLong" in names:
        return "the answer's header is endless"
    if names & {"ParseError", "BadHeaders", "TransferDecoderAborted"} or (
        isinstance(error, scrapy_errors.DownloadFailedError) and "ValueError" in names
    ):
        return "the answer is not HTTP"
    if names & {"ConnectionDone", "ConnectionLost", "ConnectionAborted"}:
        return "the server hung up without a complete answer"
    if names & {"NoRouteError", "ConnectError", "ConnectBindError", "UnknownHostError"}:
        return f"no connection: {_line(_causes(error)[-1])}"
    return _line(_causes(error)[-1])


def _tls(error: BaseException) -> str:
    text = str(error)
    if "certificate verify failed" in text:
        return (
            "the certificate is expired or not signed by an authority we trust "
            "(HORIZONSCAN_CA_BUNDLE can add one)"
        )
    if "VerificationError" in type(error).__name__ or "mismatch" in text.lower():
        return "the certificate is for another host"
    # OpenSSL's own queue of errors: (library, function, reason).
    queue = error.args[0] if error.args and isinstance(error.args[0], list) else []
    reasons = [str(each[2]) for each in queue if isinstance(each, tuple) and len(each) == 3]
    return ", ".join(reasons)[:160] or _line(error)


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split())[:160]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
