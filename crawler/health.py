"""What a healthy crawl of a site yields, and the tally that is held against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

FEWEST_PAGES: Final = 5
"""Shares of fewer pages than this say nothing."""


@dataclass(slots=True)
class Tally:
    """What a run has done on one site so far."""

    found: int = 0
    """Links to articles in the listings, known ones included."""
    fresh: int = 0
    """Those of them that were not known."""
    fetched: int = 0
    articles: int = 0
    """Stored: new ones and new revisions."""
    claims: int = 0
    """Of the articles stored."""
    unchanged: int = 0
    """Looked at again and found as they were."""
    off_topic: int = 0
    not_articles: int = 0
    dated: int = 0
    """Pages with an article, on topic or not, whose publication date was found."""
    failures: int = 0
    """Listings and pages that did not come."""

    @property
    def readable(self) -> int:
        """Pages fetched that hold an article, on topic or not."""
        return self.fetched - self.not_articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The floors of a site. A run below one of them is degraded."""

    least_found: int = 1
    """Links to articles that the listings of a run hold, known ones included."""
    least_body: float = 0.5
    """Share of the pages fetched in which an article was found."""
    least_date: float = 0.5
    """Share of the articles found whose publication date was."""

    def faults(self, tally: Tally) -> Iterator[str]:
        """Yield a line for every floor that the run fell below."""
        if tally.found < self.least_found:
            yield f"the listings held {tally.found} articles, expected are {self.least_found} or more"
        if tally.fetched >= FEWEST_PAGES and tally.readable < self.least_body * tally.fetched:
            yield f"{tally.readable} of {tally.fetched} pages hold an article, expected are {self.least_body:.0%}"
        if tally.readable >= FEWEST_PAGES and tally.dated < self.least_date * tally.readable:
            yield f"{tally.dated} of {tally.readable} articles have a date, expected are {self.least_date:.0%}"
