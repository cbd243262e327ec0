"""The order of requests: what answers lead to (listings, redirects, new tries) first, then the pages of the frontier."""

from __future__ import annotations

import asyncio

from scrapy import Request
from scrapy.core.scheduler import Scheduler
from scrapy.exceptions import CloseSpider

from crawler.spiders.news import NewsSpider


class FrontierScheduler(Scheduler):
    """Scrapy's scheduler, which asks the spider for the next page of its frontier whenever there is room for a request.

    So no more requests wait in memory than can be under way, however many pages are to be fetched.
    """

    def has_pending_requests(self) -> bool:
        """Whether there is anything to wait for: without it the spider is closed."""
        waits = isinstance(self.spider, NewsSpider) and self.spider.frontier.waits
        return waits or super().has_pending_requests()

    def next_request(self) -> Request | None:
        """Return the next request, None where there is none for now."""
        request = super().next_request()
        if request is not None or not isinstance(self.spider, NewsSpider):
            return request
        try:
            return self.spider.next_request()
        except CloseSpider as stop:
            # Scrapy hears a CloseSpider from a callback, not from here.
            assert self.crawler is not None  # noqa: S101 - made by from_crawler
            self._closing = asyncio.ensure_future(
                self.crawler.engine.close_spider_async(reason=stop.reason or "database")
            )
            return None
