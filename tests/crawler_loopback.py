"""The demo newsroom with faults: a proxy on loopback whose answers a test can replace."""

import json
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from extract import canonical_url
from extract.characters import tidy
from hasila.newsroom.content import Story, load_sites
from hasila.newsroom.pages import answer

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
EDITIONS = {
    edition: load_sites(ROOT / "tests" / "fixtures" / "newsroom", edition=edition) for edition in (1, 2)
}
SITES = EDITIONS[1]
NAMES = tuple(host.removesuffix(".test") for host in SITES)
"""The sites of the newsroom, as the crawl calls them."""
ORIGINS = json.dumps({name: f"http://{name}.test" for name in NAMES})


def stories_of(*hosts: str) -> list[Story]:
    return [story for host in hosts for story in SITES[host].stories]


def address(story: Story) -> str:
    """How the crawler knows a story: escapes in capitals."""
    return canonical_url(story.url)


def body_of(story: Story) -> str:
    """What the extraction makes of a story: no-break spaces are spaces."""
    return "\n".join(map(tidy, story.paragraphs))


@dataclass
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})
    delay: float = 0.0
    cut: bool = False
    """Announce more than is sent and close."""


@dataclass
class Loopback:
    address: str = ""
    replies: dict[str, Reply | Callable[[], Reply]] = field(default_factory=dict)
    """By URL, without the port where no proxy is asked; all others are answered by the newsroom."""
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """URL and headers of every request, in order."""
    times: list[float] = field(default_factory=list)
    """When each of them came, on the monotonic clock."""
    edition: int = 1
    """Which edition of the newsroom answers."""
    arrived: threading.Event = field(default_factory=threading.Event)
    """Set when a URL of `replies` was asked for."""

    @property
    def port(self) -> int:
        return urlsplit(self.address).port or 0

    def asked(self, url: str) -> int:
        return [requested for requested, _ in self.requests].count(url)

    def articles_asked(self) -> list[str]:
        """The articles of the newsroom that were asked for, by canonical URL, in order."""
        stories = {address(story) for story in stories_of(*SITES)}
        return [found for url, _ in self.requests if (found := canonical_url(url)) in stories]

    def reply(self, url: str) -> Reply:
        found = self.replies.get(url)
        if found is not None:
            self.arrived.set()
            return found() if callable(found) else found
        parts = urlsplit(url)
        site = EDITIONS[self.edition].get(parts.hostname or "")
        if site is None:
            return Reply(404)
        page = answer(site, parts.path + (f"?{parts.query}" if parts.query else ""))
        return Reply(
            page.status, page.body, {"Content-Type": page.content_type, "ETag": page.etag, **page.headers}
        )


@contextmanager
def loopback(
    replies: dict[str, Reply | Callable[[], Reply]] | None = None, *, tls: ssl.SSLContext | None = None
) -> Iterator[Loopback]:
    site = Loopback(replies=replies or {})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            # Asked as the server itself and not as a proxy: the path alone.
            host = self.headers.get("Host", "").partition(":")[0]
            url = f"http://{host}{self.path}" if self.path.startswith("/") else self.path
            site.requests.append((url, dict(self.headers)))
            site.times.append(time.monotonic())
            reply = site.reply(url)
            etag = reply.headers.get("ETag")
            if etag and self.headers.get("If-None-Match") == etag:
                reply = Reply(304, headers={"ETag": etag})
            time.sleep(reply.delay)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body) + 100 * reply.cut))
            self.end_headers()
            self.wfile.write(reply.body)
            self.close_connection = reply.cut

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A crawl that was killed breaks its connections."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def settings(site: Loopback, **more: object) -> list[str]:
    """Options that send a crawl to the loopback and let it wait for nobody."""
    values = {
        "HASILA_ORIGINS": ORIGINS,
        "HASILA_PROXY": site.address,
        "AUTOTHROTTLE_ENABLED": 0,
        "DOWNLOAD_DELAY": 0,
        "RETRY_TIMES": 0,
        **more,
    }
    return [part for name, value in values.items() for part in ("-s", f"{name}={value}")]


def run(
    *command: object, cwd: Path | None = None, stdin: bytes | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program of the virtual environment to its end."""
    program, *arguments = map(str, command)
    done = subprocess.run(
        [str(BIN / program), *arguments], cwd=cwd, input=stdin, capture_output=True, timeout=120, check=False
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    )


def start(*command: object, cwd: Path | None = None) -> subprocess.Popen[bytes]:
    """Start a program of the virtual environment; the caller waits for it."""
    program, *arguments = map(str, command)
    return subprocess.Popen(
        [str(BIN / program), *arguments], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
