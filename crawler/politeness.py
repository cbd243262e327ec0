"""How the crawler behaves towards servers: who it says it is, what robots.txt tells it, how fast it goes."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Coroutine
from importlib.metadata import version
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.core.downloader import Downloader, Slot
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.utils.misc import build_from_crawler
from twisted.internet.defer import Deferred

from crawler.holds import CapReachedError, HeldError

logger = logging.getLogger(__name__)

ROBOTS_MAX_BYTES: Final = 500 * 1024
"""So much of a robots.txt is read: what RFC 9309, section 2.5, demands at least."""

LONGEST_CRAWL_DELAY: Final = 120.0
"""Seconds between two requests that a robots.txt can ask for; more would stop a crawl rather than slow it down."""

PURPOSE: Final = "news reader for statistics on social protection in Morocco"
"""What the User-Agent header says unless the operator says something else."""

_NOBODY: Final = b"User-agent: *\nDisallow: /\n"
_EVERYBODY: Final = b""
_REFUSED: Final = frozenset({401, 403, 429})


def postmaster() -> str:
    """Return the mailbox of this machine that RFC 5321, section 4.5.1, reserves."""
    return f"mailto:postmaster@{socket.gethostname()}"


def user_agent(contact: str, purpose: str = PURPOSE) -> str:
    """Return the User-Agent header: name, version, what it is for, and whom to write to (an address or a URL)."""
    return f"Hasila/{version('hasila')} ({purpose}; +{contact})"


class RobotsRefusalError(IgnoreRequest):
    """A request that robots.txt forbids."""


class RobotsMiddleware(RobotsTxtMiddleware):
    """Obeys robots.txt by RFC 9309 also where there is none to be read, and for every request.

    Scrapy takes every answer for a robots.txt and fetches on after a failure. Here a server error or no answer at all
    forbids the site for this run (section 2.3.1.4); so do 401, 403 and 429, which the RFC would let pass: who shuts
    the door on robots.txt does not invite. Any other 4xx means that there is none, and everything is allowed.

    Scrapy 2.19 also lets all requests but one pass that waited for robots.txt to come: they await one Deferred in
    turn, and the first to be woken takes its result away. So the waiting is done here, on a task.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._files: dict[str, asyncio.Task[RobotParser]] = {}
        self._missing: dict[str, str] = {}
        """Why there is no robots.txt to go by, by site."""

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Let a request pass, or raise RobotsRefusalError."""
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as refusal:
            raise RobotsRefusalError(
                self._missing.get(_site(request), "forbidden by robots.txt")
            ) from refusal

    async def robot_parser(self, request: Request) -> RobotParser:
        """Return the rules for the host of a request, fetched once a run."""
        site = _site(request)
        if site not in self._files:
            self._files[site] = asyncio.ensure_future(self._fetch(site))
        # Shielded: a request that is cancelled must not take the rules from the others.
        return await asyncio.shield(self._files[site])

    async def _fetch(self, site: str) -> RobotParser:
        request = Request(
            f"{site}/robots.txt",
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True},
            callback=NO_CALLBACK,
        )
        try:
            response = await self.crawler.engine.download_async(request)
        except (HeldError, CapReachedError):
            del self._files[site]  # says nothing about the rules
            raise
        except Exception as error:
            body = _NOBODY
            self._missing[site] = f"robots.txt cannot be had: {error}"
        else:
            body = robots_rules(response)
            if body is _NOBODY:
                self._missing[site] = f"robots.txt answers {response.status}"
        if site in self._missing:
            logger.warning("%s: %s: nothing is fetched there in this run", site, self._missing[site])
        parser: RobotParser = build_from_crawler(self._parserimpl, self.crawler, body)
        delay = parser.crawl_delay(self._robotstxt_useragent or self._default_useragent)
        if delay:
            slow_down(self.crawler, urlsplit(site).hostname or "", min(delay, LONGEST_CRAWL_DELAY))
        return parser


def slow_down(crawler: Crawler, host: str, delay: float) -> None:
    """Let so many seconds pass between two requests to a host, never fewer, whatever is found later.

    The delay that Scrapy varies at random is kept steady here: it was asked for.
    """
    downloader = crawler.engine.downloader
    delay = max(delay, crawler.settings.getfloat("DOWNLOAD_DELAY"))
    downloader.per_slot_settings[host] = {"concurrency": 1, "delay": delay, "jitter": 0.0}
    if slot := downloader.slots.get(host):
        slot.concurrency, slot.delay, slot.jitter = 1, delay, 0.0


class StrictDownloader(Downloader):
    """Scrapy's downloader, which never has more requests to a host under way than it is told.

    Scrapy 2.19 counts a request as under way when its task runs, after those that waited with it were sent as well.
    """

    def _wait_for_download(
        self, slot: Slot, request: Request, queue_dfd: Deferred[Response]
    ) -> Coroutine[Any, Any, None]:
        slot.transferring.add(request)
        return super()._wait_for_download(slot, request, queue_dfd)


def sent_now(crawler: Crawler, request: Request) -> None:
    """Let the delay before the next request to a host count from now: the one at hand has waited."""
    downloader = crawler.engine.downloader
    if slot := downloader.slots.get(downloader.get_slot_key(request)):
        slot.lastseen = monotonic()


class Throttle(AutoThrottle):
    """Scrapy's AutoThrottle, which goes by how long a server takes, but never below a Crawl-delay."""

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        super()._response_downloaded(response, request, spider)
        key, slot = self._get_slot(request, spider)
        if slot is not None and key is not None:
            least = self.crawler.engine.downloader.per_slot_settings.get(key, {}).get("delay", 0.0)
            slot.delay = max(slot.delay, least)


def _site(request: Request) -> str:
    parts = urlsplit(request.url)
    return f"{parts.scheme}://{parts.netloc}"


def robots_rules(response: Response) -> bytes:
    """Return the robots.txt that an answer amounts to: the one sent, or one that allows or forbids everything."""
    if 200 <= response.status < 300:
        return response.body[:ROBOTS_MAX_BYTES]
    if 400 <= response.status < 500 and response.status not in _REFUSED:
        return _EVERYBODY
    return _NOBODY


class ProxyMiddleware:
    """Sends every request, those for robots.txt as well, through HASILA_PROXY where that is set."""

    def __init__(self, proxy: str) -> None:
        self.proxy = proxy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ProxyMiddleware:
        """Make one, or raise NotConfigured where there is no proxy."""
        proxy = crawler.settings.get("HASILA_PROXY")
        if not proxy:
            raise NotConfigured
        return cls(proxy)

    def process_request(self, request: Request) -> None:
        """Set the proxy unless the request names its own."""
        request.meta.setdefault("proxy", self.proxy)
