"""`hasila sites`: the sites that can be crawled, and how they are."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.table import Table

from hasila.claim_formats import as_json
from hasila.configuration.option import configuration
from hasila.database_option import database_option
from hasila.exits import Exit
from hasila.problems import notice, printable
from hasila.sites import Condition, conditions, found_by, site_spiders
from hasila.terminal import console
from store import Store, StoreError


@click.command
@database_option("The database that knows of the last runs; need not exist.")
@click.option("--json", "as_lines", is_flag=True, help="One JSON object a line.")
def command(database: Path, as_lines: bool) -> None:
    """List the sites that can be crawled, with their last run and health; `hasila crawl` takes those that are on."""
    known: dict[str, Condition] = {}
    if database.exists():
        try:
            with Store.open(database, create=False, readonly=True, older=True) as store:
                known = conditions(store)
        except StoreError as error:
            notice("sites", error)
            sys.exit(Exit.FAILED)
    table = Table(
        "name", "site", "language", "on", "found by", "last run", "health", show_edge=False, pad_edge=False
    )
    for spider in site_spiders(configuration()):
        last = known.get(spider.name)
        if as_lines:
            click.echo(
                as_json(
                    {
                        "name": spider.name,
                        "site": spider.site,
                        "language": spider.language,
                        "enabled": spider.enabled,
                        "discovery": found_by(spider),
                        "known": spider.refuses or None,
                        "last_run_at": last and last.at,
                        "health": last and last.state,
                        "reason": (last and last.message) or None,
                    }
                )
            )
            continue
        table.add_row(
            spider.name,
            spider.site,
            spider.language,
            "yes" if spider.enabled else "no",
            ", ".join(found_by(spider)),
            last.at[:16].replace("T", " ") if last else "",
            printable(f"{last.state}: {last.message}" if last.message else last.state) if last else "",
        )
    if not as_lines:
        console().print(table)
