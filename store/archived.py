"""What the database knows of the archive: which record a text is from, and what goes with a file that is removed.

The functions write inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from store.records import ArchivePointer, moment


def point(db: Database, revision: int, archive: ArchivePointer, fetched_at: datetime) -> None:
    """Writes where the page stands that a text was read from; of several pages with one text the one fetched last."""
    db.execute(
        "INSERT INTO records (revision, archive_file, archive_offset, archive_length, fetched_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (revision) DO UPDATE "
        "SET archive_file = ?2, archive_offset = ?3, archive_length = ?4, fetched_at = ?5 "
        "WHERE fetched_at <= ?5 AND (archive_file, archive_offset, archive_length) IS NOT (?2, ?3, ?4)",
        (revision, archive.file, archive.offset, archive.length, moment(fetched_at)),
    )


def judge(db: Database, page: int, ruleset: str) -> None:
    """Writes by which rules a page was judged that holds no article of the reform."""
    db.execute(
        "INSERT INTO judgements (page, ruleset) VALUES (?1, ?2) "
        "ON CONFLICT (page) DO UPDATE SET ruleset = ?2 WHERE ruleset <> ?2",
        (page, ruleset),
    )


def articles_in(db: Database, files: Sequence[str]) -> list[int]:
    """The articles of which some text could no longer be read from its page without these files."""
    found = db.execute(
        f"SELECT DISTINCT r.article FROM records AS k JOIN revisions AS r ON r.id = k.revision "  # noqa: S608
        f"WHERE k.archive_file IN ({_marks(files)}) ORDER BY r.article",
        list(files),
    )
    return [article for (article,) in found]


def forget(db: Database, files: Sequence[str]) -> None:
    """Takes every pointer into these files out of the database."""
    marks = _marks(files)
    db.execute(f"DELETE FROM records WHERE archive_file IN ({marks})", list(files))  # noqa: S608
    db.execute(
        "UPDATE pages SET archive_file = NULL, archive_offset = NULL, archive_length = NULL "  # noqa: S608
        f"WHERE archive_file IN ({marks})",
        list(files),
    )


def _marks(files: Sequence[str]) -> str:
    return ", ".join("?" * len(files))
