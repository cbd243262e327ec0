"""What earlier crawls have counted on each site: the history that a run is held against.

A database of any schema version can be asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from store.records import moment, read_moment


@dataclass(frozen=True, slots=True)
class SiteRun:
    """What one crawl counted on one site."""

    run: int
    at: datetime
    """When it began, UTC."""
    counts: Mapping[str, int]
    """The counters of the site, by their names in `runs.counters` without the site's."""


def crawl_history(db: Database, since: datetime) -> dict[str, list[SiteRun]]:
    """The crawls that began at `since` or later and have ended, by site, the latest last. A killed one counted nothing."""
    found: dict[str, list[SiteRun]] = {}
    rows = db.execute(
        "SELECT id, started_at, counters FROM runs "
        "WHERE command = 'crawl' AND started_at >= ? AND counters <> '{}' ORDER BY id",
        (moment(since),),
    )
    for number, started_at, counters in rows:
        at = read_moment(started_at)
        sites: dict[str, dict[str, int]] = {}
        for name, count in json.loads(counters).items():
            site, dot, counter = name.rpartition(".")
            if dot:
                sites.setdefault(site, {})[counter] = count
        for site, counts in sites.items():
            found.setdefault(site, []).append(SiteRun(number, at, counts))
    return found
