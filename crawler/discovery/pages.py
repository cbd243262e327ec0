"""Pages in HTML that list articles: home pages, sections, the results of a search."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from urllib.parse import quote_plus, urljoin

from scrapy.http import Response, TextResponse

from crawler.discovery.pieces import Listing, UnreadableListingError, absolute, links


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingPage:
    """A home page or a section, and the pages that follow it."""

    kind: ClassVar[str] = "listing"
    largest: ClassVar[int] = 0

    paths: tuple[str, ...]
    links: str
    """CSS selector of the elements with the `href` of an article, or of elements inside of those."""
    articles: str = ""
    """Regular expression found in the addresses of articles and in no others: outlives a redesign."""
    next_page: str | None = None
    """CSS selector of the element with the `href` of the next page."""
    numbered: str | None = None
    """Regular expression whose only group is the number in the address of a page, where pages name no next one."""
    depth: int = 1
    """So many pages a path are read, as long as they hold something new."""

    @property
    def pages(self) -> int:
        """All pages of all paths."""
        return len(self.paths) * self.depth

    def seeds(self, origin: str, since: date | None = None) -> Iterator[str]:
        """Yield the addresses of the first pages."""
        return (urljoin(origin, path) for path in self.paths)

    def read(self, response: Response) -> Listing:
        """Read the links to articles and the one to the next page."""
        return _read(response, self)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSearch:
    """The search of a site, whose results are pages in HTML."""

    kind: ClassVar[str] = "search"
    largest: ClassVar[int] = 0

    queries: tuple[str, ...]
    links: str
    articles: str = ""
    path: str = "/?s={query}"
    """`{query}` is where the words go, encoded as in a form."""
    next_page: str | None = None
    numbered: str | None = None
    depth: int = 1

    @property
    def pages(self) -> int:
        """All pages of all queries."""
        return len(self.queries) * self.depth

    def seeds(self, origin: str, since: date | None = None) -> Iterator[str]:
        """Yield the first page of results of every query."""
        return (urljoin(origin, self.path.format(query=quote_plus(query))) for query in self.queries)

    def read(self, response: Response) -> Listing:
        """Read the links of the results and the one to the next page."""
        return _read(response, self)


def _read(response: Response, piece: ListingPage | SiteSearch) -> Listing:
    if not isinstance(response, TextResponse):
        raise UnreadableListingError("is no text")
    base = response.urljoin("")
    hrefs = [
        href
        for element in response.css(piece.links)
        if (href := element.xpath("(@href | ancestor::a/@href)[last()]").get())
        and re.search(piece.articles, absolute(href, base) or "")
    ]
    further: list[str] = []
    if piece.next_page:
        further = response.css(piece.next_page).xpath("@href").getall()[:1]
    elif piece.numbered and hrefs and (found := re.search(piece.numbered, response.url)):
        start, end = found.span(1)
        further = [f"{response.url[:start]}{int(found[1]) + 1}{response.url[end:]}"]
    return Listing(
        links(((href, None) for href in hrefs), base),
        tuple(url for each in further if (url := absolute(each, base))),
    )
