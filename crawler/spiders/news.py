"""What the spiders of all sites share: listings to articles, articles to the run's book."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, Final, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.browser import NoBrowserError
from crawler.captures import Fetched, Known
from crawler.discovery import Discovery, Link, Sitemap, UnreadableListingError
from crawler.evidence import Evidence
from crawler.frontier import SiteFrontier
from crawler.health import Health
from crawler.holds import CapReachedError, HeldError
from crawler.politeness import RobotsRefusalError
from crawler.run import Run
from extract import canonical_url
from extract.records import Layout, Page
from store import Visit

_BACKFILL: Final = 50
"""A backfill reads so many times the listings that another run reads: enough for years, and an end to loops."""
_CLOSED: Final = frozenset({401, 403})
_GONE: Final = frozenset({404, 410})
_WAITING: Final[Mapping[object, str]] = {
    HeldError: "held",
    CapReachedError: "daily_cap",
    NoBrowserError: "no_browser",
}
"""Requests that were not sent in this run; the kinds of their issues."""


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

    refuses: ClassVar[str] = ""
    """What is known about how the site treats plain clients (`answers 403 to them`); "" where it lets them in."""

    handle_httpstatus_list: ClassVar = [304, *range(400, 600)]
    """These come to the callbacks, which book them; redirects are followed."""

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
        spider.evidence = Evidence(layout=cls.layout)
        since = crawler.settings.get("HASILA_SINCE")
        spider.since = date.fromisoformat(since) if since else None
        spider.by_browser = cls.name in crawler.settings.getlist("HASILA_BROWSER")
        spider.seeds = {
            canonical_url(url) for piece in cls.discovery for url in piece.seeds(spider.origin, spider.since)
        }
        return spider

    allowed_domains: list[str]
    asked: Counter[Discovery]
    """How many listings of each kind were asked for in this run."""
    evidence: Evidence
    """What was seen so far, for whoever has to find out what is wrong."""
    since: date | None
    """The day from which on articles are wanted; None for those that are new."""
    by_browser: bool
    seeds: set[str]
    """Where the first listings are."""

    async def start(self) -> AsyncIterator[Request]:
        """Yield the first listings. What an earlier run left and what they lead to comes from the frontier."""
        for piece in self.discovery:
            for url in piece.seeds(self.origin, self.since):
                for request in self._listing(url, piece):
                    yield request

    def next_request(self) -> Request | None:
        """Return a request for a page that is due, then for an article to be looked at again; None for neither."""
        url = self.frontier.next_page()
        if url is not None:
            return self._page(url)
        visit = self.frontier.next_visit()
        return None if visit is None else self._look(visit)

    def parse_listing(
        self, response: Response, piece: Discovery, *, url: str, first: str
    ) -> Iterator[Request]:
        """Book the articles that a listing leads to, and go on to more listings while there are any.

        `url` is what was asked for, before redirects; `first` that of the listing that led to it, or its own.
        """
        run, capture = self.open_run, response.meta["capture"]
        if response.status in {400, 404} and first != url:
            return  # the page before was the last one
        if response.status == 404 and piece.kind == "tag":
            return  # the site has no such tag
        if capture.unchanged:
            run.listings.unchanged(self.name, url, first=first)
            self.evidence.unchanged(piece)
            return
        if response.status != 200:
            if response.status in _CLOSED and piece.kind != "rest":  # many close that one alone
                run.barred(self.name, response.url, self._closed(response.status))
            self._miss(response.url, piece, f"HTTP {response.status}")
            return
        try:
            listing = piece.read(response)
        except UnreadableListingError as error:
            self._miss(response.url, piece, str(error))
            return
        # A listing that is named like an article would be fetched as one, and then not again as a listing.
        links = {
            found: link
            for link in listing.articles
            if (found := canonical_url(link.url)) not in self.seeds and self._is_own(link.url)
        }
        wanted = [url for url, link in links.items() if self._is_wanted(link)]
        if isinstance(piece, Sitemap) and self.since is None:
            wanted = wanted[: piece.newest]
        fresh = self.frontier.discover(wanted, found_by=piece.kind)
        run.listings.read(
            self.name,
            url,
            capture,
            first=first,
            kind=piece.kind,
            etag=_header(response, "ETag"),
            last_modified=_header(response, "Last-Modified"),
            articles=len(wanted),
        )
        self.evidence.listed(piece, response.url, capture.pointer, len(links))
        # What leads to nothing new is not followed; an index holds no articles at all. A backfill goes on to its day.
        if fresh or not links or (self.since is not None and wanted):
            for further in listing.further:
                if self._is_own(further):
                    yield from self._listing(further, piece, first=first)

    def parse_page(self, response: Response, address: str, look: int | None = None) -> Iterator[Fetched]:
        """Hand a page on to the pipeline; `address` is the URL that was asked for, before redirects.

        `look` is the number of the look for edits, None for a page fetched for the first time.
        """
        run, capture = self.open_run, response.meta["capture"]
        if look is not None and capture.unchanged:
            run.pages.unchanged(self.name, address, look, capture.at)
            return
        if response.status in _CLOSED:
            run.barred(self.name, address, self._closed(response.status))
        if response.status != 200:
            if look is not None and response.status not in _GONE:
                run.pages.look_failed(self.name, address, look, f"HTTP {response.status}")
            else:
                run.pages.refused(self.name, address, response.status, capture)
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
            fetched_at=capture.at,
        )
        yield Fetched(page=page, address=address, capture=capture, look=look)

    def lost_listing(self, failure: Failure) -> None:
        """Book a listing that did not come, or that may not be asked for."""
        url = _request(failure).url
        if isinstance(failure.value, RobotsRefusalError):
            self.open_run.listings.forbidden(self.name, url, str(failure.value))
        elif kind := _WAITING.get(type(failure.value)):
            self.open_run.left_alone(self.name, url, kind, str(failure.value))
        else:
            self._miss(url, _request(failure).cb_kwargs["piece"], _reason(failure))

    def _miss(self, url: str, piece: Discovery, reason: str) -> None:
        self.evidence.missed(piece, reason)
        self.open_run.listings.failed(self.name, url, reason, kind=piece.kind)

    def lost_page(self, failure: Failure) -> None:
        """Book a page that did not come: it stays pending."""
        arguments = _request(failure).cb_kwargs
        address, look = arguments["address"], arguments.get("look")
        if kind := _WAITING.get(type(failure.value)):
            self.open_run.left_alone(self.name, address, kind, str(failure.value))
        elif look is not None:
            self.open_run.pages.look_failed(self.name, address, look, _reason(failure))
        else:
            self.open_run.pages.lost(self.name, address, _reason(failure))

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
            meta={"browser": self.by_browser},
            dont_filter=True,  # the frontier knows each once; a redirect to a page seen in this run must come through
        )

    def _look(self, visit: Visit) -> Request:
        known = Known(
            etag=visit.etag,
            last_modified=visit.last_modified,
            content_hash=visit.content_hash,
            fetched_at=visit.fetched_at,
        )
        return Request(
            visit.url,
            self.parse_page,
            errback=self.lost_page,
            cb_kwargs={"address": visit.url, "look": visit.looks},
            headers=known.conditions(),
            meta={"known": known, "browser": self.by_browser},
            dont_filter=True,
            priority=-1,
        )

    @cached_property
    def frontier(self) -> SiteFrontier:
        """What this crawl still has to fetch."""
        return self.open_run.frontier(self.name, self._is_own)

    def _listing(self, url: str, piece: Discovery, *, first: str | None = None) -> Iterator[Request]:
        most = piece.pages * (_BACKFILL if self.since else 1)
        if self.asked[piece] >= most:
            return
        self.asked[piece] += 1
        # A backfill reads listings that are as they were: they lead on to older ones.
        known = self.open_run.listings.known(url) if self.since is None else None
        meta: dict[str, Any] = {"known": known}
        if piece.largest:
            meta["download_maxsize"] = piece.largest
        yield Request(
            url,
            self.parse_listing,
            errback=self.lost_listing,
            cb_kwargs={"piece": piece, "url": url, "first": first or url},
            headers=known.conditions() if known else {},
            meta=meta,
            priority=1,
        )

    def _is_wanted(self, link: Link) -> bool:
        return self.since is None or link.dated is None or link.dated.date() >= self.since

    def _closed(self, status: int) -> str:
        known = f"; it is known that the site {self.refuses}" if self.refuses else ""
        return f"HTTP {status}{known}; docs/crawling.md says what can be done"

    def _is_own(self, url: str) -> bool:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        return any(host == own or host.endswith(f".{own}") for own in self.allowed_domains)


def _request(failure: Failure) -> Request:
    request = getattr(failure, "request", None)  # set by Scrapy before it calls an errback
    assert isinstance(request, Request)  # noqa: S101
    return request


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _reason(failure: Failure) -> str:
    name = type(failure.value).__name__
    return f"{name}: {failure.value}".splitlines()[0].rstrip(": ")
