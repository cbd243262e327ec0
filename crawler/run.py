"""A run: one row in `runs`, and everything that a crawl writes down between its beginning and its end."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final, TypedDict

from scrapy.exceptions import CloseSpider

from crawler.catalogue import load_catalogue
from crawler.health import Health, Tally
from crawler.process import Processed
from extract.records import Article, Page, PageKind
from rules import RULESET_VERSION
from store import DiscoveredUrl, RunState, Store, StoreError, StoreRefused

FIRST_DELAY: Final = timedelta(minutes=15)
"""Before a page that did not come is tried again; four times as long after every further failure: 1 h, 4 h, 16 h …"""
LONGEST_DELAY: Final = timedelta(days=3)
MOST_TRIES: Final = 7
"""After so many failures in a row a page is given up."""

_GONE: Final = frozenset({404, 410})
_PASSING: Final = frozenset({PageKind.CHALLENGE})
"""Pages that stand before the article for now: it is asked for again."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A page that came."""

    page: Page
    address: str
    """The URL that was asked for, before redirects: how the frontier knows the page."""


class Run:
    """The open database, the number of the run, and the tally of every site.

    All methods are synchronous and quick: one transaction of some rows, about a millisecond in WAL mode. They are
    called in the reactor's thread, in the order in which pages come, and that is their point: a page is booked before
    the next decision is taken, and the frontier can never be ahead of what is stored. A thread would win nothing: with
    one request at a time a host the crawl waits for servers, and parsing holds the interpreter's lock anyway.

    A database that can no longer be written (`fault`) closes every spider at its next step.
    """

    def __init__(self, store: Store, number: int, *, threshold: float, budget: int | None = None) -> None:
        self.store = store
        self.number = number
        self.threshold = threshold
        self.budget = budget
        """So many pages may still be asked for; None for any number."""
        self.tallies: dict[str, Tally] = {}
        self.faults: dict[str, list[str]] = {}
        """Health floors that sites fell below, by site."""
        self.interrupted = False
        self.crashes = 0
        """Pages that our own code could not digest, and sites whose crawl broke off."""
        self.fault: StoreError | None = None
        self._forbidden: set[str] = set()

    @classmethod
    def begin(
        cls, database: Path, sites: Iterable[str], *, threshold: float, budget: int | None = None
    ) -> Run:
        """Open the database and a run in it. The caller holds the lock of the database.

        Raises StoreError where the database cannot be used.
        """
        store = Store.open(database)
        try:
            now = datetime.now(UTC)
            store.close_abandoned_runs(at=now)
            load_catalogue(store)
            number = store.begin_run(
                "crawl", list(sites), program=version("hasila"), ruleset=RULESET_VERSION, at=now
            )
        except BaseException:
            store.close()
            raise
        return cls(store, number, threshold=threshold, budget=budget)

    def end(self) -> RunState:
        """Close the run and the database; return what the run ended as."""
        state: RunState = "done"
        if self.fault or self.crashes:
            state = "failed"
        elif self.interrupted:
            state = "interrupted"
        elif self.faults:
            state = "degraded"
        counters = {
            f"{site}.{name}": count
            for site, tally in self.tallies.items()
            for name, count in asdict(tally).items()
        }
        try:
            self.store.end_run(self.number, state, counters, at=datetime.now(UTC))
        except StoreError as error:
            self.fault = self.fault or error
            state = "failed"
        finally:
            self.store.close()
        return state

    def tally(self, site: str) -> Tally:
        """Return the tally of a site."""
        return self.tallies.setdefault(site, Tally())

    # The frontier

    def take_up(self, site: str) -> list[str]:
        """Return the pages of a site that are due, oldest first."""
        with self._booking():
            return self.store.pending(site, at=datetime.now(UTC))

    def discover(self, site: str, urls: Iterable[str], *, found_by: str) -> list[str]:
        """Book what a listing held; return what was not known before."""
        found = [DiscoveredUrl(url=url, found_by=found_by) for url in urls]
        with self._booking():
            fresh = self.store.discover(site, found, at=datetime.now(UTC))
        tally = self.tally(site)
        tally.found += len(found)
        tally.fresh += len(fresh)
        return fresh

    def may_ask(self) -> bool:
        """Take one page from the budget, if there is one left. What is not asked for stays pending."""
        if self.budget is None:
            return True
        if self.budget <= 0:
            return False
        self.budget -= 1
        return True

    # What became of listings and pages

    def listing_failed(self, site: str, url: str, reason: str) -> None:
        """Book a listing that did not come or could not be read."""
        self.tally(site).failures += 1
        with self._booking():
            self._issue("listing_failed", reason, site, url)

    def forbidden(self, site: str, url: str, reason: str) -> None:
        """Book that robots.txt forbids a listing: no failure, and said once a run. Many sites close their search."""
        if site in self._forbidden:
            return
        self._forbidden.add(site)
        with self._booking():
            self._issue("robots", f"{reason}; other listings may be closed as well", site, url)

    def refused(self, site: str, url: str, status: int) -> None:
        """Book a page that was answered with an error: gone for good, or to be tried again."""
        if status not in _GONE:
            self.lost(site, url, f"HTTP {status}")
            return
        self.tally(site).failures += 1
        with self._booking():
            self.store.mark_page(url, "gone", at=datetime.now(UTC), reason=f"HTTP {status}")

    def lost(self, site: str, url: str, reason: str) -> None:
        """Book a page that did not come: it is tried again later and later, and given up in the end."""
        self.tally(site).failures += 1
        now = datetime.now(UTC)
        with self._booking():
            page = self.store.page(url)
            tries = page.tries if page else 0
            if tries + 1 >= MOST_TRIES:
                self.store.mark_page(url, "failed", at=now, reason=reason)
                self._issue("given_up", f"after {tries + 1} tries: {reason}", site, url)
            else:
                delay = min(FIRST_DELAY * 4**tries, LONGEST_DELAY)
                self.store.mark_page(url, "pending", at=now, reason=reason, next_try_at=now + delay)

    def keep(self, site: str, fetched: Fetched, processed: Processed) -> None:
        """Book a page that came: store its article, or why there is none to store."""
        page, address = fetched.page, fetched.address
        tally = self.tally(site)
        tally.fetched += 1
        read_at = page.fetched_at or datetime.now(UTC)
        found = processed.extraction
        if not isinstance(found, Article):
            tally.not_articles += 1
            if found.kind in _PASSING:
                self.lost(site, address, f"{found.kind}: {found.reason}")
                with self._booking():
                    self._issue(found.kind.value, found.reason, site, address)
                return
            with self._booking():
                self.store.mark_page(
                    address,
                    "not_article",
                    at=read_at,
                    kind=found.kind.value,
                    reason=found.reason,
                    **_validators(page),
                )
            return
        tally.dated += found.published_at is not None
        score = processed.relevance.score if processed.relevance else 0.0
        if score < self.threshold:
            tally.off_topic += 1
            reason = f"off topic: relevance {score:.2f}, needed are {self.threshold:.2f}"
            with self._booking():
                self.store.mark_page(address, "done", at=read_at, reason=reason, **_validators(page))
            return
        with self._booking():
            try:
                saved = self.store.save_article(
                    found,
                    processed.claims,
                    sentences=processed.sentences,
                    relevance=score,
                    ruleset=RULESET_VERSION,
                    read_at=read_at,
                    page_url=address,
                    run_id=self.number,
                    mark_done=True,
                    **_validators(page),
                )
            except StoreRefused as error:
                self.crashed(site, address, str(error))
                return
        if saved.outcome != "unchanged":
            tally.articles += 1
            tally.claims += len(processed.claims)

    def crashed(self, site: str, address: str, reason: str) -> None:
        """Book a page that our own code could not digest: it is not fetched again until somebody has looked."""
        self.crashes += 1
        with self._booking():
            self.store.mark_page(address, "failed", at=datetime.now(UTC), reason=reason)
            self._issue("crash", reason, site, address)

    def close_site(self, site: str, health: Health, *, finished: bool) -> None:
        """Hold the tally of a site against its floors; only a crawl that came to its end can fall below them."""
        if not finished:
            return
        faults = list(health.faults(self.tally(site)))
        if not faults:
            return
        self.faults[site] = faults
        with self._booking():
            for fault in faults:
                self._issue("degraded", fault, site, None)

    def _issue(self, kind: str, message: str, site: str, url: str | None) -> None:
        self.store.add_issue(kind, message, run_id=self.number, site=site, url=url, at=datetime.now(UTC))

    @contextmanager
    def _booking(self) -> Iterator[None]:
        if self.fault:
            raise CloseSpider("database")
        try:
            yield
        except StoreError as error:
            self.fault = error
            logger.error("%s", error)
            raise CloseSpider("database") from error


class _Validators(TypedDict):
    etag: str | None
    last_modified: str | None
    content_hash: str


def _validators(page: Page) -> _Validators:
    return _Validators(
        etag=page.headers.get("etag"),
        last_modified=page.headers.get("last-modified"),
        content_hash=sha256(page.body).hexdigest(),
    )
