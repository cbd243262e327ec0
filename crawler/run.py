"""A run: one row in `runs`, and everything that a crawl writes down between its beginning and its end."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

from scrapy.exceptions import CloseSpider

from crawler.archive import Archive, ArchiveError, Exchange, Original
from crawler.captures import Capture, Fetched, Known
from crawler.catalogue import load_catalogue
from crawler.health import Health, Tally
from crawler.listings import ListingNotes
from crawler.options import Options
from crawler.process import Processed
from crawler.traffic import Traffic
from crawler.visits import first_look, next_look
from extract.records import Article, PageKind
from rules import RULESET_VERSION
from store import ArchivePointer, DiscoveredUrl, Listing, RunState, Store, StoreError, StoreRefused, Visit

FIRST_DELAY: Final = timedelta(minutes=15)
"""Before a page that did not come is tried again; four times as long after every further failure: 1 h, 4 h, 16 h …"""
LONGEST_DELAY: Final = timedelta(days=3)
MOST_TRIES: Final = 7
"""After so many failures in a row a page is given up."""

_GONE: Final = frozenset({404, 410})
_PASSING: Final = frozenset({PageKind.CHALLENGE})
"""Pages that stand before the article for now: it is asked for again."""

logger = logging.getLogger(__name__)


class Run:
    """The open database, the number of the run, and the tally of every site.

    All methods are synchronous and quick: one transaction of some rows, about a millisecond in WAL mode. They are
    called in the reactor's thread, in the order in which pages come, and that is their point: a page is booked before
    the next decision is taken, and the frontier can never be ahead of what is stored. A thread would win nothing: with
    one request at a time a host the crawl waits for servers, and parsing holds the interpreter's lock anyway.

    A database that can no longer be written (`fault`) closes every spider at its next step.
    """

    def __init__(self, store: Store, number: int, options: Options, archive: Archive | None) -> None:
        self.store = store
        self.number = number
        self.options = options
        self.traffic = Traffic(store)
        self.budget = options.budget
        """So many pages may still be asked for; None for any number."""
        self.tallies: dict[str, Tally] = {}
        self.faults: dict[str, list[str]] = {}
        """Health floors that sites fell below, by site."""
        self.interrupted = False
        self.crashes = 0
        """Pages that our own code could not digest, and sites whose crawl broke off."""
        self.fault: StoreError | ArchiveError | None = None
        self._archive = archive
        self._said: set[tuple[str, str]] = set()
        """Kinds of issues that are said once a run, by site."""
        self._listings = ListingNotes()

    @classmethod
    def begin(cls, database: Path, sites: Iterable[str], options: Options) -> Run:
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
            archive = options.archive and Archive(
                options.archive,
                about={
                    "software": f"hasila/{version('hasila')}",
                    "http-header-user-agent": options.user_agent,
                },
                archived_to=store.archived_to,
                longest=options.longest_file,
            )
            return cls(store, number, options, archive or None)
        except BaseException:
            store.close()
            raise

    def end(self) -> RunState:
        """Close the run, the archive and the database; return what the run ended as."""
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
            if self._archive:
                self._archive.close()
            self.traffic.book()
            self.store.end_run(self.number, state, counters, at=datetime.now(UTC))
        except (StoreError, OSError) as error:
            self.fault = self.fault or (
                error
                if isinstance(error, StoreError)
                else ArchiveError(f"the archive cannot be written: {error}")
            )
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

    def due_visits(self, site: str) -> list[Visit]:
        """Return the articles of a site that are to be looked at again."""
        with self._booking():
            return self.store.due_visits(site, at=datetime.now(UTC))

    def known_listing(self, url: str) -> Known | None:
        """Return how a listing was when its site was last read to the end."""
        with self._booking():
            listing = self.store.listing(url)
        if listing is None:
            return None
        return Known(
            etag=listing.etag,
            last_modified=listing.last_modified,
            content_hash=listing.content_hash,
            fetched_at=listing.fetched_at,
        )

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

    # Requests and answers

    def count_request(self, site: str, cap: int) -> None:
        """Count a request about to be sent. Raises CapReachedError."""
        with self._booking():
            self.traffic.count(site, cap)

    def heard(self, host: str, status: int, retry_after: str | None) -> None:
        """Take in what an answer asks for."""
        with self._booking():
            self.traffic.heard(host, status, retry_after)

    def capture(self, site: str, exchange: Exchange, known: Known | None, *, keep: bool = True) -> Capture:
        """Take an answer in and, where it is to be kept, archive it, a known one as a mere mention of it."""
        digest = sha256(exchange.payload).hexdigest()
        same = known is not None and exchange.status == 200 and known.content_hash == digest
        unchanged = known is not None and (same or exchange.status == 304)
        pointer = None
        if self._archive and keep:
            original = None
            if unchanged and known and known.fetched_at:
                original = Original(at=known.fetched_at, unchanged=same)
            with self._booking():
                pointer = self._archive.write(site, exchange, original)
        return Capture(at=exchange.at, content_hash=digest, unchanged=unchanged, pointer=pointer)

    # What became of listings and pages

    def listed(
        self,
        site: str,
        url: str,
        capture: Capture,
        *,
        kind: str,
        etag: str | None,
        last_modified: str | None,
        articles: int,
    ) -> None:
        """Note how a listing was. It is written down when the site was read to its end, so that nothing is missed."""
        listing = Listing(
            url=url,
            site=site,
            etag=etag,
            last_modified=last_modified,
            content_hash=capture.content_hash,
            articles=articles,
            fetched_at=capture.at,
        )
        self._listings.note(kind, listing)

    def listing_unchanged(self, site: str, url: str) -> None:
        """Count the articles of a listing that is as it was: all of them are known."""
        with self._booking():
            listing = self.store.listing(url)
        self.tally(site).found += listing.articles if listing else 0

    def listing_failed(self, site: str, url: str, reason: str, *, kind: str) -> None:
        """Book a listing of a kind that did not come or could not be read."""
        self.tally(site).failures += 1
        self._listings.missed(site, kind)
        with self._booking():
            self._issue("listing_failed", reason, site, url)

    def forbidden(self, site: str, url: str, reason: str) -> None:
        """Book that robots.txt forbids a listing: no failure, and said once a run. Many sites close their search."""
        self._say_once("robots", f"{reason}; other listings may be closed as well", site, url)

    def left_alone(self, site: str, url: str, kind: str, reason: str) -> None:
        """Book that a site is not read to its end in this run: it asked to be left alone, or has had its requests.

        What was to be fetched stays pending, with no try more.
        """
        self._listings.leave(site)
        self._say_once(kind, reason, site, url)

    def barred(self, site: str, url: str, reason: str) -> None:
        """Book a site that refuses plain clients: said once a run. Where nothing comes, its health is no question."""
        self._say_once("refused", reason, site, url)

    def refused(self, site: str, url: str, status: int, capture: Capture | None = None) -> None:
        """Book a page that was answered with an error: gone for good, or to be tried again."""
        if status not in _GONE:
            self.lost(site, url, f"HTTP {status}")
            return
        self.tally(site).failures += 1
        with self._booking():
            self.store.mark_page(
                url,
                "gone",
                at=capture.at if capture else datetime.now(UTC),
                reason=f"HTTP {status}",
                archive=capture.pointer if capture else None,
            )

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

    def unchanged(self, site: str, url: str, look: int, at: datetime) -> None:
        """Book that an article is as it was, or could not be looked at: the next look is planned, nothing else."""
        self.tally(site).unchanged += 1
        with self._booking():
            self._plan(url, next_look(at, look, self.options.schedule))

    def look_failed(self, site: str, url: str, look: int, reason: str) -> None:
        """Book a look for edits that brought no article: what is stored stays as it is."""
        self.tally(site).failures += 1
        with self._booking():
            self._plan(url, next_look(datetime.now(UTC), look, self.options.schedule))
            self._issue("look_failed", reason, site, url)

    def keep(self, site: str, fetched: Fetched, processed: Processed) -> None:
        """Book a page that came: store its article, or why there is none to store."""
        tally = self.tally(site)
        tally.fetched += 1
        found = processed.extraction
        if isinstance(found, Article):
            self._keep_article(site, fetched, processed, found)
            return
        tally.not_articles += 1
        if fetched.look is not None:
            self.look_failed(site, fetched.address, fetched.look, f"{found.kind}: {found.reason}")
            return
        if found.kind in _PASSING:
            self.lost(site, fetched.address, f"{found.kind}: {found.reason}")
            with self._booking():
                self._issue(found.kind.value, found.reason, site, fetched.address)
            return
        with self._booking():
            self.store.mark_page(
                fetched.address,
                "not_article",
                at=fetched.capture.at,
                kind=found.kind.value,
                reason=found.reason,
                ruleset=RULESET_VERSION,
                **fetched.facts(),
            )

    def _keep_article(self, site: str, fetched: Fetched, processed: Processed, article: Article) -> None:
        tally, address, read_at = self.tally(site), fetched.address, fetched.capture.at
        tally.dated += article.published_at is not None
        score = processed.relevance.score if processed.relevance else 0.0
        # An article that is known stays one, whatever an edit has made of it.
        if score < self.options.threshold and fetched.look is None:
            tally.off_topic += 1
            reason = f"off topic: relevance {score:.2f}, needed are {self.options.threshold:.2f}"
            with self._booking():
                self.store.mark_page(
                    address,
                    "done",
                    at=read_at,
                    reason=reason,
                    ruleset=RULESET_VERSION,
                    **fetched.facts(),
                )
            return
        with self._booking(), self.store.transaction():
            try:
                saved = self.store.save_article(
                    article,
                    processed.claims,
                    sentences=processed.sentences,
                    relevance=score,
                    ruleset=RULESET_VERSION,
                    read_at=read_at,
                    page_url=address,
                    run_id=self.number,
                    mark_done=True,
                    **fetched.facts(),
                )
            except StoreRefused as error:
                self.crashed(site, address, str(error), archive=fetched.capture.pointer)
                return
            if fetched.look is None:
                plan = first_look(read_at, article.published_at, self.options.schedule)
            else:
                plan = next_look(read_at, fetched.look, self.options.schedule)
            self._plan(address, plan)
        if saved.outcome != "unchanged":
            tally.articles += 1
            tally.claims += len(processed.claims)

    def _plan(self, url: str, plan: tuple[datetime, int] | None) -> None:
        at, looks = plan or (None, 0)
        self.store.plan_visit(url, at, looks=looks)

    def crashed(self, site: str, address: str, reason: str, archive: ArchivePointer | None = None) -> None:
        """Book a page that our own code could not digest: it is not fetched again until somebody has looked.

        Where it was kept, a better program reads it from the archive.
        """
        self.crashes += 1
        with self._booking():
            self.store.mark_page(address, "failed", at=datetime.now(UTC), reason=reason, archive=archive)
            self._issue("crash", reason, site, address)

    def close_site(self, site: str, health: Health, *, finished: bool) -> None:
        """Hold the tally of a site against its floors; only a crawl that came to its end can fall below them."""
        if not finished:
            return
        faults = [] if self._is_excused(site) else list(health.faults(self.tally(site)))
        if faults:
            self.faults[site] = faults
        with self._booking():
            for fault in faults:
                self._issue("degraded", fault, site, None)
            for listing in self._listings.complete(site):
                self.store.save_listing(listing)

    def _is_excused(self, site: str) -> bool:
        refused = ("refused", site) in self._said and not self.tally(site).found
        return refused or self._listings.was_left(site)

    def _say_once(self, kind: str, message: str, site: str, url: str) -> None:
        if (kind, site) in self._said:
            return
        self._said.add((kind, site))
        with self._booking():
            self._issue(kind, message, site, url)

    def _issue(self, kind: str, message: str, site: str, url: str | None) -> None:
        self.store.add_issue(kind, message, run_id=self.number, site=site, url=url, at=datetime.now(UTC))

    @contextmanager
    def _booking(self) -> Iterator[None]:
        """Every access to the database: what it may point to in the archive is on the disk before."""
        if self.fault:
            raise CloseSpider("database")
        try:
            if self._archive:
                self._archive.sync()
            yield
        except (StoreError, ArchiveError) as error:
            self.fault = error
            logger.error("%s", error)
            raise CloseSpider("database") from error
