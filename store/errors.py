"""What can go wrong with a database, each with one line that says what to do about it."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

ROOM_FOR_WAL_INDEX = 1 << 20
"""With less room than this (bytes) an I/O error of SQLite is a full disk: it cannot grow the WAL's index file."""


class StoreError(Exception):
    """The database cannot be used as asked. Its message is one line, for the user to act on."""


class StoreLocked(StoreError):  # noqa: N818 - named after what happened
    """Another program held the database for longer than the busy timeout; nothing was written."""


class StoreFull(StoreError):  # noqa: N818 - named after what happened
    """No room to write; the transaction was rolled back and the database is whole."""


class StoreRefused(StoreError):  # noqa: N818 - named after what happened
    """A row breaks a rule of the schema; its transaction was rolled back, others may follow."""


def explain(error: sqlite3.Error, path: Path, timeout: float) -> StoreError | None:
    """The `StoreError` that tells a user what `error` means, or None where it is a mistake in our own SQL.

    `timeout` is the busy timeout in seconds, for the message. The codes are those of sqlite.org/rescode.html.
    """
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    match code & 0xFF:  # the low byte of an extended result code is its primary code
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreLocked(
                f"{path} is locked by another program (waited {timeout:g} s): let it finish, then run again"
            )
        case sqlite3.SQLITE_FULL:
            return full(path)
        case sqlite3.SQLITE_IOERR if _free(path) < ROOM_FOR_WAL_INDEX:
            return full(path)
        case sqlite3.SQLITE_IOERR:
            return StoreError(f"{path} could not be read or written ({error}): check the disk that holds it")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return read_only(path)
        case sqlite3.SQLITE_CANTOPEN:
            return StoreError(f"{path} cannot be opened: check that you may read and write it and its folder")
        case sqlite3.SQLITE_NOTADB:
            return no_database(path)
        case sqlite3.SQLITE_CORRUPT:
            return StoreError(
                f"{path} is damaged ({error}): restore a backup, or save what is left with "
                f"`sqlite3 {path} .recover`"
            )
        case sqlite3.SQLITE_CONSTRAINT:
            return StoreRefused(f"{path} refused a row, and what came with it: {error}")
        case sqlite3.SQLITE_TOOBIG | sqlite3.SQLITE_NOMEM:
            return StoreRefused(f"{path} refused a row that is too large: {error}")
        case _:
            return None


def full(path: Path) -> StoreFull:
    """No room left on the disk, or in the page limit, of `path`."""
    return StoreFull(
        f"no room left to write {path}: free some disk space, then run again; nothing is half-written"
    )


def read_only(path: Path) -> StoreError:
    """`path` may not be written."""
    return StoreError(f"{path} is read-only: make it and its folder writable, or name another database")


def no_database(path: Path) -> StoreError:
    """`path` holds something else than a SQLite database."""
    return StoreError(f"{path} is no SQLite database: name another file; this one was left as it is")


def no_unicode(error: UnicodeEncodeError, where: str) -> StoreRefused:
    """What a text is refused with that holds half a pair of surrogates."""
    half = error.object[error.start : error.end]
    return StoreRefused(f"{where} refused a text that is no Unicode: it holds a lone surrogate ({half!a})")


@contextlib.contextmanager
def explained(path: Path, timeout: float) -> Iterator[None]:
    """Turns what SQLite raises inside into a `StoreError` where the user can do something about it."""
    try:
        yield
    except sqlite3.Error as error:
        if (explanation := explain(error, path, timeout)) is None:
            raise
        raise explanation from error
    except UnicodeEncodeError as error:
        raise no_unicode(error, str(path)) from error
    except OverflowError as error:
        raise StoreRefused(f"{path} refused a number: {error}") from error


def _free(path: Path) -> int:
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return ROOM_FOR_WAL_INDEX
