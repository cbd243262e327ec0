"""What earlier crawls have counted on a site: the history that a run is held against.

A database of any schema version can be asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from store.records import moment, read_moment


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


def site_history(db: Database, site: str, since: datetime) -> list[SiteRun]:
    """The crawls of a site that began at `since` or later and have ended, the latest last. A killed one counted nothing."""
    rows = db.execute(
        """
        SELECT id, started_at,
          json_extract(counters, '$."' || :site || '.found"') AS found,
          json_extract(counters, '$."' || :site || '.fresh"'),
          json_extract(counters, '$."' || :site || '.articles"')
        FROM runs
        WHERE command = 'crawl' AND started_at >= :since AND counters <> '{}' AND found IS NOT NULL
        ORDER BY id
        """,
        {"site": site, "since": moment(since)},
    )
    return [
        SiteRun(run=run, at=read_moment(at), found=found, fresh=fresh or 0, articles=articles or 0)
        for run, at, found, fresh, articles in rows
    ]
