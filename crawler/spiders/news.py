"""What the spiders of all sites share: listings to articles, articles to the run's book."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.discovery import Discovery, UnreadableListingError
from crawler.health import Health
from crawler.politeness import RobotsRefusalError
from crawler.run import Fetched, Run
from extract import canonical_url
from extract.records import Layout, Page


class NewsSpider(Spider):
    """A site, declared: subclasses set the attributes and nothing else.

    A run takes up the pages that an earlier one left pending, then reads the listings anew and fetches what they hold
    that is not known yet. Everything known is in the database, so a crawl that was killed goes on where it was.
    """

    name: str
    site: ClassVar[str]
    """The host without `www.`."""
    origin: str
    """Scheme and host where the site is found; the setting HASILA_ORIGINS replaces it."""
    language: ClassVar[str] = "ar"
    enabled: ClassVar[bool] = True
    """Whether `hasila crawl` without names takes it."""
    discovery: ClassVar[tuple[Discovery, ...]]
    layout: ClassVar[Layout | None] = None
    """The site's own selectors; None where its theme is recognised from the page."""
    health: ClassVar[Health] = Health()

    handle_httpstatus_list: ClassVar = list(range(400, 600))
    """Errors come to the callbacks, which book them; redirects are followed."""

    run: Run | None = None
    """The run that this crawl belongs to. Whoever crawls several sites in one run hands it in; a spider started by
    `scrapy crawl` gets its own from the pipeline."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make a spider, its origin and its hosts by the settings."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.origin = crawler.settings.getdict("HASILA_ORIGINS").get(cls.name, cls.origin)
        spider.allowed_domains = [(urlsplit(spider.origin).hostname or "").removeprefix("www.")]
        spider.asked = Counter()
        spider.seeds = {canonical_url(url) for piece in cls.discovery for url in piece.seeds(spider.origin)}
        return spider

    allowed_domains: list[str]
    asked: Counter[Discovery]
    """How many listings of each kind were asked for in this run."""
    seeds: set[str]
    """Where the first listings are."""

    async def start(self) -> AsyncIterator[Request]:
        """Yield what an earlier run left, then the first listings."""
        for url in self.open_run.take_up(self.name):
            # Pages of another origin (the demo newsroom's, in a database used for both) wait for their own run.
            if self._is_own(url) and self.open_run.may_ask():
                yield self._page(url)
        for piece in self.discovery:
            for url in piece.seeds(self.origin):
                for request in self._listing(url, piece, first=True):
                    yield request

    def parse_listing(self, response: Response, piece: Discovery, *, first: bool) -> Iterator[Request]:
        """Follow a listing to the articles that are not known, and on to more listings while there are any."""
        if response.status == 404 and not first:
            return  # the page before was the last one
        if response.status != 200:
            self.open_run.listing_failed(self.name, response.url, f"HTTP {response.status}")
            return
        try:
            listing = piece.read(response)
        except UnreadableListingError as error:
            self.open_run.listing_failed(self.name, response.url, str(error))
            return
        # A listing that is named like an article would be fetched as one, and then not again as a listing.
        links = dict.fromkeys(
            found
            for url in listing.articles
            if (found := canonical_url(url)) not in self.seeds and self._is_own(url)
        )
        fresh = self.open_run.discover(self.name, links, found_by=piece.kind)
        for url in fresh:
            if self.open_run.may_ask():
                yield self._page(url)
        # A listing whose every article is known leads to nothing new; an index holds no articles at all.
        if fresh or not links:
            for url in listing.further:
                if self._is_own(url):
                    yield from self._listing(url, piece, first=False)

    def parse_page(self, response: Response, address: str) -> Iterator[Fetched]:
        """Hand a page on to the pipeline; `address` is the URL that was asked for, before redirects."""
        if response.status != 200:
            self.open_run.refused(self.name, address, response.status)
            return
        headers = {
            name.decode("latin-1").lower(): values[-1].decode("latin-1")
            for name, values in response.headers.items()
            if values
        }
        page = Page(
            body=response.body,
            url=response.url,
            status=response.status,
            headers=headers,
            fetched_at=datetime.now(UTC),
        )
        yield Fetched(page=page, address=address)

    def lost_listing(self, failure: Failure) -> None:
        """Book a listing that did not come, or that robots.txt forbids."""
        if isinstance(failure.value, RobotsRefusalError):
            self.open_run.forbidden(self.name, _request(failure).url, str(failure.value))
            return
        self.open_run.listing_failed(self.name, _request(failure).url, _reason(failure))

    def lost_page(self, failure: Failure) -> None:
        """Book a page that did not come: it stays pending."""
        self.open_run.lost(self.name, _request(failure).cb_kwargs["address"], _reason(failure))

    @property
    def open_run(self) -> Run:
        """The run, once the crawl has begun."""
        assert self.run is not None  # noqa: S101 - the pipeline opens before the first request
        return self.run

    def _page(self, url: str) -> Request:
        return Request(
            url,
            self.parse_page,
            errback=self.lost_page,
            cb_kwargs={"address": url},
        )

    def _listing(self, url: str, piece: Discovery, *, first: bool) -> Iterator[Request]:
        if self.asked[piece] < piece.pages:
            self.asked[piece] += 1
            yield Request(
                url,
                self.parse_listing,
                errback=self.lost_listing,
                cb_kwargs={"piece": piece, "first": first},
                priority=1,
            )

    def _is_own(self, url: str) -> bool:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        return any(host == own or host.endswith(f".{own}") for own in self.allowed_domains)


def _request(failure: Failure) -> Request:
    request = getattr(failure, "request", None)  # set by Scrapy before it calls an errback
    assert isinstance(request, Request)  # noqa: S101
    return request


def _reason(failure: Failure) -> str:
    name = type(failure.value).__name__
    return f"{name}: {failure.value}".splitlines()[0].rstrip(": ")
