"""Articles made ready to be stored: all that follows from a text alone, worked out before anybody holds the database.

Another process may do it, and hand it on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from store.articles import Span, claim_rows
from store.claim_changes import Row
from store.errors import no_unicode
from store.reprints import Text
from store.search import shadow

if (
    TYPE_CHECKING
):  # the packages of these take a quarter of a second, which reading a database need not wait for
    from extract.records import Article
    from rules.records import Claim


@dataclass(frozen=True, slots=True)
class Indexed:
    """A text as the indexes have it."""

    title: str
    """The words of the headline in every reading, for the search."""
    body: str
    """Those of the text."""
    bands: tuple[int, ...]
    """The keys by which reprints of the text are found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedArticle:
    """An article, its claims, and what the database keeps of both."""

    article: Article
    claims: tuple[Row, ...]
    """As `claim_rows` gives them: they go from process to process, for which records are slow."""
    body_hash: str
    """SHA-256 of the text in UTF-8, 64 hexadecimal digits."""
    indexed: Indexed


def prepare(
    article: Article, claims: Sequence[Claim] = (), sentences: Sequence[Span] = ()
) -> PreparedArticle:
    """Make an article ready. `sentences` are spans of the body; a claim that none holds is shown with its paragraph.

    Raises StoreRefused for a body that is no Unicode.
    """
    try:
        body = article.body.encode()
    except UnicodeEncodeError as error:
        raise no_unicode(error, "the database") from error
    return PreparedArticle(
        article=article,
        claims=tuple(claim_rows(article.body, claims, sentences)),
        body_hash=sha256(body).hexdigest(),
        indexed=index(article.title, article.body),
    )


def index(title: str, body: str) -> Indexed:
    """Work out how the indexes have a text."""
    return Indexed(shadow(title), shadow(body), tuple(Text(body).bands()))
