"""`hasila crawl`: crawl news sites into a database."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import click

from crawler.lock import AlreadyRunningError
from hasila.crawl_report import print_tallies
from hasila.crawling import crawl
from hasila.database_option import MADE, database_option
from hasila.exits import Exit
from hasila.problems import Problems, notice
from hasila.sites import site_spiders
from store import StoreError


@click.command
@click.argument("site", nargs=-1)
@database_option(MADE)
@click.option(
    "--max-pages", type=click.IntRange(min=1), help="Fetch at most so many pages; the rest stays pending."
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
def command(
    *,
    site: tuple[str, ...],
    database: Path,
    max_pages: int | None,
    since: datetime | None,
    no_archive: bool,
    settings: tuple[str, ...],
) -> None:
    """Crawl the sites named, or all that are on (`hasila sites` lists them), into the database.

    SIGTERM and SIGINT (Ctrl-C) end the run in good order: what was fetched is stored, the rest is fetched next time.

    Exit codes: 0 well, or stopped by a signal; 1 failed; 2 usage; 3 a site fell below its health floor;
    75 another run holds the database.
    """
    known = {spider.name: spider for spider in site_spiders()}
    for name in site:
        if name not in known:
            raise click.BadParameter(
                f"no site is called {name!r}; `hasila sites` lists them", param_hint="SITE"
            )
    chosen = [known[name] for name in dict.fromkeys(site)] or [
        each for each in known.values() if each.enabled
    ]
    overrides: dict[str, object] = {"LOG_LEVEL": "WARNING", **_parse(settings)}
    if since:
        overrides["HASILA_SINCE"] = since.date().isoformat()
    if no_archive:
        overrides["HASILA_ARCHIVE"] = ""
    problems = Problems()
    if "HASILA_CONTACT" not in os.environ and "HASILA_PROXY" not in overrides:
        notice("crawl", "set HASILA_CONTACT to your mail address or page, so that webmasters can reach you")
    try:
        outcome = crawl(chosen, database=database, overrides=overrides, max_pages=max_pages)
    except AlreadyRunningError as error:
        notice(str(database), error)
        sys.exit(Exit.RUNNING)
    except (StoreError, OSError) as error:
        problems.report("crawl", error)
        sys.exit(Exit.FAILED)
    print_tallies(outcome.tallies)
    for name, faults in outcome.faults.items():
        for fault in faults:
            notice(name, f"degraded: {fault}")
    if outcome.problem:
        notice("crawl", outcome.problem)
    if outcome.state == "interrupted":
        notice("crawl", "interrupted; the next run goes on from here")
    sys.exit({"failed": Exit.FAILED, "degraded": Exit.DEGRADED}.get(outcome.state, Exit.WELL))


def _parse(settings: tuple[str, ...]) -> dict[str, object]:
    parsed: dict[str, object] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{setting!r} is not NAME=VALUE", param_hint="--set")
        parsed[name] = value
    return parsed
