"""How mail reaches a server: EMAIL_URL read, one SMTP connection for a batch, what each answer means.

`smtp://` is what a relay on the same machine or network speaks, `smtps://` is TLS from the first byte
(RFC 8314), `smtp+starttls://` upgrades or gives up. User and password are percent-decoded;
`?timeout=SECONDS` bounds every step. A certificate is always verified.
"""

from __future__ import annotations

import base64
import re
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import Enum
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

import structlog
from django.conf import settings

from config.options import ConfigError
from crawlers.guard import is_loopback
from notify.mail.make import host

log = structlog.get_logger()

_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
_TIMEOUT = 30.0
#: Words of a server that are kept.
_WORDS = 300


class Result(Enum):
    """What became of one message, and whose doing it was."""

    SENT = "sent"
    LATER = "later"  # this message was put off by the server, or its like is not accepted today
    UNSURE = "unsure"  # all of it was handed over, no answer came: it may have been taken
    REFUSED = "refused"  # for good: this message
    GONE = "gone"  # for good: this address
    DOWN = "down"  # the server, not the message: nothing was handed over


@dataclass(frozen=True, slots=True)
class Outcome:
    """A result with the server's words. `broken`: the line fell in the middle of the message.

    `after`: seconds the server asks to wait, 0 where it asks nothing.
    """

    result: Result
    said: str = ""
    after: float = 0.0
    broken: bool = False


class Transport(Protocol):
    """What hands over mail. One is used for a batch; `close` ends its connection."""

    def send(self, message: EmailMessage, sender: str, recipient: str) -> Outcome: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server as EMAIL_URL names it."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = _TIMEOUT


def server(url: str) -> Server:
    """Reads EMAIL_URL. Raises ConfigError, whose words never hold the password."""
    how = "use smtp://user:password@host:port, smtps://… or smtp+starttls://…"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ConfigError(f"EMAIL_URL cannot be read; {how}") from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/"):
        raise ConfigError(f"EMAIL_URL cannot be read; {how}")
    timeout = _TIMEOUT
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name != "timeout":
            raise ConfigError(f"EMAIL_URL: {name} is no option of it; only timeout is")
        try:
            timeout = float(value)
        except ValueError:
            timeout = 0
        if not 0 < timeout <= 120:
            raise ConfigError("EMAIL_URL: timeout is a number of seconds from 1 to 120")
    return Server(
        parts.scheme,
        parts.hostname,
        port or _PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        timeout,
    )


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"[:_WORDS]


def _about_address(words: bytes) -> bool:
    """Whether a 5xx answer is about the address itself: its enhanced code is X.1.* or X.2.* (RFC 3463)."""
    return re.match(rb"\s*5\.[12]\.\d", words) is not None


def _about_us(code: int, words: bytes) -> bool:
    """Whether a 5xx answer to RCPT is about how we came: no sign-in, a policy (X.7.*), a syntax of ours."""
    return code in (500, 501, 502, 503, 504, 530, 538) or re.match(rb"\s*5\.(7|5)\.\d", words) is not None


