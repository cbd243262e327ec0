"""Looking after a database: whether everything in it holds, a copy of it while it is in use, its size."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlite_utils import Database

from store import coverage, derived, tallies
from store.errors import StoreError, explained
from store.writer import Store

SHOWN = 20
"""Faults of one kind that are told; of the others the number."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a database that does not hold."""

    kind: str
    """What sort of thing it is, in lower case with underscores (`offset`)."""
    message: str
    """One line."""


BASE = {
    "offset": (
        "the text of a claim is not what its revision holds at its offsets",
        "SELECT 'claim ' || c.id || ' of revision ' || c.revision FROM claims AS c "
        "LEFT JOIN revisions AS r ON r.id = c.revision "
        'WHERE substr(r.body, c.start + 1, c."end" - c.start) IS NOT c.text OR c.sentence_end > length(r.body)',
    ),
    "latest": (
        "an article does not name its revision read last",
        "SELECT 'article ' || a.id FROM articles AS a LEFT JOIN revisions AS r ON r.id = a.latest "
        "WHERE r.article IS NOT a.id OR EXISTS (SELECT 1 FROM revisions WHERE article = a.id AND read_at > r.read_at)",
    ),
    "orphan": (
        "a page is done with an article that has no text",
        "SELECT 'page ' || p.id || ' (' || p.url || ')' FROM pages AS p JOIN articles AS a ON a.id = p.article "
        "WHERE a.latest IS NULL",
    ),
    "numbering": (
        "the revisions of an article are not numbered from 1 on",
        "SELECT 'article ' || article FROM revisions GROUP BY article HAVING min(number) <> 1 OR max(number) <> count(*)",
    ),
}
"""Of the rows that everything else is derived from: what is wrong, and a query that names where."""

DERIVED = {
    "cluster": (
        "an article has no cluster, or its cluster is not numbered after its first article",
        "SELECT 'article ' || a.id FROM articles AS a LEFT JOIN clusters AS k ON k.article = a.id "
        "WHERE k.cluster IS NULL "
        "OR k.cluster <> (SELECT min(article) FROM clusters WHERE cluster = k.cluster)",
    ),
    "search": (
        "an article is not in the search index, or one that is not stored is",
        "SELECT 'article ' || id FROM (SELECT id FROM articles EXCEPT SELECT id FROM _search_docsize "
        "UNION ALL SELECT * FROM (SELECT id FROM _search_docsize EXCEPT SELECT id FROM articles))",
    ),
}
"""The same of what `store.derived` keeps. Where one of these is wrong, `rebuild` puts it right."""

COPIED = ("points", "changes", "tallies", "run_tallies", "coverage")
"""Derived tables that are made anew beside the stored ones and compared with those."""


def check(store: Store, *, archive: Path | None = None) -> Iterator[Fault]:
    """Everything in a database that does not hold: SQLite's own checks, the schema's rules, offsets, derived rows.

    With `archive`, the folder of the archive, every pointer into it as well. Reads everything and writes nothing.
    """
    with explained(store.path, 0):
        yield from _told("integrity", "SQLite says", _integrity(store))
        broken = store.db.execute("PRAGMA foreign_key_check").fetchall()
        yield from _told(
            "reference",
            "a row refers to one that is not there",
            [f"{row[0]} {row[1]}: {row[2]}" for row in broken],
        )
        for kind, (message, query) in (BASE | DERIVED).items():
            yield from _told(kind, message, [where for (where,) in store.db.execute(query)])
        yield from _hashes(store.db)
        yield from _copies(store.db)
        if archive is not None:
            yield from _pointers(store.db, archive)


def _integrity(store: Store) -> list[str]:
    """What SQLite finds: damage, indexes that differ from their tables, values that a CHECK forbids.

    SQLite leaves the CHECKs out of a connection that is for reading only, hence one of its own.
    """
    uri = f"{store.path.absolute().as_uri()}?mode=rw"
    with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
        connection.execute("PRAGMA query_only = ON")
        return [row for (row,) in connection.execute("PRAGMA integrity_check") if row != "ok"]


def _told(kind: str, message: str, where: list[str]) -> Iterator[Fault]:
    for each in where[:SHOWN]:
        yield Fault(kind, f"{message}: {each}")
    if len(where) > SHOWN:
        yield Fault(kind, f"{message}: {len(where) - SHOWN} more")


def _hashes(db: Database) -> Iterator[Fault]:
    wrong = [
        f"revision {revision}"
        for revision, body, body_hash in db.execute("SELECT id, body, body_hash FROM revisions")
        if sha256(body.encode()).hexdigest() != body_hash
    ]
    yield from _told("hash", "the hash of a text is not that of the text", wrong)


