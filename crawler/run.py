"""A run: one row in `runs`, and what belongs to it between its beginning and its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from scrapy.exceptions import CloseSpider

from crawler.archive import Archive, ArchiveError, Exchange, Original
from crawler.booking import PageBook
from crawler.captures import Capture, Known
from crawler.catalogue import load_catalogue
from crawler.evidence import Evidence
from crawler.frontier import Budget, SiteFrontier
from crawler.health import Fault, Health, Observed, Tally, odd
from crawler.ledger import Ledger
from crawler.listings import ListingBook
from crawler.options import Options
from crawler.reading import Reader
from crawler.silence import HISTORY
from crawler.traffic import Traffic
from rules import RULESET_VERSION
from store import RunState, Store, StoreError


class Run:
    """The open database, the number of the run, and what is known of its requests, listings and pages.

    All methods are synchronous and quick. They are called in the reactor's thread, in the order in which pages come.
    """

    def __init__(
        self, store: Store, number: int, options: Options, archive: Archive | None, reader: Reader
    ) -> None:
        self.store = store
        self.number = number
        self.options = options
        self.ledger = Ledger(store, number, archive)
        self.traffic = Traffic(store)
        self.pages = PageBook(self.ledger, options)
        self.reader = reader
        self.listings = ListingBook(self.ledger)
        self.faults: dict[str, list[str]] = {}
        """Health floors that sites fell below, by site."""
        self.interrupted = False
        self.budget = Budget(options.budget)
        self._frontiers: dict[str, SiteFrontier] = {}

    @classmethod
    def begin(cls, database: Path, sites: Iterable[str], options: Options) -> Run:
        """Open the database and a run in it. The caller holds the lock of the database.

        Raises StoreError where the database cannot be used.
        """
        reader = Reader()
        store: Store | None = None
        try:
            store = Store.open(database)
            now = datetime.now(UTC)
            store.close_abandoned_runs(at=now)
            load_catalogue(store)
            sites = list(sites)
            number = store.begin_run(
                "crawl", sites, program=version("hasila"), ruleset=RULESET_VERSION, at=now
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
            run = cls(store, number, options, archive or None, reader)
            run.budget.share_out(sites)
            return run
        except BaseException:
            reader.close()
            if store:
                store.close()
            raise

    @property
    def tallies(self) -> Mapping[str, Tally]:
        """What was done so far, by site. It grows as the run goes on."""
        return self.ledger.tallies

    @property
    def fault(self) -> StoreError | ArchiveError | None:
        """Why the database or the archive can no longer be written; None while it can."""
        return self.ledger.fault

    @property
    def crashes(self) -> int:
        """Pages that our own code could not digest, and sites whose crawl broke off."""
        return self.ledger.crashes

    @crashes.setter
    def crashes(self, count: int) -> None:
        self.ledger.crashes = count

    def end(self) -> RunState:
        """Write what waits, close the run, the archive and the database; return what the run ended as."""
        with suppress(CloseSpider):  # the fault is in the ledger
            self.ledger.flush()
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
            if self.ledger.archive:
                self.ledger.archive.close()
            self.traffic.book()
            self.store.end_run(self.number, state, counters, at=datetime.now(UTC))
        except (StoreError, OSError) as error:
            self.ledger.fault = self.fault or (
                error
                if isinstance(error, StoreError)
                else ArchiveError(f"the archive cannot be written: {error}")
            )
            state = "failed"
        finally:
            self.reader.close()
            self.store.close()
        return state

    def frontier(self, site: str, is_own: Callable[[str], bool]) -> SiteFrontier:
        """Open the frontier of a site; `is_own` tells the pages of its origin."""
        self._frontiers[site] = SiteFrontier(self.ledger, site, self.budget, is_own)
        return self._frontiers[site]

    # Requests and answers

    def count_request(self, site: str, cap: int) -> None:
        """Count a request about to be sent. Raises CapReachedError."""
        with self.ledger.access():
            self.traffic.count(site, cap)

    def heard(self, host: str, status: int, retry_after: str | None) -> None:
        """Take in what an answer asks for."""
        with self.ledger.access():
            self.traffic.heard(host, status, retry_after)

    def capture(self, site: str, exchange: Exchange, known: Known | None, *, keep: bool = True) -> Capture:
        """Take an answer in and, where it is to be kept, archive it, a known one as a mere mention of it."""
        digest = sha256(exchange.payload).hexdigest()
        same = known is not None and exchange.status == 200 and known.content_hash == digest
        unchanged = known is not None and (same or exchange.status == 304)
        pointer = None
        if self.ledger.archive and keep:
            original = None
            if unchanged and known and known.fetched_at:
                original = Original(at=known.fetched_at, unchanged=same)
            with self.ledger.access():
                pointer = self.ledger.archive.write(site, exchange, original)
        return Capture(at=exchange.at, content_hash=digest, unchanged=unchanged, pointer=pointer)

    # Sites

    def left_alone(self, site: str, url: str, kind: str, reason: str) -> None:
        """Book that a site is not read to its end in this run: it asked to be left alone, or has had its requests.

        What was to be fetched stays pending, with no try more.
        """
        self.listings.leave(site)
        if site in self._frontiers:
            self._frontiers[site].leave()
        self.ledger.say_once(kind, reason, site, url)

    def barred(self, site: str, url: str, reason: str) -> None:
        """Book a site that refuses plain clients: said once a run. Where nothing comes, its health is no question."""
        self.ledger.say_once("refused", reason, site, url)

    def close_site(self, site: str, health: Health, evidence: Evidence, *, reason: str) -> None:
        """Hold what a site gave against its floors. `reason` is why its crawl ended.

        One that came to its end can fall below all of them, one that ran out of time below those that are shares.
        """
        self.ledger.flush()
        if reason not in {"finished", "max_time"}:
            return
        now = datetime.now(UTC)
        faults: list[Fault] = []
        oddities: list[tuple[str, Fault]] = []
        with self.ledger.access(), self.store.transaction():
            if not self._is_excused(site):
                seen = Observed(
                    site=site,
                    tally=self.ledger.tally(site),
                    evidence=evidence,
                    history=self.store.site_histories([site], since=now - HISTORY)[site],
                    at=now,
                    archive=self.options.archive,
                    finished=reason == "finished",
                )
                faults, oddities = list(health.faults(seen)), list(odd(seen))
            for kind, each in [*(("degraded", fault) for fault in faults), *oddities]:
                self.ledger.issue(kind, each.message, site, each.url)
            if reason == "finished":
                for listing in self.listings.complete(site):
                    self.store.save_listing(listing)
        if faults:
            self.faults[site] = [fault.message for fault in faults]

    def _is_excused(self, site: str) -> bool:
        refused = self.ledger.has_said("refused", site) and not self.ledger.tally(site).found
        return refused or self.listings.was_left(site)
