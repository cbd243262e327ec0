"""How everything stands, for people and programs: runs, sites, backlog, sizes, the newest claims, and what is wrong.

Reads only, also while a crawl runs, and in a database of an earlier schema. It does not import Scrapy, so that it answers
at once; sites are therefore those that the database knows.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from crawler.silence import HISTORY, LEAST_DAYS, Silence, silence
from hasila.durations import shown
from store import PageState, Store
from store.records import read_moment
from store.standing import Backlog, SitePages, backlog, last_crawls, newest_claims, site_articles, site_pages

STALE_AFTER: Final = timedelta(hours=36)
"""A crawl that runs daily has failed to where the last good one began earlier than so long ago."""
WELL: Final = "well"
ILL: Final = (
    "crash",
    "degraded",
    "refused",
    "held",
    "daily_cap",
    "no_browser",
    "robots",
    "out_of_time",
    "empty_listings",
    "silent",
    "listing_failed",
)
"""Kinds of issues that say how a site was in a run, the gravest first."""
_PARTIAL: Final = frozenset({"refused", "robots"})
"""Those that say nothing about a site whose listings held something: many sites close their search."""
_RUNS: Final = 5
_ISSUES: Final = 5
_CLAIMS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStanding:
    """One site of the crawl."""

    site: str
    last_run_at: datetime | None
    """When the last crawl of it began, UTC."""
    state: str
    """`well`, `crawling`, or the kind of the gravest issue that the last crawl of it had."""
    reasons: Sequence[str]
    """What those issues say; the faults where it is degraded."""
    pages: Mapping[PageState, int]
    """Number of pages by state."""
    last_page_at: datetime | None
    """When the last page was found that was not known."""
    articles: int
    last_article_at: datetime | None
    """When the last article was stored that was not known."""
    backlog: Backlog | None
    """What is to be fetched; None for nothing."""
    silence: Silence | None
    """How long nothing new was found, where that is unusual for the site; None where it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A database at one moment."""

    database: Path
    at: datetime
    schema: int
    """Version of the schema."""
    database_bytes: int
    wal_bytes: int
    archive_bytes: int | None
    """Of all files in the archive; None where there is none."""
    runs: Sequence[Mapping[str, Any]]
    """The last runs, the latest first: rows of the view `run_health`; a run whose process is gone is `killed`."""
    crawl: Mapping[str, Any] | None
    """The last crawl, as in `runs`."""
    good_crawl_at: datetime | None
    """When the last crawl began that ended well, UTC."""
    sites: Sequence[SiteStanding]
    articles: Sequence[Mapping[str, Any]]
    """By host: rows of the view `articles_by_site`."""
    claims: Sequence[Mapping[str, Any]]
    """By kind: rows of the view `claims_by_kind`."""
    newest: Sequence[Mapping[str, Any]]
    """The newest claims."""
    issues: Sequence[Mapping[str, Any]]
    """The last issues."""

    def problems(self, stale_after: timedelta = STALE_AFTER) -> Iterator[tuple[str, str]]:
        """Yield what somebody should look at: a subject (`crawl` or a site) and a line each; nothing where all is well."""
        if self.crawl is None:
            yield "crawl", "there was none yet"
            return
        number, state = self.crawl["run"], self.crawl["state"]
        if state in {"failed", "killed"}:
            yield "crawl", f"run {number} {'failed' if state == 'failed' else 'was killed'}"
        age = self.at - self.good_crawl_at if self.good_crawl_at else None
        if age is None:
            yield "crawl", "none has ended well yet"
        elif age > stale_after:
            yield "crawl", f"stale: the last that ended well began {shown(age)} ago"
        for site in self.sites:
            if site.state == "degraded":
                for reason in site.reasons:
                    yield site.site, f"degraded: {reason}"
            elif site.silence:
                quiet = site.silence
                yield (
                    site.site,
                    f"silent: nothing new since {quiet.since}, {quiet.days} days; usual are {quiet.usual}",
                )


def standing(store: Store, archive: Path | None) -> Standing:
    """Read how a database and its archive (a folder) stand. Raises StoreError."""
    now = datetime.now(UTC)
    store.db.execute("BEGIN")  # one snapshot, whatever a crawl writes meanwhile
    try:
        alive = _is_held(store.path)
        runs = [
            _run(row, alive)
            for row in store.rows("SELECT * FROM run_health ORDER BY run DESC LIMIT ?", (_RUNS,))
        ]
        crawls = store.rows(
            "SELECT * FROM run_health WHERE run = (SELECT max(id) FROM runs WHERE command = 'crawl')"
        )
        good = store.rows(
            "SELECT max(started_at) AS at FROM runs WHERE command = 'crawl' AND state IN ('done', 'degraded')"
        )[0]["at"]
        (schema,) = store.db.execute("PRAGMA user_version").fetchone()
        return Standing(
            database=store.path,
            at=now,
            schema=schema,
            database_bytes=_size(store.path),
            wal_bytes=_size(store.path.with_name(f"{store.path.name}-wal")),
            archive_bytes=_folder_size(archive) if archive else None,
            runs=runs,
            crawl=_run(crawls[0], alive) if crawls else None,
            good_crawl_at=read_moment(good) if good else None,
            sites=_sites(store, now, alive=alive),
            articles=store.rows("SELECT * FROM articles_by_site ORDER BY site"),
            claims=store.rows("SELECT * FROM claims_by_kind ORDER BY kind"),
            newest=newest_claims(store.db, _CLAIMS),
            issues=store.rows("SELECT * FROM issues ORDER BY id DESC LIMIT ?", (_ISSUES,)),
        )
    finally:
        store.db.execute("ROLLBACK")


def _run(row: dict[str, Any], alive: bool) -> dict[str, Any]:
    row |= {name: json.loads(row[name] or "{}") for name in ("sites", "issue_kinds", "counters")}
    killed = row["state"] == "running" and row["command"] == "crawl" and not alive
    return {**row, "state": "killed"} if killed else row


def _sites(store: Store, now: datetime, *, alive: bool) -> list[SiteStanding]:
    pages, articles, waiting = site_pages(store.db), site_articles(store.db), backlog(store.db, now)
    crawls, silences = last_crawls(store.db), _silences(store, pages, now)
    numbers = json.dumps(sorted(set(crawls.values())))
    runs = {
        row["id"]: row
        for row in store.rows(
            "SELECT id, state, started_at, counters FROM runs WHERE id IN (SELECT value FROM json_each(?))",
            (numbers,),
        )
    }
    counters = {number: json.loads(row["counters"]) for number, row in runs.items()}
    issues: dict[tuple[int, str], dict[str, list[str]]] = {}
    for row in store.rows(
        "SELECT run, site, kind, message FROM issues WHERE run IN (SELECT value FROM json_each(?)) "
        "AND site IS NOT NULL AND kind IN (SELECT value FROM json_each(?)) ORDER BY id",
        (numbers, json.dumps(ILL)),
    ):
        if row["kind"] in _PARTIAL and counters[row["run"]].get(f"{row['site']}.found"):
            continue
        issues.setdefault((row["run"], row["site"]), {}).setdefault(row["kind"], []).append(row["message"])
    found = []
    for site in sorted(pages.keys() | crawls.keys()):
        run = runs.get(crawls.get(site, 0))
        said = issues.get((run["id"], site), {}) if run else {}
        state = next((kind for kind in ILL if kind in said), WELL)
        if run and run["state"] == "running" and alive and state == WELL:
            state = "crawling"
        known = pages.get(site)
        stored = articles.get(site)
        found.append(
            SiteStanding(
                site=site,
                last_run_at=read_moment(run["started_at"]) if run else None,
                state=state,
                reasons=tuple(said.get(state, ())),
                pages=dict(known.states) if known else {},
                last_page_at=known.last_at if known else None,
                articles=stored.articles if stored else 0,
                last_article_at=stored.last_at if stored else None,
                backlog=waiting.get(site),
                silence=silences.get(site),
            )
        )
    return found


def _silences(store: Store, pages: Mapping[str, SitePages], now: datetime) -> dict[str, Silence]:
    # Only what has been quiet for some days can be silent; most sites never are, and need not be looked into.
    quiet = [site for site, each in pages.items() if now - each.last_at >= timedelta(days=LEAST_DAYS)]
    found = {}
    for site, history in store.site_histories(quiet, since=now - HISTORY).items() if quiet else ():
        looked = next((run.at for run in reversed(history) if run.found), None)
        if (
            looked
            and (silent := silence((run.at for run in history if run.fresh), looked))
            and silent.is_unusual
        ):
            found[site] = silent
    return found


def _is_held(database: Path) -> bool:
    """Whether the process that the lock file names is there: asking for the lock itself could turn a crawl away."""
    try:
        os.kill(int(database.with_name(f"{database.name}.lock").read_text()), 0)
    except PermissionError:  # another user's
        return True
    except (OSError, ValueError):
        return False
    return True


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _folder_size(folder: Path) -> int | None:
    if not folder.is_dir():
        return None
    return sum(_size(Path(place) / name) for place, _, names in os.walk(folder) for name in names)
