"""What a healthy crawl of a site yields, and the tally that is held against it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from crawler.evidence import Evidence, Exhibit, Lack
from crawler.silence import silence
from store import SiteRun

FEWEST_PAGES: Final = 5
"""Shares of fewer pages than this say nothing."""
LONG_READ: Final = 50
"""So many articles must have been read before it is known by what a site's are usually found."""
USUALLY: Final = 0.8
"""A theme is the usual one of a site where it has found so large a share of them."""
WEEK: Final = timedelta(days=7)


@dataclass(slots=True)
class Tally:
    """What a run has done on one site so far."""

    found: int = 0
    """Links to articles in the listings, known ones included."""
    fresh: int = 0
    """Those of them that were not known."""
    fetched: int = 0
    articles: int = 0
    """Stored: new ones and new revisions."""
    with_claims: int = 0
    """Those of them that make a claim at least."""
    claims: int = 0
    """Of the articles stored."""
    unchanged: int = 0
    """Looked at again and found as they were."""
    off_topic: int = 0
    not_articles: int = 0
    dated: int = 0
    """Pages with an article, on topic or not, whose publication date was found."""
    by_markup: int = 0
    """Pages with an article, on topic or not, whose body was found by selectors: the site's own, or a theme's."""
    failures: int = 0
    """Listings and pages that did not come."""

    @property
    def readable(self) -> int:
        """Pages fetched that hold an article, on topic or not."""
        return self.fetched - self.not_articles


@dataclass(frozen=True, slots=True)
class Fault:
    """A floor that a site fell below, or something odd on it."""

    message: str
    """One line: what was seen, what was expected, which selector or method is concerned, what to look at."""
    url: str | None = None
    """The page or listing to look at."""


