"""`hasila demo`: the whole flow on a newsroom that runs on this machine."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Final

import click

from crawler.lock import AlreadyRunningError
from hasila.crawling import crawl
from hasila.database_option import MADE, database_option
from hasila.exits import Exit
from hasila.newsroom import Newsroom, NewsroomError
from hasila.overview import articles_by_site, claims_by_kind, largest_figures
from hasila.problems import notice
from hasila.sites import site_spiders
from hasila.terminal import console
from store import Store, StoreError, StoreLocked

NEWSROOM: Final = Path(__file__).parents[2] / "tests" / "fixtures" / "newsroom"
ORIGINS: Final = {
    name: f"http://{name}.test"
    for name in ("quickpost", "maghress", "hibapress", "agadir24", "snrtnews", "le360")
}
"""Hosts under `.test` are reserved (RFC 6761): they lead nowhere but to the newsroom, which is the proxy."""


@click.command
@database_option(MADE, configured=False)
def command(database: Path) -> None:
    """Crawl the bundled demo newsroom with the real spiders, on loopback, and show what was found.

    A second run finds everything known, fetches no article again and stores nothing new.
    """
    started = time.monotonic()
    spiders = [spider for spider in site_spiders() if spider.name in ORIGINS]
    try:
        with Newsroom(NEWSROOM, faults=True) as newsroom:
            outcome = crawl(
                spiders,
                database=database,
                overrides={
                    "HASILA_ORIGINS": ORIGINS,
                    "HASILA_PROXY": newsroom.address,
                    "LOG_LEVEL": "WARNING",
                    # Nobody is waited for on loopback.
                    "AUTOTHROTTLE_ENABLED": False,
                    "DOWNLOAD_DELAY": 0,
                },
            )
    except (AlreadyRunningError, StoreLocked) as error:
        notice(str(database), error)
        sys.exit(Exit.RUNNING)
    except NewsroomError as error:
        notice("demo", f"{error}; the demo needs a checkout of the repository")
        sys.exit(Exit.FAILED)
    except (StoreError, OSError) as error:
        notice("demo", error)
        sys.exit(Exit.FAILED)
    if outcome.problem:
        notice("demo", outcome.problem)
    for name, faults in outcome.faults.items():
        for fault in faults:
            notice(name, f"degraded: {fault}")

    out = console()
    try:
        with Store.open(database, create=False, readonly=True) as store:
            for table in (
                articles_by_site(store),
                claims_by_kind(store),
                largest_figures(store, 10, width=out.width),
            ):
                out.print(table)
                out.print()
    except StoreError as error:
        notice("demo", error)
        sys.exit(Exit.FAILED)
    stored = sum(tally.articles for tally in outcome.tallies.values())
    known = sum(tally.found - tally.fresh for tally in outcome.tallies.values())
    fetched = sum(tally.fetched for tally in outcome.tallies.values())
    seconds = time.monotonic() - started
    if fetched or stored:
        click.echo(f"{fetched} pages fetched, {stored} articles stored in {database}, {seconds:.1f} s.")
    else:
        click.echo(
            f"Nothing new: all {known} links lead to pages that are in {database} already, {seconds:.1f} s."
        )
    click.echo("Crawl the live sites: hasila init, then hasila crawl --db live.db")
    sys.exit({"failed": Exit.FAILED, "degraded": Exit.DEGRADED}.get(outcome.state, Exit.WELL))
