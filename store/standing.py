"""How a crawl stands: what is known, what waits, what came last. A database of any schema version can be asked.

Sites are those of the crawl (`quickpost`), not hosts. Every function answers over a million claims in a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from store.records import PageState, moment, read_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """The pages of a site that are to be fetched."""

    pending: int
    due: int
    """Those whose next try is not later than now."""
    oldest: datetime
    """When the one was found that waits longest, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteArticles:
    """The articles of the hosts of a site."""

    articles: int
    last_at: datetime
    """When the last one that was new was read, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePages:
    """The pages of a site."""

    states: Mapping[PageState, int]
    """How many are in each state."""
    last_at: datetime
    """When the last one was found, UTC."""


def site_pages(db: Database) -> dict[str, SitePages]:
    """The pages of each site."""
    states: dict[str, dict[PageState, int]] = {}
    newest: dict[str, int] = {}
    # The index holds all of this; pages are never renumbered, so the greatest number is the last one found.
    rows = db.execute(
        "SELECT site, state, count(*), max(id) FROM pages INDEXED BY pages_by_state_of_site GROUP BY 1, 2"
    )
    for site, state, pages, last in rows:
        states.setdefault(site, {})[state] = pages
        newest[site] = max(last, newest.get(site, 0))
    found = {}
    for site, by_state in states.items():
        (at,) = db.execute("SELECT discovered_at FROM pages WHERE id = ?", (newest[site],)).fetchone()
        found[site] = SitePages(states=by_state, last_at=read_moment(at))
    return found


def site_articles(db: Database) -> dict[str, SiteArticles]:
    """The articles of each site that a crawl has brought."""
    found: dict[str, SiteArticles] = {}
    hosts = db.execute(
        "SELECT h.articles, a.first_seen, (SELECT site FROM pages WHERE article = h.newest LIMIT 1) AS crawl "
        "FROM (SELECT count(*) AS articles, max(id) AS newest FROM articles GROUP BY site) AS h "
        "JOIN articles AS a ON a.id = h.newest"
    ).fetchall()
    for articles, first_seen, site in hosts:
        if site is None:  # from files
            continue
        known, at = found.get(site), read_moment(first_seen)
        found[site] = SiteArticles(
            articles=articles + (known.articles if known else 0),
            last_at=max(at, known.last_at) if known else at,
        )
    return found


def backlog(db: Database, at: datetime) -> dict[str, Backlog]:
    """What waits to be fetched, by site."""
    rows = db.execute(
        "SELECT site, count(*), count(*) FILTER (WHERE next_try_at IS NULL OR next_try_at <= ?), min(discovered_at) "
        "FROM pages WHERE state = 'pending' GROUP BY site",
        (moment(at),),
    )
    return {
        site: Backlog(pending=pending, due=due, oldest=read_moment(oldest))
        for site, pending, due, oldest in rows
    }


def last_crawls(db: Database) -> dict[str, int]:
    """The number of the last crawl of each site."""
    return dict(
        db.execute(
            "SELECT each.value, max(runs.id) FROM runs, json_each(runs.sites) AS each "
            "WHERE command = 'crawl' GROUP BY each.value"
        ).fetchall()
    )


def newest_claims(db: Database, count: int) -> list[dict[str, Any]]:
    """The figures of the texts stored last, one a text, those of an indicator first: what was read lately."""
    cursor = db.execute(
        """
        WITH newest AS (
          SELECT r.id, (
            SELECT id FROM claims WHERE revision = r.id AND kind <> 'date' ORDER BY indicator IS NULL, start LIMIT 1
          ) AS claim
          FROM (SELECT id FROM revisions ORDER BY id DESC LIMIT 20 * ?1) AS r
        )
        SELECT
          c.id AS claim, c.indicator, c.kind, c.value, c.value_high, c.unit, c.qualifier, c.text,
          substr(r.body, c.sentence_start + 1, c.sentence_end - c.sentence_start) AS sentence,
          c.source, a.title, a.site, a.url, a.published_on, r.read_at
        FROM newest AS n
        CROSS JOIN claims AS c ON c.id = n.claim
        CROSS JOIN revisions AS r ON r.id = n.id
        JOIN articles AS a ON a.latest = r.id
        ORDER BY r.id DESC
        LIMIT ?1
        """,
        (count,),
    )
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
