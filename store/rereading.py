"""What there is to be read anew: articles whose claims are from other rules, and pages that such rules turned down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from store.records import ArchivePointer, PageState, read_moment
from store.writer import Store

_AT_ONCE: Final = 50
"""Articles, or pages, that are taken from the database in one query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is to be read anew."""

    ruleset: str
    """Version of the rules that will read."""
    everything: bool = False
    """What was read by these very rules as well."""
    hosts: frozenset[str] = frozenset()
    """Articles of these hosts, or of pages of these `sites`; with both empty, of all."""
    sites: frozenset[str] = frozenset()
    """As the crawl calls them."""
    since: date | None = None
    """Articles published on this day or later, and pages fetched then; without a date, articles read first then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredText:
    """A revision."""

    revision: int
    title: str
    body: str
    method: str
    theme: str | None
    ruleset: str
    latest: bool
    """It is the one that the views show."""
    read_at: datetime
    site: str | None
    """The crawl's name for the site of the page that it was read from; None for a file."""
    record: ArchivePointer | None
    """Where that page stands in the archive; None where it was not kept, or is kept no longer."""
    recorded_at: datetime | None
    """The moment of that record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article of which some text is to be read anew, with all its texts: they are compared with each other."""

    id: int
    canonical: str
    url: str
    published_at: datetime | None
    published_on: date | None
    """In Morocco."""
    published_raw: str | None
    texts: tuple[StoredText, ...]
    """In the order of their numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """A page that is in the archive and in which no article of the reform was found."""

    id: int
    url: str
    site: str
    state: PageState
    """`done` (off topic), `not_article`, or `failed` (the program could not digest it)."""
    kind: str | None
    reason: str | None
    fetched_at: datetime | None
    record: ArchivePointer


Unread = StoredArticle | StoredPage


def count(store: Store, chosen: Selection, *, article: int = 0, page: int = 0) -> tuple[int, int]:
    """How many articles and pages are to be read, of those whose numbers are greater than these."""
    articles, pages = (
        store.rows(f"SELECT count(*) AS n FROM {table}", _parameters(chosen, after))[0]["n"]  # noqa: S608
        for table, after in ((_articles(chosen), article), (_pages(chosen), page))
    )
    return articles, pages


def articles(store: Store, chosen: Selection, *, after: int = 0) -> Iterator[StoredArticle]:
    """The articles to be read, by their numbers, those greater than `after`. The database may be written meanwhile."""
    query = (
        "SELECT a.id, a.canonical, a.url, a.latest, a.published_at, a.published_on, a.published_raw "  # noqa: S608
        f"FROM {_articles(chosen)} ORDER BY a.id LIMIT {_AT_ONCE}"
    )
    while rows := store.rows(query, _parameters(chosen, after)):
        for row in rows:
            texts = tuple(_texts(store, row["id"], row.pop("latest")))
            at, on = row.pop("published_at"), row.pop("published_on")
            yield StoredArticle(
                **row,
                published_at=at and read_moment(at),
                published_on=on and date.fromisoformat(on),
                texts=texts,
            )
        after = rows[-1]["id"]


def pages(store: Store, chosen: Selection, *, after: int = 0) -> Iterator[StoredPage]:
    """The pages to be read, by their numbers, those greater than `after`. The database may be written meanwhile."""
    query = (
        "SELECT p.id, p.url, p.site, p.state, p.kind, p.reason, p.fetched_at, "  # noqa: S608
        "p.archive_file, p.archive_offset, p.archive_length "
        f"FROM {_pages(chosen)} ORDER BY p.id LIMIT {_AT_ONCE}"
    )
    while rows := store.rows(query, _parameters(chosen, after)):
        after = rows[-1]["id"]
        for row in rows:
            record = _pointer(row)
            assert record is not None  # noqa: S101 - the query asks for those
            at = row.pop("fetched_at")
            yield StoredPage(**row, fetched_at=at and read_moment(at), record=record)


def _texts(store: Store, article: int, latest: int) -> Iterator[StoredText]:
    rows = store.rows(
        "SELECT r.id AS revision, r.title, r.body, r.method, r.theme, r.ruleset, r.read_at, p.site, "
        "k.fetched_at AS recorded_at, k.archive_file, k.archive_offset, k.archive_length "
        "FROM revisions AS r LEFT JOIN pages AS p ON p.id = r.page LEFT JOIN records AS k ON k.revision = r.id "
        "WHERE r.article = ? ORDER BY r.number",
        (article,),
    )
    for row in rows:
        record = _pointer(row)
        read_at, recorded_at = read_moment(row.pop("read_at")), row.pop("recorded_at")
        yield StoredText(
            **row,
            latest=row["revision"] == latest,
            read_at=read_at,
            record=record,
            recorded_at=recorded_at and read_moment(recorded_at),
        )


def _pointer(row: dict[str, Any]) -> ArchivePointer | None:
    """Takes the pointer out of a row."""
    file, offset, length = (row.pop(f"archive_{name}") for name in ("file", "offset", "length"))
    return file and ArchivePointer(file=file, offset=offset, length=length)


def _articles(chosen: Selection) -> str:
    hosts, sites = _marks("host", chosen.hosts), _marks("site", chosen.sites)
    return (
        "articles AS a WHERE a.id > :after AND a.latest IS NOT NULL "  # noqa: S608
        "AND (:everything OR EXISTS (SELECT 1 FROM revisions AS r WHERE r.article = a.id AND r.ruleset <> :ruleset)) "
        "AND (:since IS NULL OR coalesce(a.published_on, a.first_seen) >= :since) "
        f"AND (:anywhere OR a.site IN ({hosts}) "
        f"OR EXISTS (SELECT 1 FROM pages AS p WHERE p.article = a.id AND p.site IN ({sites})))"
    )


def _pages(chosen: Selection) -> str:
    return (
        "pages AS p LEFT JOIN judgements AS j ON j.page = p.id "
        "WHERE p.id > :after AND p.archive_file IS NOT NULL AND p.article IS NULL "
        "AND p.state IN ('done', 'not_article', 'failed') AND (:everything OR j.ruleset IS NOT :ruleset) "
        "AND (:since IS NULL OR coalesce(p.fetched_at, p.discovered_at) >= :since) "
        f"AND (:anywhere OR p.site IN ({_marks('site', chosen.sites)}))"
    )


def _marks(name: str, values: frozenset[str]) -> str:
    return ", ".join(f":{name}{number}" for number in range(len(values)))


def _parameters(chosen: Selection, after: int) -> dict[str, object]:
    return {
        "after": after,
        "ruleset": chosen.ruleset,
        "everything": chosen.everything,
        "since": chosen.since and chosen.since.isoformat(),
        "anywhere": not (chosen.hosts or chosen.sites),
        **{f"host{number}": host for number, host in enumerate(sorted(chosen.hosts))},
        **{f"site{number}": site for number, site in enumerate(sorted(chosen.sites))},
    }
