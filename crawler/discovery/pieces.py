"""What all ways to find articles share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import ClassVar, Protocol
from urllib.parse import urlencode, urljoin, urlsplit

from scrapy.http import Response


class UnreadableListingError(Exception):
    """A listing that came but is not what the site is declared to serve; the message says what was seen."""


@dataclass(frozen=True, slots=True)
class Link:
    """An article as a listing names it."""

    url: str
    """Absolute, without a fragment."""
    dated: datetime | None = None
    """When the listing says that it was published or last changed; None where it does not say."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a listing leads to."""

    articles: tuple[Link, ...] = ()
    """In the order of the listing, each URL once."""
    further: tuple[str, ...] = ()
    """Absolute URLs of more listings of the same kind: the next page, the parts of an index."""


class Discovery(Protocol):
    """A way to find the articles of a site."""

    kind: ClassVar[str]
    """How a page found this way is said to be found, in the database and in `hasila sites`."""
    largest: ClassVar[int]
    """Bytes that a listing of this kind may have, unpacked; 0 for as many as a page."""

    @property
    def pages(self) -> int:
        """At most so many listings are read in a run, the first ones included; a backfill reads more."""

    def seeds(self, origin: str, since: date | None = None) -> Iterator[str]:
        """Yield the absolute URLs of the first listings; `origin` is scheme and host.

        `since` is the day from which on articles are wanted, for those listings that can be asked for it.
        """

    def read(self, response: Response) -> Listing:
        """Read a listing. Raises UnreadableListingError where it is something else."""


def links(found: Iterable[tuple[str, datetime | None]], base: str) -> tuple[Link, ...]:
    """Resolve addresses, keep those of the web, each once, without fragments."""
    kept: dict[str, Link] = {}
    for address, dated in found:
        url = absolute(address, base)
        if url and url not in kept:
            kept[url] = Link(url, dated)
    return tuple(kept.values())


def absolute(address: str, base: str) -> str | None:
    """Return an address of the web, absolute and without its fragment; None for any other."""
    try:
        parts = urlsplit(urljoin(base, address.strip()))
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc or not address.strip():
        return None
    return parts._replace(fragment="").geturl()


def moment(text: str | None) -> datetime | None:
    """Read a date as feeds (RFC 822), Atom, sitemaps and JSON (ISO 8601, W3C) write it; None for anything else.

    One without a zone is taken for UTC: which day it bounds hardly matters.
    """
    text = (text or "").strip()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        try:
            found = parsedate_to_datetime(text)
        except ValueError:
            return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def asked(path: str, **query: str) -> str:
    """Return a path with a query; of a path that has one already, with more of it."""
    return f"{path}{'&' if '?' in path else '?'}{urlencode(query)}"
