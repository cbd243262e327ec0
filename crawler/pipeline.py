"""From the spiders to the database: every page fetched is read and booked here."""

from __future__ import annotations

import asyncio
import logging
from contextlib import ExitStack
from pathlib import Path

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider

from crawler.captures import Fetched
from crawler.lock import AlreadyRunningError, DatabaseLock
from crawler.options import Options
from crawler.reading import IndigestiblePageError
from crawler.run import Run
from crawler.spiders.news import NewsSpider
from store import StoreError

logger = logging.getLogger(__name__)


class StorePipeline:
    """Reads the pages of one spider and books them in its run.

    A spider that comes without a run (`scrapy crawl NAME`) is given one of its own, in the database HASILA_DATABASE.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._own = ExitStack()
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StorePipeline:
        """Make one that hears how the crawl ends."""
        pipeline = cls(crawler)
        crawler.signals.connect(pipeline.spider_closed, signal=signals.spider_closed)
        return pipeline

    def open_spider(self) -> None:
        """Give the spider a run where it has none. Closes the spider where the database cannot be used."""
        spider = self._spider
        if spider.run is not None:
            return
        database = Path(self.crawler.settings["HASILA_DATABASE"])
        try:
            self._own.enter_context(DatabaseLock(database))
            options = Options.of(self.crawler.settings, database)
            spider.run = Run.begin(database, [spider.name], options)
        except (AlreadyRunningError, StoreError, OSError) as error:
            logger.error("%s", error)
            self._own.close()
            raise CloseSpider("database") from error
        self._own.callback(spider.run.end)

    async def process_item(self, item: Fetched) -> Fetched:
        """Have a page read and book what it holds.

        A page that makes our own code fail is booked as failed; the crawl goes on with the others.
        """
        spider = self._spider
        run = spider.open_run
        try:
            try:
                page = await run.reader.read(item.page, spider.layout)
            except IndigestiblePageError as error:
                logger.error("%s cannot be digested: %s\n%s", item.address, error, error.trace)
                run.ledger.crashed(spider.name, item.address, str(error), archive=item.capture.pointer)
            else:
                run.pages.keep(spider.name, item, page)
                spider.evidence.page(item, page)
        except CloseSpider as stop:
            # Scrapy hears a CloseSpider from a callback, not from a pipeline.
            self._closing = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=stop.reason))
        return item

    def spider_closed(self, spider: NewsSpider, reason: str) -> None:
        """Tell the run how the crawl of this site ended, and end a run of one's own."""
        run = spider.run
        if run is None:
            return
        run.interrupted |= reason == "shutdown"
        run.crashes += int(self.crawler.stats.get_value("spider_exceptions/count", 0))
        try:
            run.close_site(spider.name, spider.health, spider.evidence, reason=reason)
        except CloseSpider:
            pass  # the fault is in the log and in the run
        finally:
            self._own.close()

    @property
    def _spider(self) -> NewsSpider:
        spider = self.crawler.spider
        assert isinstance(spider, NewsSpider)  # noqa: S101 - the project has no others
        return spider