def _copies(db: Database) -> Iterator[Fault]:
    """Compares derived tables with what they would be. A temporary table goes before another one of its name."""
    for table in COPIED:
        db.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM main.{table} WHERE 0")  # noqa: S608
    try:
        derived.refresh_points(db, *derived.ALL_CLUSTERS)
        derived.remember_all(db)
        tallies.count_all(db)
        coverage.count_all(db)
        for table in COPIED:
            columns = ", ".join(
                f'"{name}"'
                for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", (table,))
                if name != "id"
            )
            stored, anew = (f"SELECT {columns} FROM {place}.{table}" for place in ("main", "temp"))  # noqa: S608
            wrong = db.execute(
                f"SELECT count(*) FROM (SELECT * FROM ({stored} EXCEPT {anew}) "  # noqa: S608 - our own names
                f"UNION ALL SELECT * FROM ({anew} EXCEPT {stored}))"
            ).fetchone()[0]
            if wrong:
                yield Fault(table, f"{wrong} rows of {table} are not what the claims say")
    finally:
        for table in COPIED:
            db.execute(f"DROP TABLE IF EXISTS temp.{table}")


def _pointers(db: Database, archive: Path) -> Iterator[Fault]:
    """Whether every record that a page points to is there: its file, and the beginning of a record at its offset."""
    wrong = []
    files = db.execute(
        "SELECT archive_file, archive_offset, archive_length, url FROM pages WHERE archive_file IS NOT NULL "
        "UNION SELECT k.archive_file, k.archive_offset, k.archive_length, a.url FROM records AS k "
        "JOIN revisions AS r ON r.id = k.revision JOIN articles AS a ON a.id = r.article "
        "ORDER BY archive_file, archive_offset"
    )
    with contextlib.ExitStack() as stack:
        name, file, size = None, None, 0
        for archive_file, offset, length, url in files:
            if archive_file != name:
                stack.close()
                name, path = archive_file, archive / archive_file
                inside = path.resolve().is_relative_to(archive.resolve())
                file = stack.enter_context(path.open("rb")) if inside and path.is_file() else None
                size = path.stat().st_size if file else 0
            if file is None:
                wrong.append(f"{url} is in {archive_file}, which is not in {archive}")
                continue
            file.seek(offset)
            if offset + length > size or not file.read(5).startswith((b"\x1f\x8b", b"WARC/")):
                wrong.append(f"{url} is at byte {offset} of {archive_file}, where no record is")
    yield from _told("archive", "a page is not in the archive where the database says", wrong)


def rebuild(store: Store) -> None:
    """Makes everything that is derived from articles and claims anew, in one transaction."""
    with store.transaction():
        store.index.forget(after=0)  # it is made anew with the rest
        derived.rebuild(store.db)


def vacuum(store: Store) -> tuple[int, int]:
    """Writes the database anew without gaps; returns its size before and after, in bytes. Nobody else may write."""
    before = store.path.stat().st_size
    with store.transaction():
        store.db.execute("INSERT INTO _search (_search) VALUES ('optimize')")
    with explained(store.path, 0):
        store.db.execute("VACUUM")
        store.db.execute("PRAGMA optimize")
        store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return before, store.path.stat().st_size


def backup(store: Store, to: Path) -> int:
    """Copies the database, as it is at this moment, into one file; returns its size in bytes.

    Others may write meanwhile: the copy is of one snapshot, which does not wait for them nor they for it. It is written
    beside `to` and has its name only when it is whole. Raises StoreError where `to` is there already or its folder not.
    """
    if to.exists():
        raise StoreError(f"{to} is there already: name another file, or move it away")
    if not to.absolute().parent.is_dir():
        raise StoreError(f"the folder of {to} does not exist: make it first")
    partial = to.with_name(f".{to.name}.{os.getpid()}.partial")
    try:
        with explained(to, 0):
            target = sqlite3.connect(partial, isolation_level=None)
            try:
                with explained(store.path, 0):
                    store.db.conn.backup(
                        target
                    )  # in one step: of one snapshot, however much is written meanwhile
                target.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
                found = target.execute("PRAGMA quick_check").fetchone()
            finally:
                target.close()
        if found != ("ok",):
            raise StoreError(
                f"the copy of {store.path} is damaged ({found[0]}): check the disk that holds {to}"
            )
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        os.link(partial, to)  # unlike a renaming it never replaces a file that came meanwhile
    except OSError as error:
        raise StoreError(f"{to} cannot be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return to.stat().st_size
