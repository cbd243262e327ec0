"""The listings that a run reads: what is known of each, and how each was found this time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from crawler.captures import Capture, Known
from crawler.ledger import Ledger
from store import Listing


class ListingBook:
    """Books listings. How one was is written down at the end of its site, when none of its kind was missed: only then
    is a listing that did not change sure to hold nothing new.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._read: list[tuple[str, Listing]] = []
        self._led_to: Counter[str] = Counter()
        """Articles in the listings that a first one led to: the parts of an index, further pages."""
        self._missed: set[tuple[str, str]] = set()
        self._left: set[str] = set()

    def known(self, url: str) -> Known | None:
        """Return how a listing was when its site was last read to the end."""
        with self._ledger.access():
            listing = self._ledger.store.listing(url)
        if listing is None:
            return None
        return Known(
            etag=listing.etag,
            last_modified=listing.last_modified,
            content_hash=listing.content_hash,
            fetched_at=listing.fetched_at,
        )

    def read(
        self,
        site: str,
        url: str,
        capture: Capture,
        *,
        first: str,
        kind: str,
        etag: str | None,
        last_modified: str | None,
        articles: int,
    ) -> None:
        """Note how a listing was. `first` is the URL of the listing that led to it, or its own."""
        listing = Listing(
            url=url,
            site=site,
            etag=etag,
            last_modified=last_modified,
            content_hash=capture.content_hash,
            articles=articles,
            fetched_at=capture.at,
        )
        self._read.append((kind, listing))
        if first != url:
            self._led_to[first] += articles

    def unchanged(self, site: str, url: str, *, first: str) -> None:
        """Count the articles of a listing that is as it was, and of those that it led to: all of them are known."""
        with self._ledger.access():
            listing = self._ledger.store.listing(url)
        articles = listing.articles if listing else 0
        self._ledger.tally(site).found += articles
        if first != url:
            self._led_to[first] += articles

    def failed(self, site: str, url: str, reason: str, *, kind: str) -> None:
        """Book a listing of a kind that did not come or could not be read."""
        self._ledger.tally(site).failures += 1
        self._missed.add((site, kind))
        with self._ledger.access():
            self._ledger.issue("listing_failed", reason, site, url)

    def forbidden(self, site: str, url: str, reason: str) -> None:
        """Book that robots.txt forbids a listing: no failure, and said once a run. Many sites close their search."""
        self._ledger.say_once("robots", f"{reason}; other listings may be closed as well", site, url)

    def leave(self, site: str) -> None:
        """Take in that a site was left alone before it was read to its end."""
        self._left.add(site)

    def was_left(self, site: str) -> bool:
        """Whether a site was left alone before it was read to its end."""
        return site in self._left

    def complete(self, site: str) -> list[Listing]:
        """Return the listings of a site of the kinds of which none was missed, and forget them all."""
        read = [(kind, listing) for kind, listing in self._read if listing.site == site]
        self._read = [(kind, listing) for kind, listing in self._read if listing.site != site]
        if site in self._left:
            return []
        return [
            replace(listing, articles=listing.articles + self._led_to[listing.url])
            for kind, listing in read
            if (site, kind) not in self._missed
        ]
