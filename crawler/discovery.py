"""Where a site lists its articles: feeds, search feeds, sitemaps, listing pages.

Each piece is a frozen declaration that knows which addresses to ask and how to read what comes back. None of them
fetches anything: the spider does, so robots.txt, delays and limits hold for listings as for pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol
from urllib.parse import urlencode, urljoin, urlsplit

from lxml import etree  # type: ignore[import-untyped]
from scrapy.http import Response, TextResponse
from scrapy.utils.gz import gunzip, gzip_magic_number

XML_MAX_BYTES: Final = 50 * 1024 * 1024
"""What a gzipped sitemap may unpack to: the limit of the sitemaps protocol (sitemaps.org)."""


class UnreadableListingError(Exception):
    """A listing that came but is not what the site is declared to serve; the message says what was seen."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a listing leads to."""

    articles: tuple[str, ...] = ()
    """Absolute URLs of articles, in the order of the listing, each once."""
    further: tuple[str, ...] = ()
    """Absolute URLs of more listings of the same kind: the next page, the parts of an index."""


class Discovery(Protocol):
    """A way to find the articles of a site."""

    kind: ClassVar[str]
    """How a page found this way is said to be found, in the database and in `hasila sites`."""

    @property
    def pages(self) -> int:
        """At most so many listings are read in a run, the first ones included."""

    def seeds(self, origin: str) -> Iterator[str]:
        """Yield the absolute URLs of the first listings; `origin` is scheme and host."""

    def read(self, response: Response) -> Listing:
        """Read a listing. Raises UnreadableListingError where it is something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RssFeed:
    """RSS 2.0, RSS 1.0 or Atom feeds."""

    kind: ClassVar[str] = "rss"

    paths: tuple[str, ...] = ("/feed/",)

    @property
    def pages(self) -> int:
        """One listing a path: a feed has no next page."""
        return len(self.paths)

    def seeds(self, origin: str) -> Iterator[str]:
        """Yield the addresses of the feeds."""
        return (urljoin(origin, path) for path in self.paths)

    def read(self, response: Response) -> Listing:
        """Read the links of the items."""
        return Listing(articles=_feed_links(response))


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFeed:
    """WordPress search results as feeds: `/?s=QUERY&feed=rss2&paged=N`, newest first, ten an answer."""

    kind: ClassVar[str] = "search"

    queries: tuple[str, ...]
    path: str = "/"
    depth: int = 1
    """So many pages of results a query are read, as long as they hold something new."""

    @property
    def pages(self) -> int:
        """All pages of all queries."""
        return len(self.queries) * self.depth

    def seeds(self, origin: str) -> Iterator[str]:
        """Yield the first page of results of every query."""
        for query in self.queries:
            yield urljoin(origin, f"{self.path}?{urlencode({'s': query, 'feed': 'rss2'})}")

    def read(self, response: Response) -> Listing:
        """Read the links of the results, and the address of the next page of them."""
        articles = _feed_links(response)
        base, _, paged = response.url.partition("&paged=")
        page = int(paged) if paged.isdigit() else 1
        further = (f"{base}&paged={page + 1}",) if articles and page < self.depth else ()
        return Listing(articles, further)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """Sitemaps and sitemap indexes (sitemaps.org), plain or gzipped."""

    kind: ClassVar[str] = "sitemap"

    paths: tuple[str, ...] = ("/sitemap_index.xml",)
    parts: str = ""
    """Of an index, only parts whose address holds this text are read (`post-sitemap`)."""
    newest: int = 200
    """At most so many articles of one sitemap, by `lastmod`, newest first; the rest is history."""
    depth: int = 2
    """At most so many parts of an index, newest first."""

    @property
    def pages(self) -> int:
        """The sitemaps and the parts read of each."""
        return len(self.paths) * (1 + self.depth)

    def seeds(self, origin: str) -> Iterator[str]:
        """Yield the addresses of the sitemaps."""
        return (urljoin(origin, path) for path in self.paths)

    def read(self, response: Response) -> Listing:
        """Read the addresses of a sitemap, or those of the parts of an index."""
        root = _xml(response)
        kind = _local(root)
        if kind == "urlset":
            return Listing(articles=_newest(root, response.url)[: self.newest])
        if kind == "sitemapindex":
            parts = [url for url in _newest(root, response.url) if self.parts in url]
            return Listing(further=tuple(parts[: self.depth]))
        raise UnreadableListingError(f"<{kind}> is no sitemap")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingPage:
    """Pages in HTML that list articles: a home page, a section, the results of a search."""

    kind: ClassVar[str] = "listing"

    paths: tuple[str, ...]
    links: str
    """CSS selector of the elements with the `href` of an article."""
    next_page: str | None = None
    """CSS selector of the element with the `href` of the next page."""
    depth: int = 1
    """So many pages a path are read, as long as they hold something new."""

    @property
    def pages(self) -> int:
        """All pages of all paths."""
        return len(self.paths) * self.depth

    def seeds(self, origin: str) -> Iterator[str]:
        """Yield the addresses of the first pages."""
        return (urljoin(origin, path) for path in self.paths)

    def read(self, response: Response) -> Listing:
        """Read the links to articles and the one to the next page."""
        if not isinstance(response, TextResponse):
            raise UnreadableListingError("is no text")
        hrefs = response.css(self.links).xpath("@href").getall()
        more = response.css(self.next_page).xpath("@href").getall()[:1] if self.next_page else []
        return Listing(_absolute(hrefs, response.urljoin("")), _absolute(more, response.urljoin("")))


def _feed_links(response: Response) -> tuple[str, ...]:
    root = _xml(response)
    if _local(root) not in {"rss", "RDF", "feed"}:
        raise UnreadableListingError(f"<{_local(root)}> is no feed")
    links = []
    for item in root.iter("{*}item", "{*}entry"):
        for link in item.iterchildren("{*}link"):
            if link.get("rel", "alternate") == "alternate":
                links.append(link.get("href") or link.text or "")
                break
    return _absolute(links, response.url)


def _newest(root: etree._Element, base: str) -> tuple[str, ...]:
    """Return the `loc` of every entry, newest `lastmod` first; those without one keep their order at the end.

    W3C dates of one site sort as text well enough for choosing what to read first.
    """
    entries = []
    for entry in root.iterchildren("{*}url", "{*}sitemap"):
        location = next(entry.iterchildren("{*}loc"), None)
        modified = next(entry.iterchildren("{*}lastmod"), None)
        if location is not None:
            entries.append(((modified.text or "") if modified is not None else "", location.text or ""))
    entries.sort(key=lambda entry: entry[0], reverse=True)
    return _absolute([location for _, location in entries], base)


def _xml(response: Response) -> etree._Element:
    """Parse XML that a stranger wrote: no network, no external files, no entity is expanded, errors are mended."""
    body = response.body
    if gzip_magic_number(response):
        try:
            body = gunzip(body, max_size=XML_MAX_BYTES)
        except (OSError, EOFError, ValueError) as error:
            raise UnreadableListingError(f"cannot be unpacked: {error}") from error
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=True,
        remove_comments=True,
    )
    try:
        root: etree._Element | None = etree.fromstring(body.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableListingError(f"is no XML: {error}") from error
    if root is None:
        raise UnreadableListingError("is no XML")
    return root


def _local(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _absolute(links: list[str], base: str) -> tuple[str, ...]:
    """Resolve links, keep those of the web, each once, without fragments."""
    found: dict[str, None] = {}
    for link in links:
        try:
            parts = urlsplit(urljoin(base, link.strip()))
        except ValueError:
            continue
        if parts.scheme in {"http", "https"} and parts.netloc and link.strip():
            found[parts._replace(fragment="").geturl()] = None
    return tuple(found)
