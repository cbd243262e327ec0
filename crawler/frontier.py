"""What a crawl still has to fetch: taken from the database a few pages at a time, so that its size costs no memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from typing import Final

from crawler.ledger import Ledger
from store import DiscoveredUrl, Place, Visit

BATCH: Final = 50
"""So many pages are taken from the database at a time."""


class Budget:
    """How many pages a run may still ask for, on all sites; None for any number.

    Each site has an equal share of its own, so that one with many pages does not leave the others nothing. What a site
    has left of it when its crawl ends is for whoever comes.
    """

    def __init__(self, left: int | None) -> None:
        self._left = left
        self._shares: dict[str, int] = {}

    def share_out(self, sites: Collection[str]) -> None:
        """Give each site its share."""
        if self._left is not None and sites:
            each, over = divmod(self._left, len(sites))
            self._shares = {site: each + (number < over) for number, site in enumerate(sites)}

    def take(self, site: str) -> bool:
        """Take one page for a site, if there is one left. What is not asked for stays pending."""
        if self._left is None:
            return True
        if self._shares.get(site):
            self._shares[site] -= 1
        elif self._left <= sum(self._shares.values()):
            return False
        self._left -= 1
        return True

    def release(self, site: str) -> None:
        """Leave what a site has not taken to the others."""
        self._shares.pop(site, None)

    @property
    def may_grow(self) -> bool:
        """Whether a site that was refused a page may be given one later."""
        return any(self._shares.values())


class SiteFrontier:
    """The pages of one site: those never asked for in the order found, then those to be tried again, then visits.

    Each is given once a run: what fails or is left comes with a later run. Everything found is booked as pending first.
    """

    def __init__(self, ledger: Ledger, site: str, budget: Budget, is_own: Callable[[str], bool]) -> None:
        """`is_own` tells the pages of this origin from those that another (the demo newsroom's) left behind."""
        self._ledger = ledger
        self._site = site
        self._budget = budget
        self._is_own = is_own
        self._begun = datetime.now(UTC)
        self._pages: deque[str] = deque()
        self._visits: deque[Visit] = deque()
        self._untried = 0
        self._tried: Place = ("", 0)
        self._visited: Place = ("", 0)
        self._more = True
        """There may be pages that were not taken yet."""
        self._more_visits = True
        self._left = False

    def discover(self, urls: Iterable[str], *, found_by: str) -> list[str]:
        """Book what a listing held; return what was not known before."""
        found = [DiscoveredUrl(url=url, found_by=found_by) for url in urls]
        with self._ledger.access():
            fresh = self._ledger.store.discover(self._site, found, at=datetime.now(UTC))
        tally = self._ledger.tally(self._site)
        tally.found += len(found)
        tally.fresh += len(fresh)
        self._more |= bool(fresh)
        return fresh

    def leave(self) -> None:
        """Give no more pages: the site wants to be left alone in this run."""
        self._left = True

    def next_page(self) -> str | None:
        """Take the next page to be fetched for the first time."""
        while not self._pages and self._more:
            self._take_pages()
        return self._pages.popleft() if self._pages and self._may_ask() else None

    def next_visit(self) -> Visit | None:
        """Take the next article that was due to be looked at again when the crawl began."""
        while not self._visits and self._more_visits:
            self._take_visits()
        return self._visits.popleft() if self._visits and self._may_ask() else None

    def _may_ask(self) -> bool:
        return not self._left and self._budget.take(self._site)

    @property
    def waits(self) -> bool:
        """Whether there is more to be asked for as soon as another site leaves something of its share."""
        return bool(self._pages or self._visits) and not self._left and self._budget.may_grow

    def _take_pages(self) -> None:
        store = self._ledger.store
        with self._ledger.access():
            untried = store.untried(self._site, after=self._untried, limit=BATCH)
            if untried:
                self._untried = untried[-1][0]
                urls = [url for _, url in untried]
            else:
                tried = store.tried(self._site, at=self._begun, after=self._tried, limit=BATCH)
                self._more = bool(tried)
                self._tried = tried[-1][0] if tried else self._tried
                urls = [url for _, url in tried]
        self._pages.extend(filter(self._is_own, urls))

    def _take_visits(self) -> None:
        with self._ledger.access():
            visits = self._ledger.store.due_visits(
                self._site, at=self._begun, after=self._visited, limit=BATCH
            )
        self._more_visits = bool(visits)
        self._visited = visits[-1].place if visits else self._visited
        self._visits.extend(visit for visit in visits if self._is_own(visit.url))
