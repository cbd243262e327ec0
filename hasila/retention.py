"""How long pages are kept: which files of the archive go, by age and by size, and what goes with them.

A file goes as a whole. First every pointer into it leaves the database, in one transaction that is on the disk before
the first file is removed: whenever a prune is killed, no row points to a file that is not there, and the files that are
left over go with the next one.
"""

from __future__ import annotations

import fcntl
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from store import Store, StoreError, archived

_NAME: Final = re.compile(r"[a-z0-9_-]+-(\d{8})-\d{5}\.warc\.gz")
"""As `crawler.archive` names its files. Others are nobody's business here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveFile:
    """A file of the archive, and what the database has in it."""

    name: str
    """Relative to the archive's folder, as the database has it."""
    site: str
    """Its folder: the crawl's name of the site, as a name of files."""
    day: date
    """The day whose pages it holds, UTC."""
    size: int
    """Bytes."""
    articles: int
    """Articles of which a text was read from a page in it. Without the file that text cannot be extracted anew."""
    pages: int
    """Pages in it that hold no article of the reform; without the file they cannot be judged anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which files go."""

    files: tuple[ArchiveFile, ...]
    """Oldest first."""
    spared: tuple[ArchiveFile, ...]
    """Files that would go, but hold pages of articles."""
    spared_articles: int
    """So many."""
    kept: int
    """Bytes that stay."""
    excess: int
    """Bytes by which those are more than they should be."""
    articles: int
    """Articles that lose a page."""
    stale: int
    """Of these the articles that other rules have read."""
    pages: int
    """Pages without an article that go."""

    @property
    def size(self) -> int:
        """Bytes that go."""
        return sum(file.size for file in self.files)


def survey(store: Store, folder: Path) -> list[ArchiveFile]:
    """The files of the archive, oldest first. Raises StoreError where the folder cannot be read."""
    articles = _counts(
        store,
        "SELECT k.archive_file AS name, count(DISTINCT r.article) AS n "
        "FROM records AS k JOIN revisions AS r ON r.id = k.revision GROUP BY k.archive_file",
    )
    pages = _counts(
        store,
        "SELECT archive_file AS name, count(*) AS n FROM pages "
        "WHERE archive_file IS NOT NULL AND article IS NULL AND state IN ('done', 'not_article', 'failed') "
        "GROUP BY archive_file",
    )
    found = []
    try:
        for path in folder.glob("*/*.warc.gz"):
            match = _NAME.fullmatch(path.name)
            if match is None or path.is_symlink() or not path.is_file():
                continue
            name = f"{path.parent.name}/{path.name}"
            found.append(
                ArchiveFile(
                    name=name,
                    site=path.parent.name,
                    day=datetime.strptime(match[1], "%Y%m%d").replace(tzinfo=UTC).date(),
                    size=path.stat().st_size,
                    articles=articles.get(name, 0),
                    pages=pages.get(name, 0),
                )
            )
    except (OSError, ValueError) as error:
        raise StoreError(f"the archive {folder} cannot be read: {error}") from error
    return sorted(found, key=lambda file: (file.day, file.name))


def plan(
    store: Store,
    folder: Path,
    *,
    older_than: timedelta | None = None,
    max_size: int | None = None,
    lose_pages: bool = False,
    ruleset: str,
    now: datetime | None = None,
) -> Plan:
    """Say which files go: those whose pages are all older, then the oldest until the rest is no larger, in bytes.

    Files that hold pages of articles are spared unless `lose_pages` says otherwise. None is no limit. `ruleset` is the
    version of the rules of today. Nothing is written. Raises StoreError.
    """
    now = now or datetime.now(UTC)
    files = survey(store, folder)
    kept = sum(file.size for file in files)
    going, spared = [], []
    for file in files:
        end = datetime(file.day.year, file.day.month, file.day.day, tzinfo=UTC) + timedelta(days=1)
        too_old = older_than is not None and end + older_than <= now
        too_much = max_size is not None and kept > max_size
        if not (too_old or too_much):
            continue
        if file.articles and not lose_pages:
            spared.append(file)
            continue
        going.append(file)
        kept -= file.size
    articles = archived.articles_in(store.db, [file.name for file in going])
    return Plan(
        files=tuple(going),
        spared=tuple(spared),
        spared_articles=len(archived.articles_in(store.db, [file.name for file in spared])),
        kept=kept,
        excess=max(0, kept - max_size) if max_size is not None else 0,
        articles=len(articles),
        stale=_stale(store, articles, ruleset),
        pages=sum(file.pages for file in going),
    )


def prune(store: Store, folder: Path, files: Iterable[ArchiveFile]) -> list[ArchiveFile]:
    """Remove files, and every pointer into them before; return those that went.

    The caller holds the lock of the database. A file that another run writes to (of another database) stays. Raises
    StoreError, also where a file cannot be removed: nothing points to it then, and it goes next time.
    """
    going = [file for file in files if not _in_use(folder / file.name)]
    store.db.execute(
        "PRAGMA synchronous = FULL"
    )  # on the disk before a file goes, also where the power fails
    try:
        with store.transaction():
            archived.forget(store.db, [file.name for file in going])
    finally:
        store.db.execute("PRAGMA synchronous = NORMAL")
    for file in going:
        try:
            (folder / file.name).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(
                f"{folder / file.name} cannot be removed: {error.strerror or error}; run again when it can"
            ) from error
    return going


def by_site(files: Sequence[ArchiveFile]) -> dict[str, list[ArchiveFile]]:
    """The files of each site."""
    found: dict[str, list[ArchiveFile]] = {}
    for file in files:
        found.setdefault(file.site, []).append(file)
    return dict(sorted(found.items()))


def _counts(store: Store, query: str) -> Mapping[str, int]:
    return {row["name"]: row["n"] for row in store.rows(query)}


def _stale(store: Store, articles: Sequence[int], ruleset: str) -> int:
    stale = {
        row["article"]
        for row in store.rows("SELECT DISTINCT article FROM revisions WHERE ruleset <> ?", (ruleset,))
    }
    return len(stale.intersection(articles))


def _in_use(path: Path) -> bool:
    """Whether a run has the file open for writing (it holds a lock on it then)."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
