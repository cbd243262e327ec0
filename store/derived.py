"""What is derived from articles and claims (clusters, points, changes, tallies, coverage, the search index), kept true.

All of it is written in the transaction of what it is derived from, and can be made anew from that at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sqlite_utils import Database

from store import coverage, history, prepared, reprints, search, tallies
from store.articles import Reading
from store.prepared import Indexed
from store.records import moment

ALL_CLUSTERS = (0, (1 << 63) - 1)
_INDEXED_TOGETHER = 500


@dataclass(frozen=True, slots=True)
class State:
    """An article, as far as rows are derived from it."""

    article: int
    title: str
    """Of the article, as the search index has it."""
    body: str
    """Its latest text."""
    printed: coverage.Printed
    counts: tallies.Counts
    ready: Indexed | None = None
    """Its text as the indexes have it; None where that is still to be worked out."""

    def indexed(self) -> Indexed:
        """Its text as the indexes have it."""
        return self.ready or prepared.index(self.title, self.body)


def state(db: Database, canonical: str) -> State | None:
    """How an article stands now; None where it is unknown."""
    row = db.execute(
        "SELECT a.id, a.title, r.body, a.site, a.published_on, a.last_seen, "
        "(SELECT count(*) FROM revisions WHERE article = a.id) "
        "FROM articles AS a JOIN revisions AS r ON r.id = a.latest WHERE a.canonical = ?",
        (canonical,),
    ).fetchone()
    if row is None:
        return None
    article, title, body, site, day, last_seen, revisions = row
    printed = coverage.Printed(article=article, site=site, day=day, revisions=revisions, last_seen=last_seen)
    return State(article, title, body, printed, tallies.counts(db, article))


def first_state(article: int, reading: Reading, indexed: Indexed) -> State:
    """How an article stands that was unknown before, without asking the database for what was just written."""
    facts = reading.facts()
    site = reading.article.site
    printed = coverage.Printed(
        article=article,
        site=site,
        day=None if facts["published_on"] is None else str(facts["published_on"]),
        revisions=1,
        last_seen=moment(reading.read_at),
    )
    outlet = site if reading.article.source_name is None else reading.article.source_name
    return State(
        article,
        reading.article.title,
        reading.article.body,
        printed,
        tallies.counts_of(site, outlet, reading.claims),
        indexed,
    )


def follow(db: Database, index: search.Index, before: State | None, after: State) -> None:
    """Brings the derived rows after a change of an article, its revisions or its claims."""
    article = after.article
    if before is None or (before.title, before.body) != (after.title, after.body):
        indexed = after.indexed()
        if before is not None:
            known = before.indexed()
            index.remove(article, known.title, known.body)
        index.add(article, indexed.title, indexed.body)
    if before is None or before.body != after.body:
        last = None if before is None else before.body
        touched = reprints.place(db, article, after.body, indexed.bands, before=last)
    else:
        touched = {reprints.cluster_of(db, article)}
    alone_without_a_series = before is None and touched == {article} and not tallies.in_series(after.counts)
    if not alone_without_a_series:
        for cluster in touched:
            refresh_points(db, cluster, cluster)
    if after.printed.revisions > 1:
        history.remember(db, article)
    tallies.adjust(db, {} if before is None else before.counts, after.counts)
    coverage.adjust(db, None if before is None else before.printed, after.printed)


def refresh_points(db: Database, first: int, last: int) -> None:
    """Makes the points of the clusters with these numbers, and those between, anew."""
    span = {"first": first, "last": last}
    db.execute("DELETE FROM points WHERE cluster BETWEEN :first AND :last", span)
    db.execute(_points(), span)


def rebuild(db: Database) -> None:
    """Makes all of it anew, inside the caller's transaction."""
    for table in ("clusters", "_bands", "changes"):
        db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
    index = search.Index(db)
    index.clear()
    texts = db.execute(
        "SELECT a.id, a.title, r.body FROM articles AS a JOIN revisions AS r ON r.id = a.latest ORDER BY a.id"
    )
    for article, title, body in texts:
        indexed = prepared.index(title, body)
        reprints.place(db, article, body, indexed.bands, before=None)
        index.add(article, indexed.title, indexed.body)
        if len(index) == _INDEXED_TOGETHER:
            index.write()
    index.write()
    remember_all(db)
    refresh_points(db, *ALL_CLUSTERS)
    tallies.count_all(db)
    coverage.count_all(db)


def remember_all(db: Database) -> None:
    """Makes the changes of all edited articles anew."""
    for (article,) in db.execute("SELECT DISTINCT article FROM revisions WHERE number > 1").fetchall():
        history.remember(db, article)


@cache
def _points() -> str:
    return files(__package__).joinpath("statements/points.sql").read_text(encoding="utf-8")
