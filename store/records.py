"""The records and closed vocabularies of the database that are not those of the extraction or of the rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

PageState = Literal["pending", "done", "gone", "failed", "not_article"]
"""`pending`: to be fetched. `gone`: 404 or 410. `failed`: given up. The others were answered."""
RunState = Literal["running", "done", "interrupted", "failed", "degraded"]
Outcome = Literal["new", "revised", "updated", "unchanged"]
"""What became of an article that was saved; see `Saved`."""

PAGE_STATES: tuple[PageState, ...] = get_args(PageState)
RUN_STATES: tuple[RunState, ...] = get_args(RunState)

MOMENT = "%Y-%m-%dT%H:%M:%SZ"
"""How a moment is written in the database: UTC, whole seconds; sorts as text."""


def moment(at: datetime) -> str:
    """`at` as the database writes it. Raises ValueError for a datetime without a zone."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no zone: a moment in the database is UTC")
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def read_moment(text: str) -> datetime:
    """The aware UTC datetime that `moment` wrote."""
    return datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscoveredUrl:
    """A URL that a feed, a sitemap or a listing named."""

    url: str
    """Absolute."""
    found_by: str
    """How it was found (`rss`, `sitemap`, `listing`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A named series of the catalogue."""

    slug: str
    label_ar: str
    label_fr: str
    label_en: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePointer:
    """Where a page stands in the archive as it came."""

    file: str
    """The WARC file, relative to the archive's folder."""
    offset: int
    """First byte of its record, compressed as it stands in the file."""
    length: int
    """Bytes of the record."""


Place = tuple[str, int]
"""Where a page stands among those that wait: the moment when it is due, and its number. ("", 0) is before all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A page to be looked at again for edits, and what a conditional request for it says."""

    url: str
    looks: int
    """How often it was looked at again so far."""
    etag: str | None
    last_modified: str | None
    content_hash: str | None
    fetched_at: datetime | None
    """When the answer came that these are of."""
    place: Place
    """Where it stands among those that are due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A feed, sitemap or page that lists articles, as it was when its site was last read to the end."""

    url: str
    site: str
    """The crawl's name for the site."""
    etag: str | None
    last_modified: str | None
    content_hash: str | None
    articles: int
    """How many it listed."""
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRow:
    """What the database knows of a URL. The fields are the columns of `pages`; moments are aware, UTC."""

    id: int
    url: str
    site: str
    """The crawl's name for the site, not the host."""
    found_by: str
    state: PageState
    kind: str | None
    """A value of `extract.records.PageKind` where the state is `not_article`, else None."""
    reason: str | None
    tries: int
    """Failed tries in a row."""
    next_try_at: datetime | None
    etag: str | None
    last_modified: str | None
    content_hash: str | None
    discovered_at: datetime
    fetched_at: datetime | None
    """When the answer that put it in its state came; None where none came yet."""
    article: int | None
    archive: ArchivePointer | None
    """Where the page stands in the archive; None where it was not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What `Store.save_article` did."""

    article_id: int
    revision_id: int
    """The revision that holds the text."""
    outcome: Outcome
    """`new`: the article was unknown. `revised`: it was known with other texts only. `updated`: the text was known, and
    its claims were made anew by another rule set, or the title, date … of the article changed. `unchanged`: no row of
    `articles`, `revisions` and `claims` was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that a search found."""

    article: int
    title: str
    url: str
    """Where it was fetched; empty for a text without a URL."""
    site: str
    source_name: str | None
    published_on: str | None
    """The day of publication in Morocco, `YYYY-MM-DD`."""
    read_at: str
    """When its text was read, UTC."""
    start: int
    """First code point of the snippet in the text."""
    end: int
    """One past its last."""
    snippet: str
    """That part of the text, as it stands there: diacritics and line breaks as well."""
    marks: tuple[tuple[int, int], ...]
    """Spans of the words found, in the snippet; phrases as a whole."""
