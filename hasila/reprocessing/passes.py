"""Reading anew: the archive and the stored texts go through the extraction and the rules of today, and the store follows."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from itertools import chain, islice
from pathlib import Path
from types import FrameType
from typing import Final

from crawler.catalogue import load_catalogue
from crawler.lock import DatabaseLock
from crawler.visits import first_look
from extract.records import Article, NotArticle, PageKind
from hasila.reprocessing.reading import ArticleRead, Failure, PageRead, Reader, Result, Trouble
from hasila.reprocessing.report import Report
from hasila.reprocessing.worker_pool import read_all
from store import PageState, RunState, Store, StoreRefused
from store.reprocessing import adopt, changes, note_counters, pass_over, renew, turn_down
from store.rereading import Selection, StoredArticle, StoredPage, Unread, articles, count, pages

_BATCH: Final = 25
"""Articles and pages of one transaction: what a killed run loses at most."""
_WORTH_A_PROCESS: Final = 40
"""Articles and pages for which a process more is worth its start (most of a second)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be read anew, and how."""

    chosen: Selection
    names: tuple[str, ...] = ()
    """The sites as the user named them."""
    reader: Reader
    threshold: float
    """An article below this relevance is off topic."""
    schedule: Sequence[timedelta] = ()
    """How long after it was stored an article is looked at again for edits."""
    jobs: int = 1
    afresh: bool = False
    """Begin at the beginning where an earlier run that read everything was stopped."""
    samples: int = 5
    """So many of each sort of change are shown."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is."""

    done: int
    total: int
    report: Report


def preview(
    database: Path, order: Order, show: Callable[[Progress], None] = lambda _: None
) -> tuple[RunState, Report]:
    """Say what reading anew would change; nothing is written. Raises StoreError."""
    with Store.open(database, create=False, readonly=True) as store, _signals() as stopped:
        return _Session(store, order, None, show).read(stopped)


def reprocess(
    database: Path, order: Order, show: Callable[[Progress], None] = lambda _: None
) -> tuple[RunState, Report]:
    """Read anew and store it, as one run; return how the run ended.

    Raises AlreadyRunningError where another run holds the database, StoreError where it cannot be used.
    """
    Store.open(
        database, create=False
    ).close()  # what is no database is refused before a lock file is left beside it
    with DatabaseLock(database), Store.open(database, create=False) as store, _signals() as stopped:
        now = datetime.now(UTC)
        begin = _Position() if order.afresh else _left_off(store, order)
        store.close_abandoned_runs(at=now)
        load_catalogue(store)
        ruleset = order.chosen.ruleset
        run = store.begin_run("reprocess", order.names, program=version("hasila"), ruleset=ruleset, at=now)
        session = _Session(store, order, run, show, begin)
        state: RunState = "failed"
        try:
            state, report = session.read(stopped)
        finally:
            store.end_run(run, state, session.counters(), at=datetime.now(UTC))
        return state, report


@dataclass(slots=True)
class _Position:
    """The numbers of the last article and page that are done: everything is read in the order of the numbers."""

    article: int = 0
    page: int = 0


