"""Sitemaps (sitemaps.org), their indexes, and the news sitemaps of Google's extension."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import ClassVar, Final
from urllib.parse import urljoin

from lxml import etree  # type: ignore[import-untyped]
from scrapy.http import Response

from crawler.discovery.pieces import Link, Listing, UnreadableListingError, links, moment
from crawler.discovery.xml import LARGEST, local, parse, text_of

_UNDATED: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """Sitemaps and sitemap indexes, plain or gzipped, with `lastmod` or with dates of publication."""

    kind: ClassVar[str] = "sitemap"
    largest: ClassVar[int] = LARGEST

    paths: tuple[str, ...] = ("/sitemap_index.xml",)
    parts: str = ""
    """Of an index, only parts whose address holds this text are read (`post-sitemap`)."""
    newest: int = 200
    """At most so many articles of one sitemap, newest first; the rest is history."""
    depth: int = 2
    """At most so many parts of an index, newest first."""

    @property
    def pages(self) -> int:
        """The sitemaps and the parts read of each."""
        return len(self.paths) * (1 + self.depth)

    def seeds(self, origin: str, since: date | None = None) -> Iterator[str]:
        """Yield the addresses of the sitemaps."""
        return (urljoin(origin, path) for path in self.paths)

    def read(self, response: Response) -> Listing:
        """Read the addresses of a sitemap, or those of the parts of an index, newest first.

        How many of them are followed is the spider's to say (`newest`, `depth`): a backfill takes all.
        """
        root = parse(response)
        kind = local(root)
        if kind == "urlset":
            return Listing(articles=_newest(root, response.url))
        if kind == "sitemapindex":
            parts = [part for part in _newest(root, response.url) if self.parts in part.url]
            return Listing(further=tuple(part.url for part in parts))
        raise UnreadableListingError(f"<{kind}> is no sitemap")


def _newest(root: etree._Element, base: str) -> tuple[Link, ...]:
    """The entries, newest first; those without a date keep their order at the end."""
    entries = []
    for entry in root.iterchildren("{*}url", "{*}sitemap"):
        location = text_of(entry, "loc")
        if location is not None:
            entries.append((location, moment(text_of(entry, "lastmod")) or _published(entry)))
    entries.sort(key=lambda entry: entry[1] or _UNDATED, reverse=True)
    return links(entries, base)


def _published(entry: etree._Element) -> datetime | None:
    news = next(entry.iterchildren("{*}news"), None)
    return None if news is None else moment(text_of(news, "publication_date"))
