"""The standing as Prometheus text (exposition format 0.0.4), for the textfile collector or anything that scrapes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hasila.status.standing import STALE_AFTER, WELL, Standing
from store.records import RUN_STATES, read_moment

STATES: Final = (*RUN_STATES, "killed")
_NAME: Final = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


@dataclass(frozen=True, slots=True)
class Gauge:
    """A metric and its samples: labels and value each."""

    name: str
    help: str
    samples: tuple[tuple[Mapping[str, str], float], ...]


def text(found: Standing, stale_after: timedelta = STALE_AFTER) -> str:
    """Return the metrics of a standing. A metric without a sample (no crawl yet) is left out."""
    return "".join(exposition(gauge) for gauge in gauges(found, stale_after) if gauge.samples)


def exposition(gauge: Gauge) -> str:
    """Return one metric with its HELP and TYPE lines; label values may hold anything. Raises ValueError for a bad name."""
    if not _NAME.fullmatch(gauge.name):
        raise ValueError(f"{gauge.name!r} is no name of a metric")
    explained = gauge.help.replace("\\", r"\\").replace("\n", r"\n")
    lines = [f"# HELP {gauge.name} {explained}", f"# TYPE {gauge.name} gauge"]
    for labels, value in gauge.samples:
        inside = ",".join(f'{name}="{_escaped(each)}"' for name, each in labels.items())
        lines.append(f"{gauge.name}{f'{{{inside}}}' if inside else ''} {value:.17g}")
    return "\n".join(lines) + "\n"


def gauges(found: Standing, stale_after: timedelta = STALE_AFTER) -> Iterator[Gauge]:
    """Yield the metrics. Moments are seconds since 1970."""
    crawl = found.crawl
    yield _one(
        "hasila_last_run_timestamp_seconds",
        "When the last crawl began.",
        crawl["started_at"] if crawl else None,
    )
    yield _one(
        "hasila_last_run_end_timestamp_seconds",
        "When the last crawl ended.",
        crawl["ended_at"] if crawl else None,
    )
    yield _one(
        "hasila_last_good_run_timestamp_seconds",
        "When the last crawl began that came to its end, degraded or not.",
        found.good_crawl_at,
    )
    yield Gauge(
        "hasila_run_state",
        "How the last crawl stands: 1 for its state, 0 for the others.",
        tuple(({"state": state}, float(crawl["state"] == state)) for state in STATES) if crawl else (),
    )
    for name, column, what in (
        ("hasila_last_run_articles", "articles_new", "New articles that the last crawl stored."),
        ("hasila_last_run_claims", "claims", "Claims in the texts that the last crawl stored."),
        ("hasila_last_run_issues", "issues", "Issues of the last crawl."),
    ):
        yield _one(name, what, crawl[column] if crawl else None)
    yield _one(
        "hasila_problems",
        "Things that `hasila status --check` complains of.",
        sum(1 for _ in found.problems(stale_after)),
    )
    yield from _of_sites(found)
    yield _one("hasila_articles", "Articles stored.", sum(row["articles"] for row in found.articles))
    yield Gauge(
        "hasila_claims",
        "Claims of the latest texts.",
        tuple(({"kind": row["kind"]}, row["claims"]) for row in found.claims),
    )
    yield _one("hasila_database_bytes", "Size of the database file.", found.database_bytes)
    yield _one("hasila_wal_bytes", "Size of its write-ahead log.", found.wal_bytes)
    yield _one("hasila_archive_bytes", "Size of all files of the archive.", found.archive_bytes)


def _of_sites(found: Standing) -> Iterator[Gauge]:
    sites = found.sites

    def each(name: str, what: str, values: Iterable[datetime | float | None]) -> Gauge:
        samples = (
            ({"site": site.site}, number)
            for site, value in zip(sites, values, strict=True)
            if (number := _number(value)) is not None
        )
        return Gauge(name, what, tuple(samples))

    yield each("hasila_site_well", "1 where the last crawl of the site had no issue that says how it was.",
               (site.state in {WELL, "crawling"} for site in sites))  # fmt: skip
    yield each("hasila_site_degraded", "1 where the site fell below a health floor.",
               (site.state == "degraded" for site in sites))  # fmt: skip
    yield each("hasila_site_silent", "1 where the site has brought nothing new for longer than is usual for it.",
               (site.silence is not None for site in sites))  # fmt: skip
    yield each("hasila_site_last_run_timestamp_seconds", "When the last crawl of the site began.",
               (site.last_run_at for site in sites))  # fmt: skip
    yield each("hasila_site_last_page_timestamp_seconds", "When the last page of the site was found.",
               (site.last_page_at for site in sites))  # fmt: skip
    yield each("hasila_site_last_article_timestamp_seconds", "When the last new article of the site was stored.",
               (site.last_article_at for site in sites))  # fmt: skip
    yield each("hasila_site_articles", "Articles of the site.", (site.articles for site in sites))
    yield Gauge(
        "hasila_pages",
        "Pages known, by site and state.",
        tuple(
            ({"site": site.site, "state": state}, count)
            for site in sites
            for state, count in sorted(site.pages.items())
        ),
    )
    waiting = [site.backlog for site in sites]
    yield each("hasila_backlog", "Pages to be fetched.", (each.pending if each else 0 for each in waiting))
    yield each(
        "hasila_backlog_due", "Of these, pages that are due.", (each.due if each else 0 for each in waiting)
    )
    yield each("hasila_backlog_oldest_timestamp_seconds", "When the page was found that waits longest.",
               (each.oldest if each else None for each in waiting))  # fmt: skip


def _one(name: str, what: str, value: datetime | str | float | None) -> Gauge:
    number = _number(read_moment(value) if isinstance(value, str) else value)
    return Gauge(name, what, () if number is None else (({}, number),))


def _number(value: datetime | float | None) -> float | None:
    return value.timestamp() if isinstance(value, datetime) else None if value is None else float(value)


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
