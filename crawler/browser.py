"""The browser that fetches the pages of sites that need one: Playwright's, by the extra `hasila[browser]`."""

from __future__ import annotations

from typing import Any, ClassVar, Final
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.misc import build_from_crawler, load_object

from crawler.guard import ForbiddenAddressError, check_url, private_hosts

_UNREAD: Final = frozenset({"image", "media", "font"})
"""What a page asks for that holds none of its text."""


class NoBrowserError(IgnoreRequest):
    """There is no browser to fetch a page with; the message says what to do."""


class Browser:
    """The download handler HASILA_BROWSER_HANDLER, one a crawl."""

    _opened: ClassVar[WeakKeyDictionary[Crawler, Browser]] = WeakKeyDictionary()

    def __init__(self, crawler: Crawler) -> None:
        self._private = private_hosts(crawler.settings)
        self._handler: Any = None
        try:
            handler = load_object(crawler.settings["HASILA_BROWSER_HANDLER"])
        except ModuleNotFoundError:
            return
        self._handler = build_from_crawler(handler, crawler)
        self._handler.abort_request = self.refuses

    @classmethod
    def of(cls, crawler: Crawler) -> Browser:
        """Return the browser of a crawl, whichever scheme asks for it."""
        if crawler not in cls._opened:
            cls._opened[crawler] = cls(crawler)
        return cls._opened[crawler]

    async def fetch(self, request: Request) -> Response:
        """Fetch a page and what it draws. Raises NoBrowserError."""
        if self._handler is None:
            raise NoBrowserError("a browser is needed: pip install 'hasila[browser]'")
        request.meta["playwright"] = True
        try:
            response: Response = await self._handler.download_request(request)
        except Exception as error:
            if "Executable doesn't exist" in str(error):
                raise NoBrowserError(
                    "the browser is not installed: run `playwright install chromium`, or name one that is "
                    "(PLAYWRIGHT_LAUNCH_OPTIONS)"
                ) from error
            raise
        return response

    async def close(self) -> None:
        """Close it. May be called twice."""
        handler, self._handler = self._handler, None
        if handler is not None:
            await handler.close()

    def refuses(self, request: Any) -> bool:
        """Whether a request that a page makes is not sent: to an address that is not public, or for no text."""
        if request.resource_type in _UNREAD:
            return True
        try:
            check_url(request.url, self._private)
        except ForbiddenAddressError:
            return True
        return False
