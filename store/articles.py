"""Articles, their revisions and the claims of those: what a reading adds to what is known.

The functions write inside the caller's transaction.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from sqlite_utils import Database

from extract.records import CASABLANCA, Article
from store.claim_changes import Row
from store.records import Saved, moment

if (
    TYPE_CHECKING
):  # the packages of these take a quarter of a second, which reading a database need not wait for
    from rules.records import Claim

Span = tuple[int, int]
"""Code points of a body: first, and one past the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An article as it was read from one page at one moment, with its claims."""

    article: Article
    body_hash: str
    claims: Sequence[Row]
    relevance: float
    ruleset: str
    read_at: datetime
    page: int | None
    run: int | None

    def facts(self) -> dict[str, object]:
        """The columns of `articles` that are as of the latest reading."""
        return facts_of(self.article, self.relevance)


def facts_of(article: Article, relevance: float) -> dict[str, object]:
    """The columns of `articles` that say what was read from a page."""
    published = article.published_at
    return {
        "url": article.url,
        "site": article.site,
        "title": article.title,
        "author": article.author,
        "section": article.section,
        "source_name": article.source_name,
        "language": article.language,
        "published_at": None if published is None else moment(published),
        "published_on": None if published is None else _day(published.astimezone(CASABLANCA).date()),
        "published_raw": article.published_raw,
        "modified_at": None if article.modified_at is None else moment(article.modified_at),
        "relevance": float(relevance),
    }


def save(db: Database, reading: Reading) -> Saved:
    """Stores what `reading` adds; see `Store.save_article` for what counts as new."""
    read_at = moment(reading.read_at)
    known = db.execute(
        "SELECT id, latest FROM articles WHERE canonical = ?", (reading.article.canonical,)
    ).fetchone()
    if known is None:
        article = _insert_article(db, reading, read_at)
        revision = _insert_revision(db, reading, article=article, number=1, read_at=read_at)
        db.execute("UPDATE articles SET latest = ? WHERE id = ?", (revision, article))
        return Saved(article_id=article, revision_id=revision, outcome="new")

    article, latest = known
    (latest_read_at,) = db.execute("SELECT read_at FROM revisions WHERE id = ?", (latest,)).fetchone()
    same = _revision_with(db, article, latest, reading.body_hash)
    # Back to an earlier text after another one: an edit of its own, unless it is an earlier page that is read again.
    if same is None or (same[0] != latest and read_at > latest_read_at):
        (number,) = db.execute(
            "SELECT max(number) + 1 FROM revisions WHERE article = ?", (article,)
        ).fetchone()
        revision = _insert_revision(db, reading, article=article, number=number, read_at=read_at)
        facts: dict[str, object] = {}
        if read_at >= latest_read_at:
            facts = reading.facts() | {"latest": revision, "last_seen": read_at}
        _update_article(db, article, facts | _seen_first(db, article, read_at))
        return Saved(article_id=article, revision_id=revision, outcome="revised")

    revision, ruleset = same
    updated = False
    if ruleset != reading.ruleset:
        db.execute("DELETE FROM claims WHERE revision = ?", (revision,))
        db.execute("UPDATE revisions SET ruleset = ? WHERE id = ?", (reading.ruleset, revision))
        _insert_claims(db, reading, revision)
        updated = True
    if revision == latest and read_at >= latest_read_at and _differs(db, article, reading.facts()):
        _update_article(db, article, reading.facts() | {"last_seen": read_at})
        updated = True
    return Saved(article_id=article, revision_id=revision, outcome="updated" if updated else "unchanged")


def _revision_with(db: Database, article: int, latest: int, body_hash: str) -> tuple[int, str] | None:
    """The revision of the article with that text, the latest one where several have it, and its rule set."""
    row: tuple[int, str] | None = db.execute(
        "SELECT id, ruleset FROM revisions WHERE article = ? AND body_hash = ? ORDER BY id = ? DESC, number DESC",
        (article, body_hash, latest),
    ).fetchone()
    return row


def _insert_article(db: Database, reading: Reading, read_at: str) -> int:
    row = (
        {"canonical": reading.article.canonical}
        | reading.facts()
        | {"first_seen": read_at, "last_seen": read_at}
    )
    return insert(db, "articles", row)


def _insert_revision(db: Database, reading: Reading, *, article: int, number: int, read_at: str) -> int:
    row = {
        "article": article,
        "number": number,
        "title": reading.article.title,
        "body": reading.article.body,
        "body_hash": reading.body_hash,
        "method": reading.article.method.value,
        "theme": reading.article.theme,
        "read_at": read_at,
        "ruleset": reading.ruleset,
        "page": reading.page,
        "run": reading.run,
    }
    revision = insert(db, "revisions", row)
    _insert_claims(db, reading, revision)
    return revision


def _insert_claims(db: Database, reading: Reading, revision: int) -> None:
    if reading.claims:
        statement = _insertion("claims", ("revision", *reading.claims[0]))
        db.conn.executemany(statement, [(revision, *row.values()) for row in reading.claims])


def claim_rows(body: str, claims: Sequence[Claim], sentences: Sequence[Span]) -> Iterator[dict[str, object]]:
    """For each claim of a text the columns of `claims`, without the revision."""
    spans = list(sentences_of(body, claims, sentences))
    for claim, (sentence_start, sentence_end) in zip(claims, spans, strict=True):
        yield {
            "start": claim.start,
            "end": claim.end,
            "text": claim.text,
            "kind": claim.kind,
            "value": claim.value,
            "value_high": claim.value_high,
            "unit": claim.unit,
            "qualifier": claim.qualifier,
            "change": claim.change,
            "per": claim.per,
            "modality": claim.modality,
            "when_start": _day(claim.when_start),
            "when_end": _day(claim.when_end),
            "when_relation": claim.when_relation,
            "precision": claim.precision,
            "indicator": claim.indicator,
            "source": claim.source,
            "rules": _json(claim.rules),
            "sentence_start": sentence_start,
            "sentence_end": sentence_end,
        }


def sentences_of(body: str, claims: Sequence[Claim], sentences: Sequence[Span]) -> Iterator[Span]:
    """For each claim the span of the sentence that holds it.

    A claim that no sentence holds has its paragraph: the line, or the lines, from its start to its end.
    """
    ordered = sorted(sentences)
    starts = [start for start, _ in ordered]
    for claim in claims:
        at = bisect_right(starts, claim.start) - 1
        if at >= 0 and claim.end <= ordered[at][1]:
            yield ordered[at]
            continue
        end = body.find("\n", claim.end)
        yield body.rfind("\n", 0, claim.start) + 1, len(body) if end < 0 else end


def _seen_first(db: Database, article: int, read_at: str) -> dict[str, object]:
    (first_seen,) = db.execute("SELECT first_seen FROM articles WHERE id = ?", (article,)).fetchone()
    return {"first_seen": read_at} if read_at < first_seen else {}


def _differs(db: Database, article: int, facts: dict[str, object]) -> bool:
    query = f"SELECT {', '.join(facts)} FROM articles WHERE id = ?"  # noqa: S608 - our own names
    stored: tuple[object, ...] = db.execute(query, (article,)).fetchone()
    return tuple(facts.values()) != stored


def _update_article(db: Database, article: int, facts: dict[str, object]) -> None:
    if facts:
        assignments = ", ".join(f"{name} = :{name}" for name in facts)
        db.execute(f"UPDATE articles SET {assignments} WHERE id = :id", facts | {"id": article})  # noqa: S608


def insert(db: Database, table: str, row: dict[str, object]) -> int:
    """Inserts `row`, whose keys are column names of ours, and returns its number."""
    cursor = db.execute(_insertion(table, tuple(row)), tuple(row.values()))
    return int(cursor.lastrowid or 0)


@cache
def _insertion(table: str, names: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - our own names


@lru_cache(maxsize=4096)
def _json(rules: tuple[str, ...]) -> str:
    """Most claims are made by a few combinations of rules."""
    return json.dumps(rules, ensure_ascii=False)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
