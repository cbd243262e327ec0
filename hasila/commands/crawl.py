"""`hasila crawl`: crawl news sites into a database."""

from __future__ import annotations

import logging
import sys
from datetime import datetime, timedelta
from pathlib import Path

import click

from crawler.lock import AlreadyRunningError
from hasila.configuration.option import configuration
from hasila.crawl_report import Report, print_tallies
from hasila.crawling import crawl
from hasila.database_option import MADE, database_option
from hasila.durations import Duration
from hasila.exits import Exit
from hasila.notices.telling import telling
from hasila.progress.lines import Lines
from hasila.progress.screen import Screen, terminal_of_errors
from hasila.progress.watch import Watch
from hasila.sites import site_spiders
from store import StoreError, StoreLocked


@click.command
@click.argument("site", nargs=-1)
@database_option(MADE)
@click.option(
    "--max-pages", type=click.IntRange(min=1), help="Fetch at most so many pages; the rest stays pending."
)
@click.option(
    "--max-time",
    type=Duration(),
    metavar="DURATION",
    help="End after so long (45m, 2h, 1h30m, or seconds); the rest stays pending.",
)
@click.option(
    "--since",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    metavar="DATE",
    help="Look for all articles since that day (YYYY-MM-DD), not only for those that are new.",
)
@click.option("--no-archive", is_flag=True, help="Do not keep the pages as they came.")
@click.option(
    "-s",
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="Override a setting of the crawler (LOG_LEVEL=INFO, DOWNLOAD_DELAY=5).",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing unless something is wrong; for cron.")
@click.option(
    "--log-json/--no-log-json", default=None, help="Log JSON, one object a line, on standard error; or not."
)
def command(
    *,
    site: tuple[str, ...],
    database: Path,
    max_pages: int | None,
    max_time: timedelta | None,
    since: datetime | None,
    no_archive: bool,
    settings: tuple[str, ...],
    quiet: bool,
    log_json: bool | None,
) -> None:
    """Crawl the sites named, or all that are on (`hasila sites` lists them), into the database.

    SIGTERM and SIGINT (Ctrl-C) end the run in good order: what was fetched is stored, the rest is fetched next time.

    On a terminal a line a site shows how it goes, elsewhere lines with the time do (UTC), all on standard error.

    Exit codes: 0 well, or stopped by a signal or by --max-time; 1 failed; 2 usage; 3 a site fell below its health
    floor; 75 another run or program holds the database.
    """
    configured = configuration()
    known = {spider.name: spider for spider in site_spiders(configured)}
    for name in site:
        if name not in known:
            raise click.BadParameter(
                f"no site is called {name!r}; `hasila sites` lists them", param_hint="SITE"
            )
    chosen = [known[name] for name in dict.fromkeys(site or configured.crawl.sites)] or [
        each for each in known.values() if each.enabled
    ]
    level = "ERROR" if quiet else configured.crawl.log_level
    overrides: dict[str, object] = {"LOG_LEVEL": level, **_parse(settings)}
    if str(overrides["LOG_LEVEL"]).upper() not in logging.getLevelNamesMapping():
        raise click.BadParameter(
            f"there is no level {overrides['LOG_LEVEL']!r}", param_hint="--set LOG_LEVEL"
        )
    if since:
        overrides["HASILA_SINCE"] = since.date().isoformat()
    if no_archive:
        overrides["HASILA_ARCHIVE"] = ""
    if log_json is None:
        log_json = configured.crawl.log_format == "json"
    report = Report(as_json=log_json)
    if not (quiet or configured.contact or "HASILA_PROXY" in overrides):
        report.warn(
            "set `contact` in hasila.toml (`hasila init` writes one) to your mail address or page, so that "
            "webmasters can reach you"
        )
    screen = None if quiet or log_json or "LOG_FILE" in overrides else terminal_of_errors()
    watch = Watch() if quiet else Screen(screen) if screen else Lines()
    with telling("crawl", database, configured, complain=report.unsent) as ending:
        try:
            outcome = crawl(
                chosen,
                database=database,
                overrides=overrides,
                configuration=configured,
                max_pages=max_pages or configured.crawl.max_pages or None,
                max_time=max_time or configured.crawl.max_time or None,
                watch=watch,
                log_json=log_json,
                screen=screen,
            )
        except (AlreadyRunningError, StoreLocked) as error:
            ending.problem, ending.locked = str(error), isinstance(error, StoreLocked)
            report.error(f"{database}: {error}")
            sys.exit(Exit.RUNNING)
        except (StoreError, OSError) as error:
            ending.problem = str(error)
            report.error(str(error))
            sys.exit(Exit.FAILED)
        ending.run, ending.problem, ending.faults = outcome.number, outcome.problem, outcome.faults
        ending.locked = outcome.locked
        if not (quiet or log_json):
            print_tallies(outcome.tallies)
        report.outcome(outcome, quiet=quiet)
        if outcome.locked:
            sys.exit(Exit.RUNNING)
        sys.exit({"failed": Exit.FAILED, "degraded": Exit.DEGRADED}.get(outcome.state, Exit.WELL))


def _parse(settings: tuple[str, ...]) -> dict[str, object]:
    parsed: dict[str, object] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{setting!r} is not NAME=VALUE", param_hint="--set")
        parsed[name] = value
    return parsed
