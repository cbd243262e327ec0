"""Opening a database: whose it is, how new it is, and how it is set up before anybody uses it."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

from sqlite_utils import Database

from store import schema
from store.errors import StoreError, explained, no_database, read_only

LEAST_SQLITE = (3, 37, 0)
"""The first SQLite with STRICT tables (sqlite.org/stricttables.html)."""

WAL_PAGES = 4000
"""Pages in the log, 16 MiB, from which on a commit brings a checkpoint: with SQLite's own 1000 the pages of an index that
is written all over are copied into the database, and waited for, four times as often."""

WAL_LIMIT = 16 << 20
"""Bytes to which a WAL file that a long reader let grow is cut at the next checkpoint."""

CACHE = 16 << 10
"""KiB of pages that a connection keeps: the index of reprints is written all over, which SQLite's own 2 MiB do not hold."""

READING_CACHE = 64 << 10
"""The same of a connection that reads only: a series is spread over some thousand pages, and is asked for again."""

WAIT_FOR_WAL = 0.02
"""Seconds between two tries to switch to WAL: SQLite does not wait by itself for that lock."""


def connect(
    path: Path, *, create: bool, readonly: bool, timeout: float, older: bool = False, newer: bool = False
) -> Database:
    """A connection to the database at `path`, of this program's schema; autocommit, foreign keys on.

    With `readonly` and `older` the schema may be an earlier one, of which only the tables of the first are sure; with
    `newer` a later one, of which nothing is.
    Raises `StoreError` for everything that is no such database and cannot be made one.
    """
    if sqlite3.sqlite_version_info < LEAST_SQLITE:
        raise StoreError(
            f"SQLite {sqlite3.sqlite_version} is too old: use a Python with SQLite 3.37 or newer "
            '(`python -c "import sqlite3; print(sqlite3.sqlite_version)"` shows it)'
        )
    _check_place(path, create=create, readonly=readonly)
    mode = "ro" if readonly else "rwc" if create else "rw"
    with explained(path, timeout):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=timeout, isolation_level=None
        )
        try:
            db = Database(connection, execute_plugins=False)
            version = _version(db, path, empty_is_ours=create and not readonly, newer=readonly and newer)
            db.execute(f"PRAGMA cache_size = -{READING_CACHE if readonly else CACHE}")
            if not readonly:
                _set_up(db, path, version, timeout=timeout)
            elif version < schema.known_version() and not (older and version):
                raise StoreError(
                    f"{path} is of an earlier version of hasila: bring it up to date with a command that writes to it"
                )
        except BaseException:
            connection.close()
            raise
    return db


def _check_place(path: Path, *, create: bool, readonly: bool) -> None:
    """What is clear without opening the file. Opening a named pipe would wait for ever."""
    if path.is_dir():
        raise StoreError(f"{path} is a folder: name a database file")
    if not path.exists():
        if not path.absolute().parent.is_dir():
            raise StoreError(f"the folder of {path} does not exist: make it first, or name another database")
        if readonly or not create:
            raise StoreError(
                f"there is no database {path}: name another, or make it by a crawl or an extraction"
            )
        if not os.access(path.absolute().parent, os.W_OK):
            raise read_only(path)
        return
    # SQLite takes a file of one byte for an empty one (os_unix.c: a byte that it writes itself on some systems).
    if not path.is_file() or path.stat().st_size == 1:
        raise no_database(path)
    if not os.access(path, os.R_OK):
        raise StoreError(f"{path} may not be read by you: ask its owner, or name another database")
    # SQLite opens a file that may not be written for reading, and fails at the first write only.
    if not readonly and not (os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK)):
        raise read_only(path)


def _set_up(db: Database, path: Path, version: int, *, timeout: float) -> None:
    _use_wal(db, path, timeout)
    db.execute(
        "PRAGMA synchronous = NORMAL"
    )  # with WAL: survives a killed process, and a power cut without damage
    # What a call inside a transaction changes is kept until the call has succeeded: in memory rather than in a file.
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
    db.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT}")
    if version < schema.known_version() or schema.stale_views(db):
        _migrate(db, path)
    db.execute("PRAGMA foreign_keys = ON")


def _version(db: Database, path: Path, *, empty_is_ours: bool, newer: bool = False) -> int:
    """The schema version of our database, 0 for an empty file.

    Raises StoreError where it is not ours, and where it is newer unless that is fine.
    """
    nested = db.conn.in_transaction
    if not nested:
        db.execute("BEGIN")  # one snapshot: another process may be making the schema right now
    try:
        (application,) = db.execute("PRAGMA application_id").fetchone()
        (version,) = db.execute("PRAGMA user_version").fetchone()
        (objects,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    finally:
        if not nested:
            db.rollback()
    if application != schema.APPLICATION_ID:
        if application or version or objects:
            raise StoreError(
                f"{path} is a SQLite database of another program: name another file; this one was left as it is"
            )
        if not empty_is_ours:
            raise StoreError(
                f"{path} is empty: name another database, or fill it by a crawl or an extraction"
            )
    if version > (known := schema.known_version()) and not newer:
        raise StoreError(
            f"{path} was written by a newer hasila (schema {version}, this one knows {known}): update the program"
        )
    return int(version)


def _use_wal(db: Database, path: Path, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while True:
        try:
            (mode,) = db.execute("PRAGMA journal_mode = WAL").fetchone()
            break
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
            time.sleep(WAIT_FOR_WAL)
    if mode != "wal":
        raise StoreError(f"{path} cannot have a write-ahead log where it is: move it to a local disk")


def _migrate(db: Database, path: Path) -> None:
    # Rebuilding a table drops it, which with foreign keys on would touch the rows that refer to it; SQLite ignores
    # the switch inside a transaction. What the migration leaves is checked instead (sqlite.org/lang_altertable.html).
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("BEGIN IMMEDIATE")
    try:
        _version(db, path, empty_is_ours=True)  # again: another process may have migrated it meanwhile
        schema.migrate(db)
        if broken := db.execute("PRAGMA foreign_key_check").fetchall():
            raise StoreError(
                f"{path} has {len(broken)} rows that refer to rows it lacks (the first in {broken[0][0]}): restore a backup"
            )
        db.execute("COMMIT")
    except BaseException:
        db.rollback()
        raise
