"""What earlier crawls have counted on sites: the history that a run is held against.

A database of any schema version can be asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Final

from sqlite_utils import Database

from store.records import moment, read_moment

_COUNTERS: Final = ("found", "fresh", "articles", "fetched", "not_articles", "by_markup")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRun:
    """What one crawl counted on one site."""

    run: int
    at: datetime
    """When it began, UTC."""
    found: int
    """Links to articles that the listings held."""
    fresh: int
    """Those of them that were not known."""
    articles: int
    """Articles stored: new ones and new revisions."""
    readable: int
    """Pages with an article, on topic or not; 0 where an earlier version did not count the next."""
    by_markup: int
    """Those of them whose body was found by selectors, the site's own or a theme's."""


def site_histories(db: Database, sites: Sequence[str], since: datetime) -> dict[str, list[SiteRun]]:
    """The crawls of each site that began at `since` or later and have ended, the latest last; a killed one counted nothing.

    All sites are asked for together, because each row is parsed for all of them once.
    """
    counters = {f"p{n}": f'$."{site}.{name}"' for n, (site, name) in enumerate(product(sites, _COUNTERS))}
    columns = "".join(f", json_extract(counters, :{name})" for name in counters)
    found: dict[str, list[SiteRun]] = {site: [] for site in sites}
    for run, at, *counts in db.execute(
        f"SELECT id, started_at{columns} FROM runs "  # noqa: S608 - our own names
        "WHERE command = 'crawl' AND started_at >= :since AND counters <> '{}' ORDER BY id",
        {**counters, "since": moment(since)},
    ):
        for number, site in enumerate(sites):
            numbers = counts[number * len(_COUNTERS) : (number + 1) * len(_COUNTERS)]
            if numbers[0] is None:
                continue
            seen, fresh, articles, fetched, others, by_markup = (each or 0 for each in numbers)
            found[site].append(
                SiteRun(
                    run=run,
                    at=read_moment(at),
                    found=seen,
                    fresh=fresh,
                    articles=articles,
                    readable=0 if numbers[-1] is None else fetched - others,
                    by_markup=by_markup,
                )
            )
    return found
