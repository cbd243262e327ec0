"""The newsroom on the wire: an HTTP server on loopback that is also the proxy for its virtual hosts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from hasila.newsroom.content import NewsroomError, Site, Story, load_sites
from hasila.newsroom.faults import Faults
from hasila.newsroom.pages import Answer, answer
from hasila.newsroom.templates import TemplateError


class Newsroom:
    """Serves a newsroom while the context is open.

    Two ways lead in: as an HTTP proxy (`GET http://quickpost.test/ HTTP/1.1`), which is how the crawler uses it, and
    by the Host header. In the second `edition` some stories are edited and others gone; with `faults` the sites misbehave
    as their `site.toml` says. Raises NewsroomError for a malformed folder or a port that is taken.
    """

    def __init__(self, folder: Path, *, port: int = 0, edition: int = 1, faults: bool = False) -> None:
        self.sites = load_sites(folder, edition=edition)
        self._faults = Faults(self.sites) if faults else None
        self.requests: list[tuple[str, str]] = []
        """(host, path with query) of every request answered, in order."""
        try:
            self._server = _LoopbackServer(("127.0.0.1", port), partial(_Handler, self._answer))
        except OSError as error:
            raise NewsroomError(f"127.0.0.1:{port}: cannot be served there ({error.strerror})") from error
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), name="newsroom", daemon=True)

    @property
    def address(self) -> str:
        """`http://127.0.0.1:PORT`, to be set as the proxy."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def stories(self) -> list[Story]:
        """The stories of all sites."""
        return [story for site in self.sites.values() for story in site.stories]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, host: str, target: str) -> Answer:
        self.requests.append((host, target))
        site: Site | None = self.sites.get(host)
        if site is None:
            return _plain(HTTPStatus.BAD_GATEWAY, f"{host or 'no host'}: not in this newsroom")
        try:
            return (self._faults and self._faults.instead(site, target)) or answer(site, target)
        except TemplateError as error:
            return _plain(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))


class _LoopbackServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Newsroom"
    sys_version = ""
    timeout = 30
    wbufsize = -1  # headers and body leave in one packet, so no client waits for a delayed acknowledgement

    def __init__(self, respond: Callable[[str, str], Answer], *connection: object) -> None:
        self._respond = respond
        super().__init__(*connection)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer a request in the absolute form or with a Host header."""
        try:
            parts = urlsplit(self.path)
            host = parts.hostname or urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""
        except ValueError:
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        page = self._respond(host, target)
        unchanged = page.status == HTTPStatus.OK and self._is_current(page)
        self.send_response(HTTPStatus.NOT_MODIFIED if unchanged else page.status)
        if page.status == HTTPStatus.OK:
            self.send_header("ETag", page.etag)
        for name, value in page.headers.items():
            self.send_header(name, value)
        if page.last_modified:
            self.send_header(
                "Last-Modified", format_datetime(page.last_modified.astimezone(UTC), usegmt=True)
            )
        if not unchanged:
            self.send_header("Content-Type", page.content_type)
            self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        if self.command != "HEAD" and not unchanged:
            self.wfile.write(page.body)

    def do_HEAD(self) -> None:
        """The same without the body."""
        self.do_GET()

    def _is_current(self, page: Answer) -> bool:
        """Whether the client's copy still holds; If-None-Match comes first (RFC 9110, section 13.2.2)."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            known = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
            return page.etag in known or "*" in known
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
        except ValueError:
            return False
        return page.last_modified is not None and page.last_modified <= since.replace(
            tzinfo=since.tzinfo or UTC
        )

    def log_message(self, *args: object) -> None:
        """Nothing: the caller reads `Newsroom.requests`."""


def _plain(status: HTTPStatus, message: str) -> Answer:
    return Answer(status, "text/plain; charset=UTF-8", f"{message}\n".encode())
