"""The one writer: every change of the database goes through a `Store`."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlite_utils import Database

from store import archived, articles, connection, derived, frontier, memory, search
from store.articles import Reading
from store.crawl_history import SiteRun, site_histories
from store.errors import StoreError, explained
from store.prepared import PreparedArticle
from store.records import (
    ArchivePointer,
    DiscoveredUrl,
    Hit,
    Indicator,
    Listing,
    PageRow,
    PageState,
    Place,
    RunState,
    Saved,
    Visit,
    moment,
)
from store.search import Related

BUSY_TIMEOUT = 30.0
"""Seconds to wait for another writer before `StoreLocked`."""
AHEAD = timedelta(days=1)
"""How much later than its reading an article may say it was published: clocks and zones differ."""
NOWHERE: Place = ("", 0)
"""Before all pages that wait."""


class Store:
    """A database, open. A context manager: closed at its end.

    Every method that writes is one immediate transaction, all or nothing; several calls become one inside
    `with store.transaction():`. Moments (`at`, `read_at`) are aware datetimes; a naive one is a ValueError.
    All methods raise `StoreError` where the database cannot be used: `StoreLocked` and `StoreFull` for what passes,
    `StoreRefused` where a row breaks a rule of the schema. After each the database is as it was before the call.
    """

    db: Database
    """The connection, for reading with SQL. Write through the methods."""
    path: Path
    index: search.Index
    """What the transaction changes in the search index."""

    def __init__(self, path: Path, db: Database, *, readonly: bool, timeout: float) -> None:
        self.path = path
        self.db = db
        self.index = search.Index(db)
        self._readonly = readonly
        self._timeout = timeout
        self._whole = False

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        create: bool = True,
        readonly: bool = False,
        older: bool = False,
        newer: bool = False,
        timeout: float | None = None,
    ) -> Store:
        """Opens the database at `path`, made where it is missing and brought to this program's schema.

        `create=False` raises where there is none; `readonly` as well, and where its schema is an earlier one, unless
        `older` allows that: only the tables of the first schema are sure to be there then. `readonly` and `newer` allow
        the schema of a later program, for whoever copies the file and asks nothing of it.
        `timeout` is how long to wait for another writer, in seconds; None for `BUSY_TIMEOUT`.
        """
        path = Path(path)
        timeout = BUSY_TIMEOUT if timeout is None else timeout
        db = connection.connect(
            path, create=create, readonly=readonly, timeout=timeout, older=older, newer=newer
        )
        return cls(path, db, readonly=readonly, timeout=timeout)

    def close(self) -> None:
        """Moves the write-ahead log into the database, as far as readers let it, and closes. May be called twice."""
        with contextlib.suppress(sqlite3.Error):  # nothing is lost: what is committed is in the log
            if not self._readonly:
                self.db.execute("PRAGMA busy_timeout = 0")
                self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def transaction(self, *, whole: bool = False) -> Iterator[None]:
        """All calls inside are written together or not at all. Inside another one it is a savepoint of that.

        Inside a `whole` one there are no savepoints, which cost more than what most calls write: whoever catches the
        error of a call there lets it go on to the end of the transaction, which undoes what that call has begun.
        """
        if self._readonly:
            raise StoreError(f"{self.path} was opened for reading only")
        if self._whole:
            yield
            return
        self._whole = whole
        try:
            yield from self._begin()
        finally:
            self._whole = False

    def _begin(self) -> Iterator[None]:
        with explained(self.path, self._timeout):
            if self.db.conn.in_transaction:
                yield from self._savepoint()
                return
            # Immediate: a transaction that reads before it writes fails at once where another one wrote in between.
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.index.write()
                self.db.execute("COMMIT")
            except BaseException:
                self.index.forget(after=0)
                self.db.rollback()  # no error where SQLite rolled back by itself, as on a full disk
                raise

    def _savepoint(self) -> Iterator[None]:
        # One name for all, so that the statements are prepared once; the innermost of a name is meant.
        self.db.execute("SAVEPOINT inner")
        indexed = len(self.index)
        try:
            yield
        except BaseException:
            self.index.forget(after=indexed)
            if self.db.conn.in_transaction:  # a full disk may have ended all of it
                self.db.execute("ROLLBACK TO inner")
                self.db.execute("RELEASE inner")
            raise
        self.db.execute("RELEASE inner")

    def rows(
        self, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()
    ) -> list[dict[str, Any]]:
        """The rows of a SELECT, each as a dict by column name."""
        return list(self.stream(sql, parameters))

    def stream(
        self, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()
    ) -> Iterator[dict[str, Any]]:
        """The same, row by row, for more than fits in memory. It reads one snapshot, however long that takes."""
        with explained(self.path, self._timeout):
            cursor = self.db.execute(
                sql, dict(parameters) if isinstance(parameters, Mapping) else tuple(parameters)
            )
            names = [column[0] for column in cursor.description]
            for row in cursor:
                yield dict(zip(names, row, strict=True))

    # Runs

    def begin_run(
        self, command: str, sites: Sequence[str], *, program: str, ruleset: str, at: datetime
    ) -> int:
        """Opens a run (`state` running) and returns its number."""
        with self.transaction():
            cursor = self.db.execute(
                "INSERT INTO runs (command, sites, program, ruleset, started_at) VALUES (?, ?, ?, ?, ?)",
                (command, json.dumps(list(sites), ensure_ascii=False), program, ruleset, moment(at)),
            )
            return int(cursor.lastrowid or 0)

    def end_run(self, run_id: int, state: RunState, counters: Mapping[str, int], *, at: datetime) -> None:
        """Closes a run with what it counted. Raises StoreError where there is no such run."""
        with self.transaction():
            cursor = self.db.execute(
                "UPDATE runs SET state = ?, counters = ?, ended_at = ? WHERE id = ?",
                (state, json.dumps(dict(counters), ensure_ascii=False), moment(at), run_id),
            )
            if not cursor.rowcount:
                raise StoreError(f"there is no run {run_id} in {self.path}")

    def close_abandoned_runs(self, *, at: datetime) -> int:
        """Closes as `interrupted` the runs that were killed before they ended, and returns how many those are.

        For whoever holds the lock that keeps two crawls apart: a run of theirs that still runs is closed as well.
        """
        with self.transaction():
            cursor = self.db.execute(
                "UPDATE runs SET state = 'interrupted', ended_at = ? WHERE state = 'running'", (moment(at),)
            )
            return cursor.rowcount

    def add_issue(
        self,
        kind: str,
        message: str,
        *,
        run_id: int | None = None,
        site: str | None = None,
        url: str | None = None,
        at: datetime,
    ) -> None:
        """Records something odd. `kind` is lower case with underscores; line breaks in `message` become spaces."""
        with self.transaction():
            self._issue(kind, message, run_id=run_id, site=site, url=url, at=at)

    def _issue(
        self, kind: str, message: str, *, run_id: int | None, site: str | None, url: str | None, at: datetime
    ) -> None:
        self.db.execute(
            "INSERT INTO issues (run, site, url, kind, message, at) VALUES (?, ?, ?, ?, ?, ?)",
            (run_id, site, url, kind, frontier.one_line(message), moment(at)),
        )

    def site_histories(self, sites: Sequence[str], *, since: datetime) -> dict[str, list[SiteRun]]:
        """What the crawls of some sites that began at `since` or later counted, the latest last."""
        with explained(self.path, self._timeout):
            return site_histories(self.db, sites, since)

    # Pages

    def discover(self, site: str, urls: Iterable[DiscoveredUrl], *, at: datetime) -> list[str]:
        """Adds the URLs that are unknown as pending pages of `site`; returns those, in the order given."""
        with self.transaction():
            return frontier.discover(self.db, site, urls, at)

    def pending(self, site: str, *, at: datetime, limit: int | None = None) -> list[str]:
        """The URLs of `site` to be fetched at `at`, in the order in which they were found."""
        with explained(self.path, self._timeout):
            return frontier.pending(self.db, site, at, limit)

    def untried(self, site: str, *, after: int = 0, limit: int) -> list[tuple[int, str]]:
        """The next URLs of `site` that were never asked for, each with the number of its page, after such a number."""
        with explained(self.path, self._timeout):
            return frontier.untried(self.db, site, after, limit)

    def tried(
        self, site: str, *, at: datetime, after: Place = NOWHERE, limit: int
    ) -> list[tuple[Place, str]]:
        """The next URLs of `site` to be tried again at `at`, each with its place, after such a place."""
        with explained(self.path, self._timeout):
            return frontier.tried(self.db, site, at, after, limit)

    def page(self, url: str) -> PageRow | None:
        """What is known of `url`; None where it was never discovered."""
        with explained(self.path, self._timeout):
            return frontier.page(self.db, url)

    def mark_page(
        self,
        url: str,
        state: PageState,
        *,
        at: datetime,
        reason: str | None = None,
        kind: str | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        content_hash: str | None = None,
        next_try_at: datetime | None = None,
        archive: ArchivePointer | None = None,
        ruleset: str | None = None,
    ) -> None:
        """Writes what became of a page that was discovered; raises StoreError for any other.

        `kind` (a `PageKind`) goes with `not_article` and only with it, `next_try_at` with `pending`. A page that
        stays `pending`, or is given up as `failed`, has had one failed try more; every other state resets `tries`.
        `etag`, `last_modified`, `content_hash` and `archive` keep their value where None is given, as for a 304. An answer
        that changes nothing writes nothing, so `fetched_at` is the moment of the answer that said so first.
        `ruleset` is the version of the rules that found no article of the reform in it.
        """
        with self.transaction():
            page = frontier.known_page(self.db, url)
            if ruleset is not None:
                archived.judge(self.db, page.id, ruleset)
            frontier.mark(
                self.db,
                page,
                state,
                at=at,
                reason=reason,
                kind=kind,
                etag=etag,
                last_modified=last_modified,
                content_hash=content_hash,
                next_try_at=next_try_at,
                archive=archive,
            )

    # What a crawl remembers

    def plan_visit(self, url: str, at: datetime | None, *, looks: int) -> None:
        """Writes when a page that was discovered is looked at again, after so many `looks`; None for never."""
        with self.transaction():
            memory.plan_visit(self.db, url, at, looks)

    def due_visits(
        self, site: str, *, at: datetime, after: Place = NOWHERE, limit: int | None = None
    ) -> list[Visit]:
        """The pages of `site` to be looked at again at `at` that stand after a place, those that wait longest first."""
        with explained(self.path, self._timeout):
            return memory.due_visits(self.db, site, at, after, limit)

    def listing(self, url: str) -> Listing | None:
        """What is known of a listing; None where it was never written."""
        with explained(self.path, self._timeout):
            return memory.listing(self.db, url)

    def save_listing(self, listing: Listing) -> None:
        """Writes how a listing was. The same answer again writes nothing."""
        with self.transaction():
            memory.save_listing(self.db, listing)

    def hold(self, host: str, *, until: datetime, reason: str) -> None:
        """Writes that a host is to be left alone. The later end wins where one is known."""
        with self.transaction():
            memory.hold(self.db, host, until, reason)

    def holds(self, *, at: datetime) -> dict[str, tuple[datetime, str]]:
        """The hosts to be left alone at `at`: the end of the hold, and its reason."""
        with self.transaction():
            return memory.holds(self.db, at)

    def count_requests(self, site: str, day: date, sent: int = 0) -> int:
        """Adds `sent` requests to those of a site on a day (UTC), and returns how many those are now."""
        with self.transaction():
            return memory.count_requests(self.db, site, day, sent)

    def archived_to(self, file: str) -> int:
        """The offset of the last record in an archive file that a page points to; 0 where none does."""
        with explained(self.path, self._timeout):
            return memory.archived_to(self.db, file)

    # Articles

    def save_article(
        self,
        prepared: PreparedArticle,
        *,
        relevance: float,
        ruleset: str,
        read_at: datetime,
        page_url: str | None = None,
        run_id: int | None = None,
        mark_done: bool = False,
        etag: str | None = None,
        last_modified: str | None = None,
        content_hash: str | None = None,
        archive: ArchivePointer | None = None,
    ) -> Saved:
        """Stores an article as read, with its claims (`prepare` takes both), and with `mark_done` its page as done.

        `article.canonical` is what makes it the same article. A text without a URL has `url` "" and a canonical
        of the caller that the same text gets again: `text:sha256-` and the digest of its body in UTF-8.
        `read_at` is when the page was fetched (for an archived page: then, not now), so that pages may be read
        again in any order: the latest text is the one fetched last.
        `page_url` is the page it was read from, which must have been discovered; None for a file.

        A text (by its hash) that the article never had, or has again after another, is a new revision with its
        own claims. A known text with another `ruleset` gets its claims anew. Where title, date, score … changed,
        the article's row follows. A known text, read by the same rules, with nothing else changed, writes no row.

        An article that was published after it was read is stored with an issue, `future_date`.
        """
        article = prepared.article
        with self.transaction():
            page = None if page_url is None else frontier.known_page(self.db, page_url)
            before = derived.state(self.db, article.canonical)
            reading = Reading(
                article=article,
                body_hash=prepared.body_hash,
                claims=prepared.claims,
                relevance=relevance,
                ruleset=ruleset,
                read_at=read_at,
                page=None if page is None else page.id,
                run=run_id,
            )
            saved = articles.save(self.db, reading)
            if saved.outcome == "new":
                derived.follow(
                    self.db,
                    self.index,
                    None,
                    derived.first_state(saved.article_id, reading, prepared.indexed),
                )
            elif saved.outcome != "unchanged":
                after = derived.state(self.db, article.canonical)
                assert after is not None  # noqa: S101 - it was saved
                derived.follow(self.db, self.index, before, after)
            if (
                saved.outcome != "unchanged"
                and article.published_at is not None
                and article.published_at > read_at + AHEAD
            ):
                self._issue(
                    "future_date",
                    f"published {moment(article.published_at)}, read {moment(read_at)}",
                    run_id=run_id,
                    site=page.site if page else None,
                    url=page_url or article.url,
                    at=read_at,
                )
            if mark_done:
                if page is None:
                    raise ValueError("mark_done needs a page_url")
                frontier.mark(
                    self.db,
                    page,
                    "done",
                    at=read_at,
                    etag=etag,
                    last_modified=last_modified,
                    content_hash=content_hash,
                    article=saved.article_id,
                    archive=archive,
                )
            if archive is not None:
                archived.point(self.db, saved.revision_id, archive, read_at)
            return saved

    # Search

    def search(
        self,
        query: str,
        *,
        related: Related | None = None,
        since: date | None = None,
        until: date | None = None,
        site: str | None = None,
        limit: int = 20,
    ) -> list[Hit]:
        """The articles whose title or latest text holds every word of `query`, best first.

        Spelling variants, diacritics and prefixed particles do not matter; words in quotation marks must follow each
        other. `related` gives further forms of a folded word (a plural). `since` and `until` are days of publication,
        inclusive; `site` is a host or the newspaper of a reprint. Raises StoreError for a query without a word.
        """
        with explained(self.path, self._timeout):
            return list(
                search.search(
                    self.db,
                    query,
                    related=related,
                    since=since.isoformat() if since else None,
                    until=until.isoformat() if until else None,
                    site=site,
                    limit=limit,
                )
            )

    # Indicators

    def load_indicators(self, rows: Iterable[Indicator]) -> None:
        """Brings the catalogue up to date: adds and renames, never deletes. A claim needs its indicator here first."""
        with self.transaction():
            for row in rows:
                self.db.execute(
                    "INSERT INTO indicators (slug, label_ar, label_fr, label_en, unit) VALUES (?1, ?2, ?3, ?4, ?5) "
                    "ON CONFLICT (slug) DO UPDATE SET label_ar = ?2, label_fr = ?3, label_en = ?4, unit = ?5 "
                    "WHERE (label_ar, label_fr, label_en, unit) IS NOT (?2, ?3, ?4, ?5)",
                    (row.slug, row.label_ar, row.label_fr, row.label_en, row.unit),
                )
