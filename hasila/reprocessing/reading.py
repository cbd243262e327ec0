"""Reading what is stored anew: an article from its archived pages or its stored texts, a page that was turned down.

Nothing here touches the database, so that it can be done by many processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from crawler.process import Processed, process
from crawler.replay import BrokenRecord, read_page
from extract.dates import day_of, parse_published
from extract.records import Article, Layout, Page
from rules import extract_claims, relevance, sentences
from store import ArchivePointer
from store.articles import claim_rows
from store.reprocessing import Reread
from store.rereading import StoredArticle, StoredPage, StoredText, Unread

TroubleKind = Literal["missing_archive", "broken_record", "other_record", "no_longer_article"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a page could not be read from the archive, or gave no article any more."""

    kind: TroubleKind
    """The kind of its issue."""
    message: str
    file: str
    """The archive file that it is about."""


@dataclass(frozen=True, slots=True)
class ArticleRead:
    """What was read of an article, by the numbers of its revisions."""

    texts: Mapping[int, Reread]
    troubles: tuple[Trouble, ...]
    """The stored text was read instead."""


@dataclass(frozen=True, slots=True)
class PageRead:
    """What was read of a page that had been turned down."""

    processed: Processed
    fetched_at: datetime | None


@dataclass(frozen=True, slots=True)
class Failure:
    """Our own code could not digest it."""

    reason: str


Result = ArticleRead | PageRead | Trouble | Failure


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads what is stored. It can be sent to another process."""

    archive: Path | None
    """The folder of the archive; None to leave it alone."""
    layouts: Mapping[str, Layout]
    """The selectors of the sites that have their own, by the crawl's name of the site."""

    def read(self, unread: Unread) -> Result:
        """Read an article or a page."""
        try:
            return self._article(unread) if isinstance(unread, StoredArticle) else self._page(unread)
        except Exception as error:
            return Failure(f"{type(error).__name__}: {error}")

    def _article(self, stored: StoredArticle) -> ArticleRead:
        """All texts from their pages, or all as they are stored.

        The texts of an edited article are compared with each other: what is extracted better in one of them only would
        pass for an edit by the newspaper.
        """
        found = {text.revision: self._extracted(text) for text in stored.texts}
        troubles = tuple(each for each in found.values() if isinstance(each, Trouble))
        texts = {revision: each for revision, each in found.items() if isinstance(each, Reread)}
        if len(texts) < len(stored.texts):
            texts = {text.revision: _by_rules(stored, text) for text in stored.texts}
        return ArticleRead(texts, troubles)

    def _extracted(self, text: StoredText) -> Reread | Trouble | None:
        """What the archived page holds; None where there is none."""
        if text.record is None or self.archive is None:
            return None
        page = self._kept(text.record, text.recorded_at)
        if isinstance(page, Trouble):
            return page
        processed = process(page, layout=self.layouts.get(text.site or ""))
        found = processed.extraction
        if not isinstance(found, Article):
            return Trouble("no_longer_article", f"{found.kind.value}: {found.reason}", text.record.file)
        return _reread(found, processed)

    def _page(self, stored: StoredPage) -> PageRead | Trouble:
        page = self._kept(stored.record, stored.fetched_at)
        if isinstance(page, Trouble):
            return page
        return PageRead(process(page, layout=self.layouts.get(stored.site)), page.fetched_at)

    def _kept(self, record: ArchivePointer, at: datetime | None) -> Page | Trouble:
        """The page of a record. `at` is its moment, by which a record is known that is not the one it was."""
        assert self.archive is not None  # noqa: S101 - pages are read from the archive only
        path = self.archive / record.file
        if not path.resolve().is_relative_to(self.archive.resolve()) or not path.is_file():
            return Trouble("missing_archive", f"{record.file} is not in {self.archive}", record.file)
        where = f"record at byte {record.offset} of {record.file}"
        try:
            page = read_page(path, record.offset, record.length)
        except OSError as error:
            return Trouble("broken_record", f"{where} cannot be read: {error.strerror or error}", record.file)
        if isinstance(page, BrokenRecord):
            return Trouble("broken_record", f"{where} {page.reason}", record.file)
        if at is not None and page.fetched_at != at:
            return Trouble("other_record", f"{where} is not of {at:%Y-%m-%d %H:%M:%S} UTC", record.file)
        return page


def _reread(article: Article, processed: Processed) -> Reread:
    """What was read of an archived page."""
    return Reread(
        extracted=article,
        claims=tuple(claim_rows(article.body, processed.claims, processed.sentences)),
        relevance=processed.relevance.score if processed.relevance else 0.0,
    )


def _by_rules(article: StoredArticle, text: StoredText) -> Reread:
    """What the rules find in the text as it is stored."""
    claims = extract_claims(text.body, title=text.title, published=_day(article, text.read_at))
    return Reread(
        extracted=None,
        claims=tuple(claim_rows(text.body, claims, sentences(text.body))),
        relevance=relevance(text.title, text.body).score,
    )


def _day(article: StoredArticle, read_at: datetime) -> date | None:
    """The day as the newspaper printed it, in its own zone, as when a page is read; in the database it is Morocco's."""
    if article.published_at is None:
        return None
    printed = parse_published(article.published_raw, now=read_at) if article.published_raw else None
    if printed is not None and printed.replace(microsecond=0) == article.published_at:
        return day_of(printed)
    return article.published_on
