"""The progress of a crawl in a log: a line when a site begins and ends, and one for all of them now and then."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import timedelta
from typing import Final

from crawler.logs import tell
from crawler.run import Run
from hasila.durations import shown
from hasila.progress.watch import AT_WORK, Counting
from store import RunState

EVERY: Final = 30.0
"""Seconds between two lines about all sites."""
EVENTS: Final = ("run_begins", "site_begins", "progress", "stopping", "site_ends", "run_ends")

logger = logging.getLogger("hasila.crawl")


class Lines(Counting):
    """Tells the log."""

    every = EVERY

    def begin(self, run: Run, sites: list[str], *, limit: timedelta | None) -> None:
        """Tell that the run begins."""
        super().begin(run, sites, limit=limit)
        self._tell(
            "run_begins",
            f"run {run.number} begins: {_sites(len(sites))} into {run.store.path}"
            + (f", at most {shown(limit)}" if limit else ""),
            sites=sites,
            database=str(run.store.path),
            max_seconds=limit and limit.total_seconds(),
        )

    def opened(self, site: str) -> None:
        """Tell that a site begins."""
        super().opened(site)
        found = self.site(site)
        tell(
            logger,
            "site_begins",
            f"begins: {found.known} pages known, {found.pending} pending",
            site=site,
            facts={"run": self.run.number, "known": found.known, "pending": found.pending},
        )

    def tick(self) -> None:
        """Tell how all sites stand."""
        self.count_pending()
        working = [name for name, state in self.states.items() if state in AT_WORK]
        total = self.total()
        self._tell(
            "progress",
            f"{len(working)} of {_sites(len(self.states))} at work after {shown(self.elapsed)}: {_counts(total)}",
            at_work=working,
            **total,
        )

    def stopping(self, why: str) -> None:
        """Tell why the run stops."""
        self._tell("stopping", f"stopping: {why}; what is not fetched stays pending", reason=why)

    def closed(self, site: str, reason: str) -> None:
        """Tell how a site ended."""
        super().closed(site, reason)
        facts = asdict(self.site(site))
        tell(
            logger,
            "site_ends",
            f"ends: {facts['state'].replace('_', ' ')}: {_counts(facts)}",
            site=site,
            facts={"run": self.run.number, **facts},
        )

    def end(self, state: RunState) -> None:
        """Tell how the run ended."""
        total = self.total()
        self._tell(
            "run_ends",
            f"run {self.run.number} ends after {shown(self.elapsed)}: {state}: {_counts(total)}",
            state=state,
            **total,
        )

    def _tell(self, event: str, message: str, **facts: object) -> None:
        seconds = round(self.elapsed.total_seconds(), 1)
        tell(logger, event, message, facts={"run": self.run.number, "seconds": seconds, **facts})


def _sites(count: int) -> str:
    return f"{count} site{'' if count == 1 else 's'}"


def _counts(facts: dict[str, int]) -> str:
    return (
        f"{facts['known']} pages known, {facts['pending']} pending, {facts['fetched']} fetched, "
        f"{facts['articles']} articles, {facts['claims']} claims, {facts['errors']} errors"
    )
