"""The REST interface of WordPress (developer.wordpress.org/rest-api): posts by search and date, a hundred an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from urllib.parse import parse_qs, urljoin, urlsplit

from scrapy.http import Response

from crawler.discovery.feeds import RssFeed
from crawler.discovery.pieces import Discovery, Listing, UnreadableListingError, asked, links, moment
from rules.relevance import search_queries


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPressRest:
    """`/wp-json/wp/v2/posts?search=QUERY&after=DATE&page=N`, newest first; the header X-WP-TotalPages bounds N."""

    kind: ClassVar[str] = "rest"
    largest: ClassVar[int] = 0

    queries: tuple[str, ...]
    path: str = "/wp-json/wp/v2/posts"
    per_page: int = 100
    """The interface gives a hundred at most."""
    depth: int = 1
    """So many pages of results a query are read, as long as they hold something new."""

    @property
    def pages(self) -> int:
        """All pages of all queries."""
        return len(self.queries) * self.depth

    def seeds(self, origin: str, since: date | None = None) -> Iterator[str]:
        """Yield the first page of results of every query, of articles since that day."""
        bound = {"after": f"{since.isoformat()}T00:00:00"} if since else {}
        for query in self.queries:
            address = asked(
                self.path,
                search=query,
                per_page=str(self.per_page),
                orderby="date",
                _fields="link,date_gmt",
                **bound,
            )
            yield urljoin(origin, address)

    def read(self, response: Response) -> Listing:
        """Read the links of the posts, and the address of the next page of them."""
        try:
            posts = json.loads(response.body)
        except (ValueError, RecursionError) as error:
            raise UnreadableListingError(f"is no JSON: {error}") from error
        if not isinstance(posts, list):
            said = posts.get("message") if isinstance(posts, dict) else None
            raise UnreadableListingError(f"is no list of posts: {said or type(posts).__name__}")
        found = [
            (post["link"], moment(_text(post.get("date_gmt"))))
            for post in posts
            if isinstance(post, dict) and isinstance(post.get("link"), str)
        ]
        page = _number(parse_qs(urlsplit(response.url).query).get("page", ["1"])[-1])
        last = _number((response.headers.get("X-WP-TotalPages") or b"").decode("latin-1"))
        bare = re.sub(r"[?&]page=[0-9]+", "", response.url)
        further = (asked(bare, page=str(page + 1)),) if found and page < last else ()
        return Listing(links(found, response.url), further)


def wordpress(feed: str = "/feed/") -> tuple[Discovery, ...]:
    """What every WordPress site offers unless it closes it: a feed of all, paged, and posts by search."""
    return (RssFeed(paths=(feed,), depth=3), WordPressRest(queries=search_queries(), depth=2))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else 0
