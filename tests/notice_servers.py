"""Servers on loopback that notices are sent to: a webhook, and an SMTP server with STARTTLS and a login."""

from __future__ import annotations

import base64
import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class Hook:
    """What a webhook received, and how it answers."""

    url: str = ""
    status: int = 204
    location: str = ""
    silent: bool = False
    """It takes the message and never answers."""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


@contextmanager
def webhook(**how: Any) -> Iterator[Hook]:
    """A webhook; its address ends in a token."""
    hook = Hook(**how)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hook.methods.append(self.command)
            hook.headers.append(dict(self.headers))
            length = int(self.headers.get("Content-Length", 0))
            if length:
                hook.bodies.append(json.loads(self.rfile.read(length)))
            if hook.silent:
                hook.closing.wait(30)
                return
            self.send_response(hook.status)
            if hook.location:
                self.send_header("Location", hook.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with served(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        hook.url = f"http://127.0.0.1:{server.server_address[1]}/services/T0KEN?key=S3CRET"
        try:
            yield hook
        finally:
            hook.closing.set()


@dataclass
class Mailbox:
    """What a mail server received, and how it behaves."""

    port: int = 0
    user: str = ""
    """Who may log in; "" where nobody has to."""
    password: str = ""
    refused: tuple[str, ...] = ()
    """Recipients that it does not take."""
    certificate: tuple[Path, Path] | None = None
    """Certificate and key; with them STARTTLS is offered."""
    silent: bool = False
    """It accepts the connection and says nothing."""
    dripping: bool = False
    """It greets a line at a time for ever, so that no time-out of a socket helps."""
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


@contextmanager
def mail_server(**how: Any) -> Iterator[Mailbox]:
    """An SMTP server (RFC 5321) that knows what smtplib says."""
    box = Mailbox(**how)

    class Handler(socketserver.StreamRequestHandler):
        timeout = 30

        def handle(self) -> None:
            self.secure, self.known, self.to = False, not box.user, []
            while box.dripping and not box.closing.wait(0.05):
                self.wfile.write(b"220-wait\r\n")
            if box.silent or box.dripping:
                box.closing.wait(30)
                return
            self.say("220 mail.test")
            while line := self.rfile.readline():
                verb, _, rest = line.decode("latin-1").strip().partition(" ")
                if verb.upper() == "QUIT":
                    self.say("221 bye")
                    return
                getattr(self, f"smtp_{verb.lower()}")(rest)

        def say(self, *lines: str) -> None:
            self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

        def smtp_ehlo(self, name: str) -> None:
            offers = ["mail.test", "8BITMIME"]
            if box.certificate and not self.secure:
                offers.append("STARTTLS")
            if box.user:
                offers.append("AUTH PLAIN")
            self.say(*(f"250-{offer}" for offer in offers[:-1]), f"250 {offers[-1]}")

        def smtp_starttls(self, rest: str) -> None:
            self.say("220 go ahead")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*box.certificate or ())
            self.request = context.wrap_socket(self.request, server_side=True)
            self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
            self.secure = True

        def smtp_auth(self, rest: str) -> None:
            login = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")[1:]
            self.known = login == [box.user, box.password]
            # A careless server repeats what it was told.
            self.say("235 welcome" if self.known else f"535 no such login: {rest} {login}")

        def smtp_mail(self, rest: str) -> None:
            self.say("250 ok" if self.known else "530 log in first")

        def smtp_rcpt(self, rest: str) -> None:
            address = rest.partition("<")[2].partition(">")[0]
            if address in box.refused:
                self.say("550 no such mailbox")
                return
            self.to.append(address)
            self.say("250 ok")

        def smtp_data(self, rest: str) -> None:
            self.say("354 go ahead")
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b"."))
            mail = message_from_bytes(b"".join(lines), policy=policy.default)
            assert isinstance(mail, EmailMessage)
            box.mails.append(mail)
            box.recipients.append(self.to)
            box.encrypted.append(self.secure)
            self.say("250 taken")

        def smtp_rset(self, rest: str) -> None:
            self.say("250 ok")

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True

    with served(Server(("127.0.0.1", 0), Handler)) as server:
        box.port = server.server_address[1]
        try:
            yield box
        finally:
            box.closing.set()


@contextmanager
def served(server: Any) -> Iterator[Any]:
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # a client that went away
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
