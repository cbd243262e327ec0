"""What is derived from articles and claims (clusters, points, changes, tallies, the search index), kept true.

All of it is written in the transaction of what it is derived from, and can be made anew from that at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sqlite_utils import Database

from store import history, reprints, search, tallies

ALL_CLUSTERS = (0, (1 << 63) - 1)


@dataclass(frozen=True, slots=True)
class State:
    """An article, as far as rows are derived from it."""

    article: int
    title: str
    """Of the article, as the search index has it."""
    body: str
    """Its latest text."""
    counts: tallies.Counts


def state(db: Database, canonical: str) -> State | None:
    """How an article stands now; None where it is unknown."""
    row = db.execute(
        "SELECT a.id, a.title, r.body FROM articles AS a JOIN revisions AS r ON r.id = a.latest "
        "WHERE a.canonical = ?",
        (canonical,),
    ).fetchone()
    if row is None:
        return None
    article, title, body = row
    return State(article, title, body, tallies.counts(db, article))


def follow(db: Database, before: State | None, after: State) -> None:
    """Brings the derived rows after a change of an article, its revisions or its claims."""
    article = after.article
    if before is None or before.body != after.body:
        touched = reprints.place(db, article, after.body, before=None if before is None else before.body)
    else:
        touched = {reprints.cluster_of(db, article)}
    for cluster in touched:
        refresh_points(db, cluster, cluster)
    history.remember(db, article)
    tallies.adjust(db, {} if before is None else before.counts, after.counts)
    if before is None:
        search.index(db, article, after.title, after.body)
    elif (before.title, before.body) != (after.title, after.body):
        search.unindex(db, article, before.title, before.body)
        search.index(db, article, after.title, after.body)


def refresh_points(db: Database, first: int, last: int) -> None:
    """Makes the points of the clusters with these numbers, and those between, anew."""
    span = {"first": first, "last": last}
    db.execute("DELETE FROM points WHERE cluster BETWEEN :first AND :last", span)
    db.execute(_points(), span)


def rebuild(db: Database) -> None:
    """Makes all of it anew, inside the caller's transaction."""
    for table in ("clusters", "_bands", "changes"):
        db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
    search.clear(db)
    articles = db.execute("SELECT id FROM articles WHERE latest IS NOT NULL ORDER BY id").fetchall()
    for (article,) in articles:
        (title, body) = db.execute(
            "SELECT a.title, r.body FROM articles AS a JOIN revisions AS r ON r.id = a.latest WHERE a.id = ?",
            (article,),
        ).fetchone()
        reprints.place(db, article, body, before=None)
        search.index(db, article, title, body)
    remember_all(db)
    refresh_points(db, *ALL_CLUSTERS)
    tallies.count_all(db)


def remember_all(db: Database) -> None:
    """Makes the changes of all edited articles anew."""
    for (article,) in db.execute("SELECT DISTINCT article FROM revisions WHERE number > 1").fetchall():
        history.remember(db, article)


@cache
def _points() -> str:
    return files(__package__).joinpath("statements/points.sql").read_text(encoding="utf-8")