@dataclass(slots=True)
class _Session:
    """One pass over what is to be read."""

    store: Store
    order: Order
    run: int | None
    """None to write nothing."""
    show: Callable[[Progress], None]
    position: _Position = field(default_factory=_Position)
    report: Report = field(init=False)
    _complete: bool = False
    """All was read, whatever became of it."""
    _said: set[str] = field(default_factory=set)
    """Archive files that were said to be missing."""

    def __post_init__(self) -> None:
        self.report = Report(self.order.chosen.ruleset, self.order.samples, dry_run=self.run is None)
        self.report.resumed = bool(self.position.article or self.position.page)

    def read(self, stopped: Callable[[], bool]) -> tuple[RunState, Report]:
        """Read until all is read or `stopped` says so."""
        order, begin = self.order, self.position
        numbers = count(self.store, order.chosen, article=begin.article, page=begin.page)
        with_pages = order.reader.archive is not None
        total = numbers[0] + numbers[1] * with_pages
        unread: Iterator[Unread] = chain(
            articles(self.store, order.chosen, after=begin.article),
            pages(self.store, order.chosen, after=begin.page) if with_pages else (),
        )
        jobs = max(1, min(order.jobs, total // _WORTH_A_PROCESS))
        results = read_all(unread, order.reader, jobs=jobs, stop=stopped)
        done = 0
        self.show(Progress(0, total, self.report))
        with closing(results):  # type: ignore[type-var]
            while batch := list(islice(results, _BATCH)):
                self._book(batch)
                done += len(batch)
                self.show(Progress(done, total, self.report))
        if done < total and stopped():
            return "interrupted", self.report
        self._complete = True
        return ("failed" if self.report.counts["failed"] else "done"), self.report

    def counters(self) -> dict[str, int]:
        """What the run's row says: the counts, and how far it came with what."""
        since = self.order.chosen.since
        return {
            **{name: number for name, number in self.report.counts.items() if number},
            "everything": int(self.order.chosen.everything),
            "since": int(since.strftime("%Y%m%d")) if since else 0,
            "rules_only": int(self.order.reader.archive is None),
            "complete": int(self._complete),
            "through_article": self.position.article,
            "through_page": self.position.page,
        }

    def _book(self, batch: list[tuple[Unread, Result]]) -> None:
        if self.run is None:
            for unread, result in batch:
                self._book_one(unread, result)
            return
        with self.store.transaction():
            for unread, result in batch:
                try:
                    with self.store.transaction():
                        self._book_one(unread, result)
                except StoreRefused as error:
                    self._failed(unread, str(error))
                if isinstance(unread, StoredArticle):
                    self.position.article = unread.id
                else:
                    self.position.page = unread.id
            note_counters(self.store, self.run, json.dumps(self.counters()))

    def _book_one(self, unread: Unread, result: Result) -> None:
        if isinstance(result, Failure):
            self._failed(unread, result.reason)
        elif isinstance(unread, StoredArticle):
            assert isinstance(result, ArticleRead)  # noqa: S101 - what the reader makes of an article
            self._book_article(unread, result)
        elif isinstance(result, PageRead):
            self._book_page(unread, result)
        else:
            assert isinstance(result, Trouble)  # noqa: S101 - what is left
            self._trouble(result, unread.url, unread.site)
            if self.run is not None:
                pass_over(self.store, unread, ruleset=self.order.chosen.ruleset)

    def _book_article(self, article: StoredArticle, read: ArticleRead) -> None:
        change = changes(self.store, article, read.texts)
        if self.run is not None:
            renew(self.store, change, ruleset=self.order.chosen.ruleset)
        from_archive = all(each.extracted is not None for each in read.texts.values())
        score = next((read.texts[text.revision].relevance for text in article.texts if text.latest), None)
        off_topic = score is not None and score < self.order.threshold
        self.report.article(change, from_archive=from_archive, off_topic=off_topic)
        for trouble in read.troubles:
            self._trouble(
                trouble, article.url, next((text.site for text in article.texts if text.site), None)
            )

    def _book_page(self, page: StoredPage, read: PageRead) -> None:
        found, processed = read.processed.extraction, read.processed
        at = read.fetched_at or page.fetched_at or datetime.now(UTC)
        score = processed.relevance.score if processed.relevance else 0.0
        if isinstance(found, Article) and score >= self.order.threshold:
            self._adopt(page, found, read, at)
            return
        state: PageState
        kind: str | None = None
        if isinstance(found, NotArticle):
            # A bot check stood before the page: it is asked for again, as the crawl does.
            state = "pending" if found.kind is PageKind.CHALLENGE else "not_article"
            kind = found.kind.value if state == "not_article" else None
            reason = f"{found.kind.value}: {found.reason}" if state == "pending" else found.reason
        else:
            state = "done"
            reason = f"off topic: relevance {score:.2f}, needed are {self.order.threshold:.2f}"
        if self.run is not None:
            ruleset = None if state == "pending" else self.order.chosen.ruleset
            turn_down(self.store, page, state, kind=kind, reason=reason, ruleset=ruleset, fetched_at=at)
        self.report.page((page.state, page.kind) == (state, kind))

    def _adopt(self, page: StoredPage, article: Article, read: PageRead, at: datetime) -> None:
        known = bool(self.store.rows("SELECT 1 FROM articles WHERE canonical = ?", (article.canonical,)))
        if self.run is not None:
            adopt(
                self.store,
                page,
                article,
                read.processed.claims,
                sentences=read.processed.sentences,
                relevance=read.processed.relevance.score if read.processed.relevance else 0.0,
                ruleset=self.order.chosen.ruleset,
                fetched_at=at,
                run_id=self.run,
            )
            plan = first_look(at, article.published_at, self.order.schedule)
            if plan and plan[0] > datetime.now(UTC) - self.order.schedule[-1]:
                self.store.plan_visit(page.url, plan[0], looks=plan[1])
        self.report.new_article(page, article, read.processed.claims, known=known)

    def _trouble(self, trouble: Trouble, url: str, site: str | None) -> None:
        self.report.trouble(trouble.kind, trouble.message, url)
        if trouble.kind == "missing_archive":
            if trouble.file in self._said:
                return
            self._said.add(trouble.file)
        self._issue(trouble.kind, trouble.message, url, site)

    def _failed(self, unread: Unread, reason: str) -> None:
        self.report.failed(unread.url, reason)
        site = unread.site if isinstance(unread, StoredPage) else None
        self._issue("crash", reason, unread.url, site)

    def _issue(self, kind: str, message: str, url: str, site: str | None) -> None:
        if self.run is not None:
            now = datetime.now(UTC)
            self.store.add_issue(kind, message, run_id=self.run, site=site, url=url or None, at=now)


def _left_off(store: Store, order: Order) -> _Position:
    """Where an earlier run that was to read everything was stopped or killed.

    Of what older rules have read, the rows themselves say what is left.
    """
    if not order.chosen.everything:
        return _Position()
    rows = store.rows(
        "SELECT sites, program, ruleset, counters FROM runs WHERE command = 'reprocess' ORDER BY id DESC LIMIT 1"
    )
    if not rows:
        return _Position()
    row, asked = rows[0], _Session(store, order, None, lambda _: None).counters()
    counters = json.loads(row["counters"])
    if counters.get("complete"):
        return _Position()
    same = (row["program"], row["ruleset"], json.loads(row["sites"])) == (
        version("hasila"),
        order.chosen.ruleset,
        list(order.names),
    )
    if not same or any(counters.get(name) != asked[name] for name in ("everything", "since", "rules_only")):
        return _Position()
    return _Position(counters.get("through_article", 0), counters.get("through_page", 0))


@contextmanager
def _signals() -> Iterator[Callable[[], bool]]:
    """Whether SIGTERM or SIGINT came: what is read by then is stored, and the run ends."""
    stopped = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
