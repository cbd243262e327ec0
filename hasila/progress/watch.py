"""How a crawl is going, site by site: the count that is shown on a terminal or told in the log."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Final, Literal

from crawler.health import Tally
from crawler.run import Run
from store import RunState, StoreError

SiteState = Literal[
    "waiting",
    "crawling",
    "done",
    "degraded",
    "refused",
    "held",
    "daily_cap",
    "no_browser",
    "robots",
    "out_of_time",
    "stopped",
    "failed",
]
"""`held`, `daily_cap`, `no_browser` and `refused` are kinds of issues; `out_of_time` and `stopped` leave the rest pending."""

SPARING: Final = 20
"""After a count of what is pending, so many times as long passes before the next as it took: millions take a while."""
AT_WORK: Final = frozenset[SiteState]({"waiting", "crawling"})
_LEFT: Final[tuple[SiteState, ...]] = ("refused", "held", "daily_cap", "no_browser", "robots")
"""Why a site gave nothing or not all, the gravest first; each is the kind of an issue."""
_PARTIAL: Final = frozenset[SiteState]({"refused", "robots"})
"""Those that are about some listings where others held something: many sites close their search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteProgress:
    """One site at one moment."""

    state: SiteState
    known: int
    """Pages that the database knows."""
    pending: int
    """Pages to be fetched, those of them included that are not due yet."""
    fetched: int
    articles: int
    """Stored in this run: new ones and new revisions."""
    claims: int
    errors: int
    """Listings and pages that did not come."""


class Watch:
    """What a crawl tells of itself. This one keeps quiet; others show what they are told.

    All methods are called in the reactor's thread and return at once.
    """

    every: float | None = None
    """Seconds between two calls of `tick`; None for none."""

    def begin(self, run: Run, sites: list[str], *, limit: timedelta | None) -> None:
        """The run has begun; `limit` is how long it may take."""

    def opened(self, site: str) -> None:
        """The crawl of a site begins."""

    def tick(self) -> None:
        """Some time has passed."""

    def stopping(self, why: str) -> None:
        """The run was told to stop, or its time is up."""

    def closed(self, site: str, reason: str) -> None:
        """The crawl of a site has ended; `reason` is Scrapy's, or `broke off`."""

    def end(self, state: RunState) -> None:
        """The run has ended."""

    def leave(self) -> None:
        """Nothing more will come, however the run ended. May be called twice."""


class Counting(Watch):
    """Keeps the counts of all sites."""

    def begin(self, run: Run, sites: list[str], *, limit: timedelta | None) -> None:
        """Read what the database knows of the sites."""
        self.run = run
        self.limit = limit
        self.states: dict[str, SiteState] = dict.fromkeys(sites, "waiting")
        self._started = time.monotonic()
        rows = run.store.rows("SELECT site, count(*) AS known FROM pages GROUP BY site")
        self._known: dict[str, int] = {row["site"]: row["known"] for row in rows}
        self._pending: dict[str, int] = {}
        self._counted_until = 0.0
        self.count_pending()

    def opened(self, site: str) -> None:
        """Note that a site is at work."""
        self.states[site] = "crawling"

    def closed(self, site: str, reason: str) -> None:
        """Note how the crawl of a site ended."""
        self.states[site] = self._end_of(site, reason)
        with suppress(StoreError):
            (row,) = self.run.store.rows(
                "SELECT count(*) AS pages FROM pages WHERE site = ? AND state = 'pending'", (site,)
            )
            self._pending[site] = row["pages"]

    @property
    def elapsed(self) -> timedelta:
        """Since the run began, on the monotonic clock."""
        return timedelta(seconds=time.monotonic() - self._started)

    def count_pending(self) -> None:
        """Count the pages to be fetched anew, unless that was done lately and takes long."""
        begun = time.monotonic()
        if begun < self._counted_until:
            return
        with suppress(StoreError):  # the run says what is wrong with the database
            rows = self.run.store.rows(
                "SELECT site, count(*) AS pages FROM pages WHERE state = 'pending' GROUP BY site"
            )
            self._pending = {row["site"]: row["pages"] for row in rows}
        now = time.monotonic()
        self._counted_until = now + SPARING * (now - begun)

    def site(self, name: str) -> SiteProgress:
        """Return how a site stands."""
        tally = self.run.tallies.get(name, Tally())
        return SiteProgress(
            state=self.states[name],
            known=self._known.get(name, 0) + tally.fresh,
            pending=self._pending.get(name, 0),
            fetched=tally.fetched,
            articles=tally.articles,
            claims=tally.claims,
            errors=tally.failures,
        )

    def total(self) -> dict[str, int]:
        """Return the sums over all sites, by the names of `SiteProgress`."""
        sums = {"known": 0, "pending": 0, "fetched": 0, "articles": 0, "claims": 0, "errors": 0}
        for name in self.states:
            facts = asdict(self.site(name))
            for each in sums:
                sums[each] += facts[each]
        return sums

    def _end_of(self, site: str, reason: str) -> SiteState:
        if reason in {"broke off", "database"}:
            return "failed"
        if site in self.run.faults:
            return "degraded"
        with suppress(StoreError):
            rows = self.run.store.rows(
                "SELECT DISTINCT kind FROM issues WHERE run = ? AND site = ?", (self.run.number, site)
            )
            said = {row["kind"] for row in rows}
            for kind in _LEFT:
                if kind in said and not (kind in _PARTIAL and self.run.ledger.tally(site).found):
                    return kind
        return {"finished": "done", "max_time": "out_of_time"}.get(reason, "stopped")  # type: ignore[return-value]