class Smtp:
    """One connection, opened with the first message and used until it fails or is closed."""

    def __init__(self, to: Server) -> None:
        self._server = to
        self._open: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, sender: str, recipient: str) -> Outcome:
        """Hands one message over. Never raises for what a server or network does."""
        try:
            smtp = self._alive() or self._connect()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Outcome(Result.DOWN, self._words(error))
        try:
            return self._hand_over(smtp, message, sender, recipient)
        except (OSError, smtplib.SMTPException) as error:
            # The line fell in the middle of this message: perhaps because of it, so it is its own failure.
            self.close()
            return Outcome(Result.LATER, self._words(error), broken=True)

    def close(self) -> None:
        smtp, self._open = self._open, None
        if smtp is None:
            return
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(2)
            smtp.quit()
        except (OSError, smtplib.SMTPException):
            smtp.close()

    def _alive(self) -> smtplib.SMTP | None:
        """The open connection where it is still one: servers end those that were silent for a while."""
        if self._open is None:
            return None
        try:
            if self._open.rset()[0] == 250:
                return self._open
        except (OSError, smtplib.SMTPException):
            log.debug("the mail server ended an idle connection")
        self.close()
        return None

    def _connect(self) -> smtplib.SMTP:
        to = self._server
        # Named, because smtplib would ask a name server who we are, and wait for it.
        name = host() if ":" not in host() else "localhost"
        smtp: smtplib.SMTP
        if to.scheme == "smtps":
            smtp = smtplib.SMTP_SSL(to.host, to.port, name, timeout=to.timeout, context=_trust())
        else:
            smtp = smtplib.SMTP(to.host, to.port, name, timeout=to.timeout)
        self._open = smtp
        smtp.ehlo_or_helo_if_needed()
        if to.scheme == "smtp+starttls":
            smtp.starttls(context=_trust())
            smtp.ehlo()
        elif to.scheme == "smtp" and to.user and not is_loopback(to.host) and to.host != "localhost":
            if not smtp.has_extn("starttls"):
                raise smtplib.SMTPNotSupportedError(
                    "the server offers no STARTTLS and the password would travel in clear"
                )
            smtp.starttls(context=_trust())
            smtp.ehlo()
        if to.user:
            self._sign_in(smtp)
        return smtp

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        to = self._server
        if "PLAIN" in smtp.esmtp_features.get("auth", "").upper().split():
            # smtplib's own encodes ASCII only; RFC 4616 says UTF-8.
            word = base64.b64encode(f"\0{to.user}\0{to.password}".encode()).decode("ascii")
            code, words = smtp.docmd("AUTH", f"PLAIN {word}")
            if code not in (235, 503):
                raise smtplib.SMTPAuthenticationError(code, words)
        else:
            smtp.login(to.user, to.password)

    def _hand_over(self, smtp: smtplib.SMTP, message: EmailMessage, sender: str, recipient: str) -> Outcome:
        content = message.as_bytes()
        options = [f"SIZE={len(content)}"] if smtp.has_extn("size") else []
        code, words = smtp.mail(sender, options)
        if code == 421:
            return self._closing(code, words)
        if code != 250:
            # Of our sender, not of this reader: the operator can mend it.
            return Outcome(Result.LATER, _said(code, words))
        code, words = smtp.rcpt(recipient)
        if code == 421:
            return self._closing(code, words, Result.LATER)
        if code not in (250, 251):
            return Outcome(_of_recipient(code, words), _said(code, words))
        code, words = smtp.docmd("DATA")
        if code == 421:
            return self._closing(code, words, Result.LATER)
        if code != 354:
            return Outcome(_of_content(code, words), _said(code, words))
        # Dots at the start of a line are doubled (RFC 5321 4.5.2).
        smtp.send(re.sub(rb"(?m)^\.", b"..", content).removesuffix(b"\r\n") + b"\r\n.\r\n")
        try:
            code, words = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            said = f"no answer after the whole message: {self._words(error)}"
            return Outcome(Result.UNSURE, said, broken=True)
        if code == 250:
            return Outcome(Result.SENT, _said(code, words))
        if code == 421:
            return self._closing(code, words, Result.LATER)
        return Outcome(_of_content(code, words), _said(code, words))

    def _closing(self, code: int, words: bytes, result: Result = Result.DOWN) -> Outcome:
        """421: the server closes the line; nothing was taken (RFC 5321 3.8).

        Before the recipient is named it is the server's doing. After, it may be this message's, which must
        not be tried first again and again: so it is put off, and two in a row are an outage.
        """
        self.close()
        return Outcome(result, _said(code, words), broken=result is Result.LATER)

    def _words(self, error: Exception) -> str:
        to = self._server
        if isinstance(error, smtplib.SMTPResponseException):
            return _said(error.smtp_code, error.smtp_error)
        if isinstance(error, TimeoutError):
            return f"{to.host}:{to.port} gave no answer within {to.timeout:g} seconds"
        if isinstance(error, ssl.SSLError):
            return f"{to.host}:{to.port}: TLS: {error.reason or error}"[:_WORDS]
        if isinstance(error, OSError) and error.strerror:
            return f"{to.host}:{to.port}: {error.strerror}"[:_WORDS]
        return f"{to.host}:{to.port}: {' '.join(str(error).split()) or type(error).__name__}"[:_WORDS]


def _of_recipient(code: int, words: bytes) -> Result:
    if code < 500 or _about_us(code, words):
        return Result.LATER
    return Result.GONE


def _of_content(code: int, words: bytes) -> Result:
    if code < 500:
        return Result.LATER
    return Result.GONE if _about_address(words) else Result.REFUSED


def _trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    bundle = settings.HORIZONSCAN_CA_BUNDLE
    if bundle:
        try:
            context.load_verify_locations(bundle)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"HORIZONSCAN_CA_BUNDLE {bundle} cannot be used: {error}") from None
    return context


class Sink:
    """Takes a message without a network: what proves the way up to it (the canary without an address)."""

    def send(self, message: EmailMessage, sender: str, recipient: str) -> Outcome:
        return Outcome(Result.SENT, f"{len(message.as_bytes())} bytes to the internal sink")

    def close(self) -> None:
        """Nothing to end."""


def configured() -> Transport | None:
    """The transport of EMAIL_URL; None without one. Raises ConfigError where it cannot be read."""
    return Smtp(server(settings.EMAIL_URL)) if settings.EMAIL_URL else None
