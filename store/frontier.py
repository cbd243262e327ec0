"""The pages: every URL known, what became of it, and when it is to be tried again.

The functions write inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from store.errors import StoreError
from store.records import ArchivePointer, DiscoveredUrl, PageRow, PageState, Place, moment, read_moment

_COLUMNS = (
    "id, url, site, found_by, state, kind, reason, tries, next_try_at, etag, last_modified, content_hash, "
    "discovered_at, fetched_at, article"
)
_POINTER = "archive_file, archive_offset, archive_length"
_SETTLED = ("done", "gone", "not_article")
"""The states that an answer of the server puts a page in."""


def discover(db: Database, site: str, urls: Iterable[DiscoveredUrl], at: datetime) -> list[str]:
    """Adds the URLs that are unknown as pending pages; returns those, in the order given."""
    now = moment(at)
    new = []
    for found in urls:
        cursor = db.execute(
            "INSERT INTO pages (url, site, found_by, discovered_at) VALUES (?, ?, ?, ?) ON CONFLICT (url) DO NOTHING",
            (found.url, site, found.found_by, now),
        )
        if cursor.rowcount:
            new.append(found.url)
    return new


def pending(db: Database, site: str, at: datetime, limit: int | None) -> list[str]:
    """The URLs of `site` to be fetched now, in the order in which they were found."""
    rows = db.execute(
        "SELECT url FROM pages WHERE site = ? AND state = 'pending' AND (next_try_at IS NULL OR next_try_at <= ?) "
        "ORDER BY id LIMIT ?",
        (site, moment(at), -1 if limit is None else limit),
    )
    return [url for (url,) in rows]


def untried(db: Database, site: str, after: int, limit: int) -> list[tuple[int, str]]:
    """The next pages of `site` that were never asked for: number and URL, as they were found, after a page's number.

    Read off the index `pages_due`, however many there are.
    """
    return db.execute(
        "SELECT id, url FROM pages WHERE site = ? AND state = 'pending' AND next_try_at IS NULL AND id > ? "
        "ORDER BY id LIMIT ?",
        (site, after, limit),
    ).fetchall()


def tried(db: Database, site: str, at: datetime, after: Place, limit: int) -> list[tuple[Place, str]]:
    """The next pages of `site` to be tried again at `at`: place and URL, those that wait longest first."""
    rows = db.execute(
        "SELECT next_try_at, id, url FROM pages WHERE site = ? AND state = 'pending' AND next_try_at <= ? "
        "AND (next_try_at, id) > (?, ?) ORDER BY next_try_at, id LIMIT ?",
        (site, moment(at), *after, limit),
    )
    return [((due, number), url) for due, number, url in rows]


def page(db: Database, url: str) -> PageRow | None:
    """What is known of `url`."""
    row = db.execute(f"SELECT {_POINTER}, {_COLUMNS} FROM pages WHERE url = ?", (url,)).fetchone()  # noqa: S608 - constants
    if row is None:
        return None
    file, offset, length, *facts = row
    known = dict(zip(_COLUMNS.split(", "), facts, strict=True))
    known["archive"] = file and ArchivePointer(file=file, offset=offset, length=length)
    for name in ("next_try_at", "discovered_at", "fetched_at"):
        known[name] = known[name] and read_moment(known[name])
    return PageRow(**known)


def known_page(db: Database, url: str) -> PageRow:
    """What is known of `url`; raises StoreError where it was never discovered."""
    if (row := page(db, url)) is None:
        raise StoreError(f"the page {url} is not in the database: discover it first")
    return row


def mark(
    db: Database,
    before: PageRow,
    state: PageState,
    *,
    at: datetime,
    reason: str | None = None,
    kind: str | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
    content_hash: str | None = None,
    next_try_at: datetime | None = None,
    article: int | None = None,
    archive: ArchivePointer | None = None,
) -> None:
    """Writes what became of a page. An answer that says nothing new writes nothing; see `Store.mark_page`."""
    facts: dict[str, object] = {
        "state": state,
        "kind": kind,
        "reason": None if reason is None else one_line(reason),
        "tries": _tries(before, state),
        "next_try_at": None if next_try_at is None else moment(next_try_at),
        "etag": etag or before.etag,
        "last_modified": last_modified or before.last_modified,
        "content_hash": content_hash or before.content_hash,
        "article": before.article if article is None else article,
    }
    stored: dict[str, object] = {name: getattr(before, name) for name in facts}
    stored["next_try_at"] = None if before.next_try_at is None else moment(before.next_try_at)
    if facts == stored and archive in (None, before.archive):
        return
    if archive is not None:
        facts |= {
            "archive_file": archive.file,
            "archive_offset": archive.offset,
            "archive_length": archive.length,
        }
    if state in _SETTLED:
        facts["fetched_at"] = moment(at)
    assignments = ", ".join(f"{name} = :{name}" for name in facts)
    db.execute(f"UPDATE pages SET {assignments} WHERE id = :id", facts | {"id": before.id})  # noqa: S608 - our own names


def _tries(before: PageRow, state: PageState) -> int:
    """Failed tries in a row: a page that stays pending, or is given up, has had one more."""
    if state == "failed" or (state == "pending" and before.state == "pending"):
        return before.tries + 1
    return 0


def one_line(text: str) -> str:
    """`text` with every run of white space (line breaks too) as one space."""
    return " ".join(text.split())
