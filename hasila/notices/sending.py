"""Sending notices: by a webhook, by mail, each within the time of the configuration and without a word about secrets.

An error of the libraries may quote an address with its token, or a line of the login. So what is said about a failure
is put together here, from what is known to be harmless: status codes, names of errors, the host.
"""

from __future__ import annotations

import base64
import json
import os
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from importlib.metadata import version
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from hasila.configuration import Configuration, Mail
from hasila.notices.notice import Notice


class SendingError(Exception):
    """A notice did not go out; the message is the rest of a line and holds no secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of a notice on one way."""

    way: str
    """Where it went, fit to be shown: `webhook https://hooks.example.org/…`, `mail by smtp.example.org:587`."""
    failure: str | None
    """Why it did not arrive, in one line; None where it did."""


def ways(
    configuration: Configuration, environment: Mapping[str, str] = os.environ
) -> dict[str, Callable[[Notice], None]]:
    """Return the ways that are set, by their names; each sends a notice or raises SendingError."""
    found: dict[str, Callable[[Notice], None]] = {}
    seconds = configuration.notices.timeout.total_seconds()
    if url := configuration.notices.webhook:
        found[f"webhook {shown(url)}"] = lambda notice: post(url, notice, seconds)
    if (mail := configuration.mail).host:
        found[f"mail by {mail.host}:{mail.port}"] = lambda notice: send_mail(
            mail, notice, seconds, environment
        )
    return found


def send(
    notice: Notice, configuration: Configuration, environment: Mapping[str, str] = os.environ
) -> list[Sent]:
    """Send a notice on every way that is set, all at once. Returns within the time of the configuration."""
    seconds = configuration.notices.timeout.total_seconds()
    failures: dict[str, str | None] = {}

    def attempt(name: str, way: Callable[[Notice], None]) -> None:
        try:
            way(notice)
        except SendingError as error:
            failures[name] = str(error)
        except Exception as error:
            failures[name] = type(error).__name__  # whatever it says may hold a secret
        else:
            failures[name] = None

    # A time-out of a socket is for one answer of many, and none is for DNS; so threads are left behind when time is up.
    threads = {
        name: threading.Thread(target=attempt, args=(name, way), daemon=True)
        for name, way in ways(configuration, environment).items()
    }
    deadline = time.monotonic() + seconds
    for thread in threads.values():
        thread.start()
    for thread in threads.values():
        thread.join(max(0.0, deadline - time.monotonic()))
    late = f"took longer than {seconds:g} s"
    return [Sent(way=name, failure=failures.get(name, late)) for name in threads]


def shown(url: str) -> str:
    """Return an address without what may be secret in it: scheme, host and port."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}/…"


class _NoRedirects(HTTPRedirectHandler):
    """A redirected POST would become a GET, and its body be lost without a word."""

    def redirect_request(self, *arguments: Any) -> None:
        """Follow none."""


def post(url: str, notice: Notice, seconds: float) -> None:
    """Send a notice as JSON to a webhook. Any 2xx answer is a success. Raises SendingError."""
    try:
        parts = urlsplit(url)
        user, at, host = parts.netloc.rpartition("@")
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": f"Hasila/{version('hasila')}",
        }
        if at:
            login = base64.b64encode(unquote(user).encode()).decode("ascii")
            headers["Authorization"] = f"Basic {login}"
        data = json.dumps(notice.body(), ensure_ascii=False).encode()
        request = Request(parts._replace(netloc=host, fragment="").geturl(), data, headers, method="POST")  # noqa: S310 - http(s) only
        with build_opener(_NoRedirects).open(request, timeout=seconds):
            pass
    except HTTPError as error:
        error.close()
        raise SendingError(f"answers HTTP {error.code}") from None
    except URLError as error:
        raise SendingError(_reason(error.reason)) from None
    except OSError as error:
        raise SendingError(_reason(error)) from None


def send_mail(
    mail: Mail, notice: Notice, seconds: float, environment: Mapping[str, str] = os.environ
) -> None:
    """Send a notice by SMTP. Raises SendingError."""
    password = _password(mail, environment) if mail.user else ""
    name = socket.gethostname()
    options: dict[str, Any] = {
        "timeout": seconds,
        # Else the library asks DNS for the name of this machine, which may take its time.
        "local_hostname": name if "." in name else "[127.0.0.1]",
    }
    try:
        if mail.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                mail.host, mail.port, context=ssl.create_default_context(), **options
            )
        else:
            server = smtplib.SMTP(mail.host, mail.port, **options)
        with server:
            if mail.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if mail.user:
                server.login(mail.user, password)
            refused = server.send_message(message(mail, notice))
    except smtplib.SMTPAuthenticationError as error:
        raise SendingError(f"refuses the login of {mail.user} (SMTP {error.smtp_code})") from None
    except smtplib.SMTPRecipientsRefused as error:
        raise SendingError(_refused(error.recipients)) from None
    except smtplib.SMTPSenderRefused as error:
        raise SendingError(f"refuses the sender {mail.sender} (SMTP {error.smtp_code})") from None
    except smtplib.SMTPNotSupportedError:
        raise SendingError(f'does not offer what `security = "{mail.security}"` or the login needs') from None
    except smtplib.SMTPResponseException as error:
        raise SendingError(f"answers SMTP {error.smtp_code}") from None
    except smtplib.SMTPServerDisconnected:
        raise SendingError("closed the connection") from None
    except OSError as error:
        raise SendingError(_reason(error)) from None
    if refused:
        raise SendingError(_refused(refused))


def message(mail: Mail, notice: Notice) -> EmailMessage:
    """Return the mail: the text, from the sender to all recipients."""
    made = EmailMessage()
    made["From"] = mail.sender
    made["To"] = ", ".join(mail.to)
    made["Subject"] = notice.subject
    made["Date"] = format_datetime(notice.ended_at)
    made["Message-ID"] = make_msgid(domain=mail.sender.rpartition("@")[2])
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
    made.set_content(notice.text)
    return made


def _password(mail: Mail, environment: Mapping[str, str]) -> str:
    if password := environment.get(PASSWORD):
        return password
    if mail.password_file is None:
        raise SendingError(f"there is no password for {mail.user}: set {PASSWORD} or `password_file`")
    try:
        lines = mail.password_file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or "it is no text"
        raise SendingError(f"the password file {mail.password_file} cannot be read: {why}") from None
    if not lines or not lines[0].strip():
        raise SendingError(f"the password file {mail.password_file} is empty")
    return lines[0].strip()


PASSWORD: Final = "HASILA_MAIL_PASSWORD"  # noqa: S105 - the name of the variable
"""The variable that holds the password of the mail server; it goes before the file."""


def _refused(recipients: Mapping[str, tuple[int, bytes]]) -> str:
    return "refuses " + ", ".join(f"{address} (SMTP {code})" for address, (code, _) in recipients.items())


def _reason(error: object) -> str:
    if isinstance(error, TimeoutError):
        return "did not answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"has a bad certificate: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS failed: {error.reason}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
