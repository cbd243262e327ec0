"""How many articles there are of each site and month, kept as they come.

The functions write inside the caller's transaction.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

_COUNTED = (
    "SELECT site, coalesce(substr(published_on, 1, 7), ''), count(*), count(DISTINCT published_on), "
    "sum((SELECT count(*) FROM revisions AS r WHERE r.article = a.id)), min(published_on), max(published_on), "
    "max(last_seen) FROM articles AS a"
)
"""The columns of `coverage`, counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What an article adds to the coverage."""

    article: int
    site: str
    day: str | None
    """Of publication, in Morocco."""
    revisions: int
    last_seen: str

    @property
    def month(self) -> str | None:
        """Of publication."""
        return None if self.day is None else self.day[:7]


def adjust(db: Database, before: Printed | None, after: Printed) -> None:
    """Brings the coverage after a change of an article."""
    if before is None:
        _add(db, after)
    elif (before.site, before.day) != (after.site, after.day) or after.last_seen < before.last_seen:
        for site, month in {(before.site, before.month), (after.site, after.month)}:
            _count(db, site, month)
    elif (before.revisions, before.last_seen) != (after.revisions, after.last_seen):
        db.execute(
            "UPDATE coverage SET revisions = revisions + ?, last_seen = max(last_seen, ?) WHERE (site, month) = (?, ?)",
            (after.revisions - before.revisions, after.last_seen, after.site, after.month or ""),
        )


def count_all(db: Database) -> None:
    """Counts everything anew."""
    db.execute("DELETE FROM coverage")
    db.execute(f"INSERT INTO coverage {_COUNTED} GROUP BY site, substr(published_on, 1, 7)")


def _add(db: Database, new: Printed) -> None:
    known = db.execute(
        # With `published_on = ?3` SQLite puts the day into substr() as well, and then no longer knows its index by that.
        "SELECT 1 FROM articles WHERE site = ?1 AND substr(published_on, 1, 7) = ?2 "
        "AND published_on BETWEEN ?3 AND ?3 AND id <> ?4 LIMIT 1",
        (new.site, new.month, new.day, new.article),
    ).fetchone()
    first_of_its_day = new.day is not None and known is None
    db.execute(
        "INSERT INTO coverage VALUES (?1, ?2, 1, ?3, ?4, ?5, ?5, ?6) ON CONFLICT (site, month) DO UPDATE SET "
        "articles = articles + 1, days = days + ?3, revisions = revisions + ?4, "
        "first_published = min(first_published, ?5), last_published = max(last_published, ?5), "
        "last_seen = max(last_seen, ?6)",
        (new.site, new.month or "", first_of_its_day, new.revisions, new.day, new.last_seen),
    )


def _count(db: Database, site: str, month: str | None) -> None:
    db.execute("DELETE FROM coverage WHERE (site, month) = (?, ?)", (site, month or ""))
    db.execute(
        f"INSERT INTO coverage {_COUNTED} WHERE site = ? AND substr(published_on, 1, 7) IS ? GROUP BY site",
        (site, month),
    )
