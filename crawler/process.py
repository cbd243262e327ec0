"""From a page to what the database keeps: extraction, relevance, claims.

Pure: no network, no clock, no database. The spiders' pipeline, the command line and later the distributed job all
call it, so a page read again years later gives what it gave, or better. It must not import Scrapy: the command
line reads files with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from extract import extract_page, extract_text_dump
from extract.dates import day_of
from extract.records import Article, Extraction, Layout, Page
from rules import Relevance, extract_claims, relevance, sentences
from rules.records import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Processed:
    """What was read from one page."""

    extraction: Extraction
    """The article, or why there is none."""
    relevance: Relevance | None
    """How much the article is about the reform; None where there is no article."""
    claims: tuple[Claim, ...]
    """In the order of the text; empty where there is no article."""
    sentences: tuple[tuple[int, int], ...] = ()
    """Spans of the sentences in the body, so that a claim can be shown in its own."""


def process(page: Page, *, layout: Layout | None = None) -> Processed:
    """Read a page, in HTML or saved as text. `layout` holds the site's own selectors, where it has any."""
    return _read(extract_page(page, layout=layout))


def process_text_dump(text: str, *, url: str = "") -> Processed:
    """Read a page saved as text, with its menus and footers but without markup."""
    return _read(extract_text_dump(text, url=url))


def _read(extraction: Extraction) -> Processed:
    if not isinstance(extraction, Article):
        return Processed(extraction=extraction, relevance=None, claims=())
    title, body = extraction.title, extraction.body
    return Processed(
        extraction=extraction,
        relevance=relevance(title, body),
        claims=tuple(extract_claims(body, title=title, published=_day(extraction))),
        sentences=tuple(sentences(body)),
    )


def _day(article: Article) -> date | None:
    return day_of(article.published_at) if article.published_at else None
