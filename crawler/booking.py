"""What became of the pages that were asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from crawler.bookable import Bookable
from crawler.captures import Capture, Fetched
from crawler.ledger import Ledger
from crawler.options import Options
from crawler.visits import first_look, next_look
from extract.records import Method, NotArticle, PageKind
from rules import RULESET_VERSION
from store import PreparedArticle

FIRST_DELAY: Final = timedelta(minutes=15)
"""Before a page that did not come is tried again; four times as long after every further failure: 1 h, 4 h, 16 h …"""
LONGEST_DELAY: Final = timedelta(days=3)
MOST_TRIES: Final = 7
"""After so many failures in a row a page is given up."""

_GONE: Final = frozenset({404, 410})
_PASSING: Final = frozenset({PageKind.CHALLENGE})
"""Pages that stand before the article for now: it is asked for again."""


class PageBook:
    """Books pages by `address`, the URL that was asked for, which is how the frontier knows them."""

    def __init__(self, ledger: Ledger, options: Options) -> None:
        self._ledger = ledger
        self._store = ledger.store
        self._options = options

    def refused(self, site: str, address: str, status: int, capture: Capture | None = None) -> None:
        """Book a page that was answered with an error: gone for good, or to be tried again."""
        if status not in _GONE:
            self.lost(site, address, f"HTTP {status}")
            return
        self._ledger.tally(site).failures += 1
        at = capture.at if capture else datetime.now(UTC)
        pointer = capture.pointer if capture else None
        self._ledger.book(
            site,
            address,
            lambda: self._store.mark_page(address, "gone", at=at, reason=f"HTTP {status}", archive=pointer),
        )

    def lost(self, site: str, address: str, reason: str, *, kind: str | None = None) -> None:
        """Book a page that did not come: it is tried again later and later, and given up in the end.

        With a `kind` that is an issue as well.
        """
        self._ledger.tally(site).failures += 1
        now = datetime.now(UTC)

        def write() -> None:
            page = self._store.page(address)
            tries = page.tries if page else 0
            if tries + 1 >= MOST_TRIES:
                self._store.mark_page(address, "failed", at=now, reason=reason)
                self._ledger.issue("given_up", f"after {tries + 1} tries: {reason}", site, address)
            else:
                delay = min(FIRST_DELAY * 4**tries, LONGEST_DELAY)
                self._store.mark_page(address, "pending", at=now, reason=reason, next_try_at=now + delay)
            if kind:
                self._ledger.issue(kind, reason, site, address)

        self._ledger.book(site, address, write)

    def unchanged(self, site: str, address: str, look: int, at: datetime) -> None:
        """Book that an article is as it was, or could not be looked at: the next look is planned, nothing else."""
        self._ledger.tally(site).unchanged += 1
        plan = next_look(at, look, self._options.schedule)
        self._ledger.book(site, address, lambda: self._plan(address, plan))

    def look_failed(self, site: str, address: str, look: int, reason: str) -> None:
        """Book a look for edits that brought no article: what is stored stays as it is."""
        self._ledger.tally(site).failures += 1
        plan = next_look(datetime.now(UTC), look, self._options.schedule)

        def write() -> None:
            self._plan(address, plan)
            self._ledger.issue("look_failed", reason, site, address)

        self._ledger.book(site, address, write)

    def keep(self, site: str, fetched: Fetched, read: Bookable) -> None:
        """Book a page that came: store its article, or why there is none to store."""
        self._ledger.tally(site).fetched += 1
        if isinstance(read.found, PreparedArticle):
            self._keep_article(site, fetched, read.found, read.relevance)
        else:
            self._keep_other(site, fetched, read.found)

    def _keep_other(self, site: str, fetched: Fetched, found: NotArticle) -> None:
        address, reason = fetched.address, f"{found.kind}: {found.reason}"
        self._ledger.tally(site).not_articles += 1
        if fetched.look is not None:
            self.look_failed(site, address, fetched.look, reason)
        elif found.kind in _PASSING:
            self.lost(site, address, reason, kind=found.kind.value)
        else:
            self._ledger.book(
                site,
                address,
                lambda: self._store.mark_page(
                    address,
                    "not_article",
                    at=fetched.capture.at,
                    kind=found.kind.value,
                    reason=found.reason,
                    ruleset=RULESET_VERSION,
                    **fetched.facts(),
                ),
            )

    def _keep_article(self, site: str, fetched: Fetched, prepared: PreparedArticle, score: float) -> None:
        article, tally, address = prepared.article, self._ledger.tally(site), fetched.address
        read_at = fetched.capture.at
        facts = fetched.facts()
        tally.dated += article.published_at is not None
        tally.by_markup += article.method in {Method.SITE, Method.THEME}
        # An article that is known stays one, whatever an edit has made of it.
        if score < self._options.threshold and fetched.look is None:
            tally.off_topic += 1
            reason = f"off topic: relevance {score:.2f}, needed are {self._options.threshold:.2f}"
            self._ledger.book(
                site,
                address,
                lambda: self._store.mark_page(
                    address, "done", at=read_at, reason=reason, ruleset=RULESET_VERSION, **facts
                ),
            )
            return
        if fetched.look is None:
            plan = first_look(read_at, article.published_at, self._options.schedule)
        else:
            plan = next_look(read_at, fetched.look, self._options.schedule)

        def write() -> None:
            saved = self._store.save_article(
                prepared,
                relevance=score,
                ruleset=RULESET_VERSION,
                read_at=read_at,
                page_url=address,
                run_id=self._ledger.number,
                mark_done=True,
                **facts,
            )
            self._plan(address, plan)
            if saved.outcome != "unchanged":
                tally.articles += 1
                tally.claims += len(prepared.claims)
                tally.with_claims += bool(prepared.claims)

        self._ledger.book(site, address, write, archive=fetched.capture.pointer)

    def _plan(self, address: str, plan: tuple[datetime, int] | None) -> None:
        at, looks = plan or (None, 0)
        self._store.plan_visit(address, at, looks=looks)
