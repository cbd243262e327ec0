"""Feeds: those that a site offers, and those that WordPress makes of a search or a tag."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from urllib.parse import parse_qs, quote, urljoin, urlsplit

from scrapy.http import Response

from crawler.discovery.pieces import Link, Listing, UnreadableListingError, asked, links, moment
from crawler.discovery.xml import local, parse, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RssFeed:
    """RSS 2.0, RSS 1.0 or Atom feeds."""

    kind: ClassVar[str] = "rss"
    largest: ClassVar[int] = 0

    paths: tuple[str, ...] = ("/feed/",)
    depth: int = 1
    """So many pages a feed are read, as long as they hold something new: WordPress pages its feeds (`?paged=2`)."""

    @property
    def pages(self) -> int:
        """All pages of all feeds."""
        return len(self.paths) * self.depth

    def seeds(self, origin: str, since: date | None = None) -> Iterator[str]:
        """Yield the addresses of the feeds."""
        return (urljoin(origin, path) for path in self.paths)

    def read(self, response: Response) -> Listing:
        """Read the links of the items, and the address of the next page of them."""
        articles = _items(response)
        return Listing(articles, _next(response.url) if articles and self.depth > 1 else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFeed:
    """WordPress search results as feeds: `/?s=QUERY&feed=rss2&paged=N`, newest first, ten an answer."""

    kind: ClassVar[str] = "search"
    largest: ClassVar[int] = 0

    queries: tuple[str, ...]
    path: str = "/"
    depth: int = 1
    """So many pages of results a query are read, as long as they hold something new."""

    @property
    def pages(self) -> int:
        """All pages of all queries."""
        return len(self.queries) * self.depth

    def seeds(self, origin: str, since: date | None = None) -> Iterator[str]:
        """Yield the first page of results of every query."""
        for query in self.queries:
            yield urljoin(origin, asked(self.path, s=query, feed="rss2"))

    def read(self, response: Response) -> Listing:
        """Read the links of the results, and the address of the next page of them."""
        articles = _items(response)
        return Listing(articles, _next(response.url) if articles and self.depth > 1 else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class TagFeed:
    """WordPress feeds of tags: `/tag/SLUG/feed/?paged=N`, the slug being the words with hyphens."""

    kind: ClassVar[str] = "tag"
    largest: ClassVar[int] = 0

    tags: tuple[str, ...]
    path: str = "/tag/{slug}/feed/"
    depth: int = 1

    @property
    def pages(self) -> int:
        """All pages of all tags."""
        return len(self.tags) * self.depth

    def seeds(self, origin: str, since: date | None = None) -> Iterator[str]:
        """Yield the feed of every tag; one that the site does not have answers 404."""
        for tag in self.tags:
            yield urljoin(origin, self.path.format(slug=quote("-".join(tag.split()))))

    def read(self, response: Response) -> Listing:
        """Read the links of the items, and the address of the next page of them."""
        articles = _items(response)
        return Listing(articles, _next(response.url) if articles and self.depth > 1 else ())


def _items(response: Response) -> tuple[Link, ...]:
    root = parse(response)
    if local(root) not in {"rss", "RDF", "feed"}:
        raise UnreadableListingError(f"<{local(root)}> is no feed")
    found = []
    for item in root.iter("{*}item", "{*}entry"):
        dated = moment(text_of(item, "pubDate", "published", "updated", "date"))
        for link in item.iterchildren("{*}link"):
            if link.get("rel", "alternate") == "alternate":
                found.append((link.get("href") or link.text or "", dated))
                break
    return links(found, response.url)


def _next(url: str) -> tuple[str, ...]:
    """The address of the page after this one."""
    page = parse_qs(urlsplit(url).query).get("paged", ["1"])[-1]
    if not re.fullmatch(r"[0-9]{1,6}", page):
        return ()
    bare = re.sub(r"[?&]paged=[0-9]+", "", url)
    return (asked(bare, paged=str(int(page) + 1)),)
