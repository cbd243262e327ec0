"""What was seen on a site in a run: which listings and selectors found nothing, and where a page can be looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Literal

from crawler.bookable import Bookable
from crawler.captures import Fetched
from crawler.discovery import Discovery
from extract.records import Layout, Method
from rules.relevance import threshold
from store import ArchivePointer, PreparedArticle

Lack = Literal["body", "date", "claims", "selectors", "theme"]
"""What a page lacks; `selectors`: its body was found, but not by the selectors of the site; `theme`: nor by a theme."""
_MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A page or a listing to look at."""

    url: str
    pointer: ArchivePointer | None
    """Where it stands in the archive; None where it is not kept."""


@dataclass(slots=True)
class Listings:
    """The listings of one piece of the discovery, together."""

    read: int = 0
    unchanged: int = 0
    """More of them, that are as they were and not read again."""
    articles: int = 0
    """That those read held."""
    failure: str = ""
    """Why the last one did not come that did not."""
    empty: Exhibit | None = None
    """The first that held no article."""


@dataclass(slots=True)
class Evidence:
    """One site in one run."""

    layout: Layout | None = None
    """The selectors of the site; None where it has none."""
    listings: dict[str, Listings] = field(default_factory=dict)
    """By what they are read with: the kind, and the selector where there is one."""
    readable: int = 0
    """Pages with an article, on topic or not."""
    own: int = 0
    """Those of them whose body was found by the selectors of the site."""
    methods: Counter[str] = field(default_factory=Counter)
    """How bodies were found: the method, or the theme."""
    refusals: Counter[str] = field(default_factory=Counter)
    """What pages are that hold no article."""
    lacking: dict[Lack, Exhibit] = field(default_factory=dict)
    """The first page that lacks something."""

    def listed(self, piece: Discovery, url: str, pointer: ArchivePointer | None, articles: int) -> None:
        """Take in a listing that was read."""
        found = self.listings.setdefault(reads_with(piece), Listings())
        found.read += 1
        found.articles += articles
        if not articles and found.empty is None:
            found.empty = Exhibit(url, pointer)

    def missed(self, piece: Discovery, reason: str) -> None:
        """Take in a listing that did not come or could not be read."""
        self.listings.setdefault(reads_with(piece), Listings()).failure = reason

    def unchanged(self, piece: Discovery) -> None:
        """Take in a listing that is as it was."""
        self.listings.setdefault(reads_with(piece), Listings()).unchanged += 1

    def page(self, fetched: Fetched, read: Bookable) -> None:
        """Take in a page that was read."""
        shown = Exhibit(fetched.address, fetched.capture.pointer)
        if not isinstance(read.found, PreparedArticle):
            self.refusals[read.found.kind.value.replace("_", " ")] += 1
            self.lacking.setdefault("body", shown)
            return
        found = read.found.article
        self.readable += 1
        self.methods[f"theme {found.theme}" if found.method is Method.THEME else found.method.value] += 1
        if found.method is Method.SITE:
            self.own += 1
        elif self.has_selectors:
            self.lacking.setdefault("selectors", shown)
        if found.method not in {Method.SITE, Method.THEME}:
            self.lacking.setdefault("theme", shown)
        if found.published_at is None:
            self.lacking.setdefault("date", shown)
        if not read.found.claims and read.relevance >= threshold():
            self.lacking.setdefault("claims", shown)

    @property
    def has_selectors(self) -> bool:
        """Whether the site has selectors of its own for the body."""
        return self.layout is not None and bool(self.layout.body)

    def how(self) -> str:
        """Return how bodies were found and what the other pages are, for people; "" where no page was read."""
        parts = [
            ", ".join(f"{name} {count}" for name, count in counts.most_common(_MOST_NAMED))
            for counts in (self.methods, self.refusals)
            if counts
        ]
        return "; ".join(parts)


def reads_with(piece: Discovery) -> str:
    """Return what a piece of the discovery finds articles with: `listing \\`h2 a\\``, `rss`."""
    selector = getattr(piece, "links", "")
    return f"{piece.kind} `{selector}`" if isinstance(selector, str) and selector else piece.kind
