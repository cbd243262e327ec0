"""Reading anew: what other rules, or a better extraction, make of what is stored.

That is no edit by the newspaper. The texts that an article has stay its texts, under their numbers, and what was read
from each is replaced: its claims, and where the page is extracted otherwise the text itself. Claims that say the same
keep their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlite_utils import Database

from extract.records import Article
from rules.records import Claim
from store import archived, derived
from store.articles import Span, facts_of, insert
from store.claim_changes import ClaimChanges, Row, compare, made_otherwise
from store.prepared import prepare
from store.records import PageState, Saved
from store.rereading import StoredArticle, StoredPage, StoredText
from store.writer import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """What was read of a text this time."""

    extracted: Article | None
    """From the archived page; None where the stored text was read."""
    claims: Sequence[Row]
    """As `store.articles.claim_rows` gives them: they go from process to process, for which records are slow."""
    relevance: float


@dataclass(frozen=True, slots=True)
class TextChange:
    """A text before and after."""

    before: StoredText
    title: str
    body: str
    method: str
    theme: str | None
    claims: ClaimChanges


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """An article before and after."""

    before: StoredArticle
    texts: tuple[TextChange, ...]
    facts: Mapping[str, tuple[Any, Any]]
    """Columns of `articles` whose value is another one now: before and after."""

    @property
    def any(self) -> bool:
        """Whether anything but the version of the rules has to be written."""
        return bool(self.facts) or any(map(_is_changed, self.texts))


def changes(store: Store, article: StoredArticle, read: Mapping[int, Reread]) -> ArticleChange:
    """What `read` (by the numbers of the revisions) changes of an article. Writes nothing."""
    texts = tuple(_text_change(store, text, read[text.revision]) for text in article.texts)
    facts: dict[str, tuple[Any, Any]] = {}
    for text in article.texts:
        if not text.latest:
            continue
        again = read[text.revision]
        new = {"relevance": again.relevance}
        if again.extracted is not None:
            new = facts_of(again.extracted, again.relevance)  # type: ignore[assignment]
        (stored,) = store.rows("SELECT * FROM articles WHERE id = ?", (article.id,))
        facts = {name: (stored[name], value) for name, value in new.items() if stored[name] != value}
    return ArticleChange(article, texts, facts)


def renew(store: Store, change: ArticleChange, *, ruleset: str) -> None:
    """Writes a change, and that these rules read the texts now. What is the same already is not written."""
    stale = any(text.before.ruleset != ruleset for text in change.texts)
    if not (change.any or stale):
        return
    db, article = store.db, change.before
    with store.transaction():
        if not change.any:
            _note_rules(db, change.texts, ruleset)
            return
        db.execute(
            "PRAGMA defer_foreign_keys = ON"
        )  # a text is replaced under the number that others refer to
        before = derived.state(db, article.canonical)
        for text in change.texts:
            _replace(db, text)
        _note_rules(db, change.texts, ruleset)
        if change.facts:
            assignments = ", ".join(f"{name} = :{name}" for name in change.facts)
            values = {name: after for name, (_, after) in change.facts.items()}
            db.execute(f"UPDATE articles SET {assignments} WHERE id = :id", values | {"id": article.id})  # noqa: S608
        after = derived.state(db, article.canonical)
        assert after is not None  # noqa: S101 - an article is never deleted
        derived.follow(db, store.index, before, after)


def adopt(
    store: Store,
    page: StoredPage,
    article: Article,
    claims: Sequence[Claim],
    *,
    sentences: Sequence[Span],
    relevance: float,
    ruleset: str,
    fetched_at: datetime,
    run_id: int,
) -> Saved:
    """Stores the article that these rules find in a page that others had turned down."""
    with store.transaction():
        store.db.execute("DELETE FROM judgements WHERE page = ?", (page.id,))
        return store.save_article(
            prepare(article, claims, sentences),
            relevance=relevance,
            ruleset=ruleset,
            read_at=fetched_at,
            page_url=page.url,
            run_id=run_id,
            mark_done=True,
            archive=page.record,
        )


def turn_down(
    store: Store,
    page: StoredPage,
    state: PageState,
    *,
    kind: str | None,
    reason: str,
    ruleset: str | None,
    fetched_at: datetime,
) -> None:
    """Writes why these rules find no article of the reform in a page; None for rules where it is to be fetched again."""
    store.mark_page(page.url, state, at=fetched_at, kind=kind, reason=reason, ruleset=ruleset)


def pass_over(store: Store, page: StoredPage, *, ruleset: str) -> None:
    """Writes that these rules had their turn with a page that could not be read."""
    with store.transaction():
        archived.judge(store.db, page.id, ruleset)


def note_counters(store: Store, run_id: int, counters: str) -> None:
    """Writes what a run has counted so far (JSON), in the transaction of what it counts."""
    with store.transaction():
        store.db.execute("UPDATE runs SET counters = ? WHERE id = ?", (counters, run_id))


def _text_change(store: Store, text: StoredText, read: Reread) -> TextChange:
    found = read.extracted
    body = text.body if found is None else found.body
    stored = store.rows(
        'SELECT * FROM claims WHERE revision = ? ORDER BY start, "end", kind', (text.revision,)
    )
    return TextChange(
        before=text,
        title=text.title if found is None else found.title,
        body=body,
        method=text.method if found is None else found.method.value,
        theme=text.theme if found is None else found.theme,
        claims=compare(stored, read.claims, same_text=body == text.body),
    )


def _is_changed(text: TextChange) -> bool:
    before = text.before
    return (
        (text.title, text.body, text.method, text.theme)
        != (before.title, before.body, before.method, before.theme)
        or text.claims.any
        or any(made_otherwise(old, new) for old, new in text.claims.kept)
    )


def _replace(db: Database, text: TextChange) -> None:
    claims, other_text = text.claims, text.body != text.before.body
    moved = [(old, new) for old, new in claims.kept if other_text or made_otherwise(old, new)]
    paired = [*claims.altered, *moved]
    for old in (*claims.lost, *(old for old, _ in paired)):
        db.execute("DELETE FROM claims WHERE id = ?", (old["id"],))
    _replace_text(db, text, other_text=other_text)
    for old, new in paired:
        insert(db, "claims", {"id": old["id"], "revision": text.before.revision, **new})
    for new in claims.gained:
        insert(db, "claims", {"revision": text.before.revision, **new})


def _replace_text(db: Database, text: TextChange, *, other_text: bool) -> None:
    """Another text is a row anew: the schema lets nobody change a text, so that nobody does so by mistake."""
    revision = text.before.revision
    new: dict[str, object] = {"title": text.title, "method": text.method, "theme": text.theme}
    if not other_text:
        db.execute(
            "UPDATE revisions SET title = :title, method = :method, theme = :theme WHERE id = :id "
            "AND (title, method, theme) IS NOT (:title, :method, :theme)",
            new | {"id": revision},
        )
        return
    new |= {"body": text.body, "body_hash": sha256(text.body.encode()).hexdigest()}
    cursor = db.execute("SELECT * FROM revisions WHERE id = ?", (revision,))
    names = [column[0] for column in cursor.description]
    row = dict(zip(names, cursor.fetchone(), strict=True))
    db.execute("PRAGMA defer_foreign_keys = ON")  # others refer to this number
    try:
        db.execute("DELETE FROM revisions WHERE id = ?", (revision,))
        insert(db, "revisions", row | new)
    finally:
        db.execute("PRAGMA defer_foreign_keys = OFF")


def _note_rules(db: Database, texts: Sequence[TextChange], ruleset: str) -> None:
    for text in texts:
        if text.before.ruleset != ruleset:
            db.execute("UPDATE revisions SET ruleset = ? WHERE id = ?", (ruleset, text.before.revision))
