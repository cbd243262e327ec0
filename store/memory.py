"""What a crawl remembers between runs beside its pages: visits to come, listings, holds, requests sent.

The functions write inside the caller's transaction.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlite_utils import Database

from store.frontier import known_page, one_line
from store.records import Listing, Place, Visit, moment, read_moment


def plan_visit(db: Database, url: str, at: datetime | None, looks: int) -> None:
    """Writes when a page is looked at again; None for never."""
    if at is None:
        db.execute("DELETE FROM visits WHERE page = ?", (known_page(db, url).id,))
        return
    written = db.execute(
        "INSERT INTO visits (page, at, looks) SELECT id, ?2, ?3 FROM pages WHERE url = ?1 "
        "ON CONFLICT (page) DO UPDATE SET at = ?2, looks = ?3",
        (url, moment(at), looks),
    )
    if not written.rowcount:
        known_page(db, url)  # says that there is none


def due_visits(db: Database, site: str, at: datetime, after: Place, limit: int | None) -> list[Visit]:
    """The pages of `site` to be looked at again at `at` that stand after a place, those that wait longest first."""
    rows = db.execute(
        "SELECT url, looks, etag, last_modified, content_hash, fetched_at, at, page "
        "FROM visits CROSS JOIN pages ON pages.id = visits.page "  # read off the index `visits_due`
        "WHERE site = ? AND state = 'done' AND at <= ? AND (at, page) > (?, ?) ORDER BY at, page LIMIT ?",
        (site, moment(at), *after, -1 if limit is None else limit),
    )
    return [
        Visit(
            url=url,
            looks=looks,
            etag=etag,
            last_modified=last_modified,
            content_hash=content_hash,
            fetched_at=read_moment(fetched_at) if fetched_at else None,
            place=(due, page),
        )
        for url, looks, etag, last_modified, content_hash, fetched_at, due, page in rows
    ]


def listing(db: Database, url: str) -> Listing | None:
    """What is known of a listing."""
    row = db.execute(
        "SELECT url, site, etag, last_modified, content_hash, articles, fetched_at FROM listings WHERE url = ?",
        (url,),
    ).fetchone()
    if row is None:
        return None
    url, site, etag, last_modified, content_hash, articles, fetched_at = row
    return Listing(
        url=url,
        site=site,
        etag=etag,
        last_modified=last_modified,
        content_hash=content_hash,
        articles=articles,
        fetched_at=read_moment(fetched_at),
    )


def save_listing(db: Database, seen: Listing) -> None:
    """Writes how a listing was; the same answer again writes nothing."""
    db.execute(
        "INSERT INTO listings (url, site, etag, last_modified, content_hash, articles, fetched_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (url) DO UPDATE "
        "SET site = ?2, etag = ?3, last_modified = ?4, content_hash = ?5, articles = ?6, fetched_at = ?7 "
        "WHERE (site, etag, last_modified, content_hash, articles) IS NOT (?2, ?3, ?4, ?5, ?6)",
        (
            seen.url,
            seen.site,
            seen.etag,
            seen.last_modified,
            seen.content_hash,
            seen.articles,
            moment(seen.fetched_at),
        ),
    )


def hold(db: Database, host: str, until: datetime, reason: str) -> None:
    """Writes that a host is to be left alone; a later end than the one known wins."""
    db.execute(
        "INSERT INTO holds (host, until, reason) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (host) DO UPDATE SET until = ?2, reason = ?3 WHERE until < ?2",
        (host, moment(until), one_line(reason)),
    )


def holds(db: Database, at: datetime) -> dict[str, tuple[datetime, str]]:
    """The hosts to be left alone at `at`, with the end of the hold and its reason; what is over is forgotten."""
    db.execute("DELETE FROM holds WHERE until <= ?", (moment(at),))
    rows = db.execute("SELECT host, until, reason FROM holds ORDER BY host")
    return {host: (read_moment(until), reason) for host, until, reason in rows}


def count_requests(db: Database, site: str, day: date, sent: int) -> int:
    """Adds to what was sent to a site on a day, and returns the sum."""
    day_text = day.isoformat()
    if sent:
        db.execute(
            "INSERT INTO requests (site, day, sent) VALUES (?1, ?2, ?3) "
            "ON CONFLICT (site, day) DO UPDATE SET sent = sent + ?3",
            (site, day_text, sent),
        )
    row = db.execute("SELECT sent FROM requests WHERE site = ? AND day = ?", (site, day_text)).fetchone()
    return 0 if row is None else int(row[0])


def archived_to(db: Database, file: str) -> int:
    """The offset of the last record in an archive file that a page points to; 0 where none does."""
    (offset,) = db.execute("SELECT max(archive_offset) FROM pages WHERE archive_file = ?", (file,)).fetchone()
    return offset or 0
