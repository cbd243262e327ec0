"""The last step before the wire: what is sent, to whom, how often, and what is kept of the answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.archive import Exchange
from crawler.browser import Browser
from crawler.guard import ForbiddenAddressError, check_url, private_hosts, proxy_hosts
from crawler.politeness import sent_now
from crawler.run import Run


class _Door:
    """What a request must pass before anything is sent."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._private = private_hosts(settings)
        self._proxies = proxy_hosts(settings) - self._private
        self.patience = settings.getfloat("HASILA_LONGEST_WAIT")
        self._crawler = crawler

    @property
    def run(self) -> Run | None:
        """The run of the spider; None for a spider that is none of ours."""
        return getattr(self._crawler.spider, "run", None)

    def check(self, request: Request) -> str:
        """Return the host of a request. Raises ForbiddenAddressError, or HeldError for one that is left alone."""
        check_url(request.url, self._private)
        host = urlsplit(request.url).hostname or ""
        if host in self._proxies:
            raise ForbiddenAddressError(f"{host} is the proxy itself")
        if self.run is not None:
            self.run.traffic.check(host, self.patience)
        return host


class AdmissionMiddleware:
    """Turns requests back early, before they wait for robots.txt and for their turn."""

    def __init__(self, crawler: Crawler) -> None:
        self._door = _Door(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AdmissionMiddleware:
        """Make one."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let a request pass, or raise ForbiddenAddressError or HeldError."""
        self._door.check(request)


class PoliteHandler(HTTP11DownloadHandler):
    """Sends a request when its host may be asked, within the daily cap of the site, and archives the answer.

    What a host said while the request waited in the queue counts, so this is looked at here and not before. A request
    with `meta["browser"]` is made by the browser instead, archived alike.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._door = _Door(crawler)
        self._cap = crawler.settings.getint("HASILA_DAILY_REQUESTS")
        self._keep = crawler.settings.getbool("HASILA_KEEP_PAGES")
        self._browser = Browser.of(crawler) if crawler.settings.getlist("HASILA_BROWSER") else None

    async def download_request(self, request: Request) -> Response:
        """Fetch a request. The capture, with its place in the archive, is left in `request.meta["capture"]`."""
        host = self._door.check(request)
        run = self._door.run
        if run is None:
            return await self._fetch(request)
        assert self._crawler.spider is not None  # noqa: S101 - it has a run
        site = self._crawler.spider.name
        if await run.traffic.wait(host, self._door.patience):
            sent_now(self._crawler, request)
        run.count_request(site, self._cap)
        response = await self._fetch(request)
        header = response.headers.get("Retry-After")
        run.heard(host, response.status, header.decode("latin-1") if header else None)
        request.meta["capture"] = run.capture(
            site, exchange(request, response), request.meta.get("known"), keep=self._keep
        )
        return response

    async def close(self) -> None:
        """Close the connections, and the browser where there is one."""
        await super().close()
        if self._browser is not None:
            await self._browser.close()

    async def _fetch(self, request: Request) -> Response:
        if self._browser is not None and request.meta.get("browser"):
            return await self._browser.fetch(request)
        return await super().download_request(request)


def exchange(request: Request, response: Response) -> Exchange:
    """Return a request and its answer as the archive keeps them."""
    parts = urlsplit(request.url)
    proxied = "proxy" in request.meta
    return Exchange(
        url=request.url,
        method=request.method,
        request_headers=[("Host", parts.netloc.rpartition("@")[2]), *_pairs(request.headers)],
        status=response.status,
        headers=_pairs(response.headers),
        payload=response.body,
        at=datetime.now(UTC).replace(microsecond=0),
        address=None if proxied or response.ip_address is None else str(response.ip_address),
    )


def _pairs(headers: Any) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        for value in values
    ]
