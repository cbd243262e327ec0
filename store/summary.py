"""What a reader wants to see first: how the last runs went, what is there, and which figures are the largest.

Each function is one of the views, in order; a row is a dict with the view's columns (docs/database.md). All raise
`StoreError` where the database cannot be read.
"""

from __future__ import annotations

from typing import Any

from store.writer import Store

Row = dict[str, Any]


def last_runs(store: Store, *, limit: int = 5) -> list[Row]:
    """The latest runs, the last one first (`run_health`)."""
    return store.rows("SELECT * FROM run_health ORDER BY run DESC LIMIT ?", (limit,))


def articles_by_site(store: Store) -> list[Row]:
    """What there is from each host, the richest first."""
    return store.rows("SELECT * FROM articles_by_site ORDER BY articles DESC, site")


def claims_by_kind(store: Store) -> list[Row]:
    """How many claims of each kind the latest texts make, the most frequent first."""
    return store.rows("SELECT * FROM claims_by_kind ORDER BY claims DESC, kind")


def pages_by_state(store: Store) -> list[Row]:
    """How far the crawl of each site is."""
    return store.rows("SELECT * FROM pages_by_state ORDER BY site, state, kind")


def largest_figures(store: Store, *, limit: int = 10) -> list[Row]:
    """The largest numbers of things and of money, each once, the largest first."""
    return store.rows(
        "SELECT * FROM largest_figures ORDER BY value DESC, kind, unit, claim LIMIT ?", (limit,)
    )


def last_issues(store: Store, *, run: int, limit: int = 20) -> list[Row]:
    """What a run found odd, the last first (the columns of `issues`)."""
    return store.rows("SELECT * FROM issues WHERE run = ? ORDER BY id DESC LIMIT ?", (run, limit))
