"""How the crawler behaves towards servers: who it says it is, and what it does when robots.txt cannot be had."""

from __future__ import annotations

import logging
from importlib.metadata import version
from typing import Final

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.misc import build_from_crawler
from twisted.internet.defer import Deferred

logger = logging.getLogger(__name__)

ROBOTS_MAX_BYTES: Final = 500 * 1024
"""So much of a robots.txt is read: what RFC 9309, section 2.5, demands at least."""

_NOBODY: Final = b"User-agent: *\nDisallow: /\n"
_EVERYBODY: Final = b""
_REFUSED: Final = frozenset({401, 403, 429})


def user_agent(contact: str) -> str:
    """Return the User-Agent header: name, version, what it is for, and whom to write to (an address or a URL)."""
    return (
        f"Hasila/{version('hasila')} (news reader for statistics on social protection in Morocco; +{contact})"
    )


class RobotsMiddleware(RobotsTxtMiddleware):
    """Obeys robots.txt by RFC 9309 also where there is none to be read.

    Scrapy takes every answer for a robots.txt and fetches on after a failure. Here a server error or no answer at all
    forbids the site for this run (section 2.3.1.4); so do 401, 403 and 429, which the RFC would let pass: who shuts
    the door on robots.txt does not invite. Any other 4xx means that there is none, and everything is allowed.
    """

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if 200 <= response.status < 300:
            body = response.body[:ROBOTS_MAX_BYTES]
        elif 400 <= response.status < 500 and response.status not in _REFUSED:
            body = _EVERYBODY
        else:
            logger.warning(
                "robots.txt of %s answers %s: nothing is fetched there in this run", netloc, response.status
            )
            body = _NOBODY
        await super()._parse_robots(response.replace(body=body), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        # Scrapy's own method answers those who wait with None, which means that all is allowed.
        logger.warning(
            "robots.txt of %s cannot be had (%s): nothing is fetched there in this run", netloc, exc
        )
        waiting = self._parsers[netloc]
        parser: RobotParser = build_from_crawler(self._parserimpl, self.crawler, _NOBODY)
        self._parsers[netloc] = parser
        if isinstance(waiting, Deferred):
            waiting.callback(parser)


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
