"""The records of the extraction: the page that came in, the article or the refusal that goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from extract.zone import casablanca

CASABLANCA: Final = casablanca()
"""The zone of every date that states none, and whose calendar a day is on."""


class Method(StrEnum):
    """How the body of an article was found, in the order in which the ways are tried."""

    SITE = "site"  # the site's own selectors
    THEME = "theme"  # a theme recognised from the page
    STRUCTURED = "structured"  # articleBody in JSON-LD
    STRIPPER = "stripper"  # the generic stripper
    TEXT_DUMP = "text_dump"  # the line classifier, for text without markup


class PageKind(StrEnum):
    """What a page is that is no article."""

    LISTING = "listing"
    GALLERY = "gallery"  # pictures or a video without a text of its own
    CHALLENGE = "challenge"  # a bot check stands in front of the page
    LOGIN_WALL = "login_wall"
    COOKIE_WALL = "cookie_wall"
    SOFT_404 = "soft_404"  # an error page sent with status 200
    EMPTY = "empty"  # nothing, or a shell that a script would fill
    NOT_TEXT = "not_text"  # bytes that are no text in any encoding
    HOSTILE = "hostile"  # refused by the scan for pages made to break parsers


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as it came, before anything was read from it."""

    body: bytes
    """The payload, content-decoded (no gzip), at most 5 MiB."""
    url: str
    """Absolute URL after redirects, or a `file:` URL, or "" where none is known."""
    status: int = 200
    """HTTP status; 200 for files."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """HTTP headers, names in lower case; of a repeated header the last."""
    fetched_at: datetime | None = None
    """When it was fetched, UTC and aware; None where unknown. Relative dates (`منذ 3 ساعات`) are read against it."""
    charset: str | None = None
    """An encoding that the caller insists on; None to detect it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A site's own selectors (CSS). Empty tuples leave the choice to the theme or the stripper."""

    body: tuple[str, ...] = ()
    """Elements whose text is the body; all matches of the first selector that matches, in document order."""
    title: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    """Elements whose text (or `datetime`/`content` attribute) holds the publication date."""
    author: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    """Elements inside the body that are not part of the article."""
    theme: str | None = None
    """Name of the theme to use without recognising it."""
    valid_until: datetime | None = None
    """The layout describes pages fetched before this moment (a redesign ended it); None while it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article, as read from one page."""

    url: str
    """Where the page was fetched."""
    canonical: str
    """The canonical URL: tracking parameters, AMP and mobile twins folded; equals `url` where the page names none."""
    site: str
    """The host without `www.`, or "" for a file without a URL."""
    title: str
    """Without the site's name."""
    body: str
    """Paragraphs joined by one newline. Claim offsets are code points into exactly this string."""
    method: Method
    author: str | None = None
    section: str | None = None
    published_at: datetime | None = None
    """Aware, zone Africa/Casablanca unless the page states an offset of its own; midnight where only a day is known."""
    published_raw: str | None = None
    """The date string as the page has it, kept beside what was read from it."""
    modified_at: datetime | None = None
    source_name: str | None = None
    """For a reprint: the newspaper that the aggregator names (`نشر في اليوم 24`)."""
    theme: str | None = None
    """The theme that was recognised, if any."""
    language: str | None = None
    """`lang` of the page, lower case primary tag (`ar`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotArticle:
    """A page that holds no article, and why it is thought so."""

    url: str
    kind: PageKind
    reason: str
    """One line for an issue row: what was seen."""


Extraction = Article | NotArticle
