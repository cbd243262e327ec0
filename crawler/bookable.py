"""What was read from a page, as the process that reads hands it to the one that books."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.process import process
from extract.records import Article, Layout, NotArticle, Page
from store import PreparedArticle, prepare


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookable:
    """A page as it was read, ready to be stored."""

    found: PreparedArticle | NotArticle
    """The article, or why there is none."""
    relevance: float = 0.0
    """How much it is about the reform: the score; 0 where there is no article."""


def bookable(page: Page, *, layout: Layout | None = None) -> Bookable:
    """Read a page, and make ready what it holds. `layout` holds the site's own selectors, where it has any."""
    read = process(page, layout=layout)
    if not isinstance(read.extraction, Article):
        return Bookable(found=read.extraction)
    return Bookable(
        found=prepare(read.extraction, read.claims, read.sentences),
        relevance=read.relevance.score if read.relevance else 0.0,
    )