@dataclass(frozen=True, slots=True)
class Observed:
    """All that a run knows about a site when it is done with it."""

    site: str
    tally: Tally
    evidence: Evidence
    history: Sequence[SiteRun]
    """Earlier runs on the site, the latest last."""
    at: datetime
    """Now, UTC."""
    archive: Path | None
    """The folder of the archive."""
    finished: bool = True
    """Whether the site was read to its end. Else only shares are judged."""

    def look(self, exhibit: Exhibit | None, *, listing: bool = False) -> str:
        """Return the command that shows a page as it came, with what was made of it; "" where it is not kept."""
        if exhibit is None or exhibit.pointer is None or self.archive is None:
            return ""
        file, offset = shlex.quote(str(self.archive / exhibit.pointer.file)), exhibit.pointer.offset
        if listing:
            return f"; look at: warcio extract --payload {file} {offset}"
        of_site = f" --site {self.site}" if self.evidence.layout else ""
        return f"; look at: hasila extract {file} --offset {offset}{of_site} --explain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The floors of a site. A run below one of them is degraded."""

    least_found: int = 1
    """Links to articles that the listings of a run hold, known ones included."""
    least_week: int = 0
    """Links that were not known before, in the runs of seven days; 0 for none."""
    least_body: float = 0.5
    """Share of the pages fetched in which an article was found."""
    least_own: float = 0.5
    """Share of the articles found whose body was found by the site's own selectors, or by the theme that usually finds
    those of the site."""
    least_date: float = 0.5
    """Share of the articles found whose publication date was."""
    least_claims: float = 0.2
    """Share of the articles stored in which a claim was found."""

    def faults(self, seen: Observed) -> Iterator[Fault]:
        """Yield a fault for every floor that the run fell below."""
        if seen.finished:
            yield from self._found(seen)
            yield from self._silent(seen)
        yield from self._shares(seen)
        yield from self._unusual(seen)

    def _found(self, seen: Observed) -> Iterator[Fault]:
        found = seen.tally.found
        if found < self.least_found:
            pieces = seen.evidence.listings
            named = ", ".join(
                f"{name} {each.articles} in {each.read}"
                if each.read or not each.failure
                else f"{name} {each.failure}"
                for name, each in pieces.items()
            )
            empty = next((each.empty for each in pieces.values() if each.empty), None)
            yield Fault(
                f"the listings held {found} articles, expected are {self.least_found} or more"
                f"{f' ({named})' if named else ''}{seen.look(empty, listing=True)}",
                empty.url if empty else None,
            )

    def _silent(self, seen: Observed) -> Iterator[Fault]:
        if not seen.tally.found or seen.tally.fresh:
            quiet = None
        else:
            quiet = silence((run.at for run in seen.history if run.fresh), seen.at)
        if quiet and quiet.is_unusual:
            yield Fault(
                f"silent: the listings hold nothing new since {quiet.since}, {quiet.days} days; usual are {quiet.usual}"
            )
        if self.least_week and seen.history and seen.at - seen.history[0].at >= WEEK:
            week = [run for run in seen.history if seen.at - run.at < WEEK]
            fresh = seen.tally.fresh + sum(run.fresh for run in week)
            if fresh < self.least_week:
                yield Fault(
                    f"the listings held {fresh} new links in 7 days, expected are {self.least_week} or more"
                )

    def _unusual(self, seen: Observed) -> Iterator[Fault]:
        """A theme that is no longer recognised: the stripper finds most of the text, so that nothing else tells."""
        before = sum(run.readable for run in seen.history)
        usual = sum(run.by_markup for run in seen.history) / before if before else 0.0
        known, count, of = seen.evidence.has_selectors, seen.tally.by_markup, seen.tally.readable
        if (
            not known
            and before >= LONG_READ
            and usual >= USUALLY
            and of >= FEWEST_PAGES
            and count < self.least_own * of
        ):
            exhibit = seen.evidence.lacking.get("theme")
            yield Fault(
                f"{count} of {of} articles were found by a theme ({seen.evidence.how()}), usual are {usual:.0%}"
                f"{seen.look(exhibit)}",
                exhibit.url if exhibit else None,
            )

    def _shares(self, seen: Observed) -> Iterator[Fault]:
        tally, evidence = seen.tally, seen.evidence
        lacking = evidence.lacking
        how = f" ({evidence.how()})" if evidence.how() else ""
        layout = evidence.layout
        judged: tuple[tuple[Lack, int, int, float, str], ...] = (
            ("body", tally.readable, tally.fetched, self.least_body, f"pages hold an article{how}"),
            (
                "selectors",
                evidence.own,
                evidence.readable if evidence.has_selectors else 0,
                self.least_own,
                f"articles were found by the site's own selectors {_named(layout.body if layout else ())}{how}",
            ),
            (
                "date",
                tally.dated,
                tally.readable,
                self.least_date,
                f"articles have a date{_by(layout.date if layout else ())}",
            ),
            (
                "claims",
                tally.with_claims,
                tally.articles,
                self.least_claims,
                f"articles stored have claims{how}",
            ),
        )
        for lack, count, of, least, what in judged:
            if of >= FEWEST_PAGES and count < least * of:
                exhibit = lacking.get(lack)
                yield Fault(
                    f"{count} of {of} {what}, expected are {least:.0%}{seen.look(exhibit)}",
                    exhibit.url if exhibit else None,
                )


def odd(seen: Observed) -> Iterator[tuple[str, Fault]]:
    """Yield what is worth a row but is no fault, each with the kind of its issue.

    `empty_listings`: a way to find articles that found none where others did. Searches and tags may well find none.
    `silent`: no article about the reform for longer than is usual for the site. There may be none to be found.
    """
    if seen.finished and seen.tally.found:
        for name, each in seen.evidence.listings.items():
            if (
                each.empty
                and not each.articles
                and not each.unchanged
                and name.partition(" ")[0] in {"rss", "listing", "sitemap", "rest"}
            ):
                message = (
                    f"{name} found no article in {each.read} listings{seen.look(each.empty, listing=True)}"
                )
                yield "empty_listings", Fault(message, each.empty.url)
    if seen.tally.found and not seen.tally.articles:
        quiet = silence((run.at for run in seen.history if run.articles), seen.at)
        if quiet and quiet.is_unusual:
            yield (
                "silent",
                Fault(
                    f"no article about the reform since {quiet.since}, {quiet.days} days; usual are {quiet.usual}"
                ),
            )


def _named(selectors: tuple[str, ...]) -> str:
    return ", ".join(f"`{each}`" for each in selectors)


def _by(selectors: tuple[str, ...]) -> str:
    return f" (selectors {_named(selectors)})" if selectors else ""
