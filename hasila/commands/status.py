"""`hasila status`: how the crawl stands, what the database holds, and what somebody should look at."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from hasila.claim_formats import as_json
from hasila.configuration.option import configuration
from hasila.database_option import database_option
from hasila.durations import Duration, shown
from hasila.exits import Exit
from hasila.problems import notice
from hasila.status.prometheus import text
from hasila.status.standing import STALE_AFTER, Standing, standing
from hasila.status.tables import status_tables
from hasila.terminal import console
from store import Store, StoreError
from store.records import moment


@click.command
@database_option()
@click.option("--json", "as_object", is_flag=True, help="One JSON object for programs.")
@click.option("--prometheus", is_flag=True, help="Metrics in Prometheus' text format.")
@click.option("--check", is_flag=True, help="Say only what is wrong; exit with 3 where anything is.")
@click.option(
    "--max-age",
    type=Duration(),
    metavar="DURATION",
    default=STALE_AFTER,
    show_default=shown(STALE_AFTER),
    help="How old the last good crawl may be before it is stale.",
)
def command(*, database: Path, as_object: bool, prometheus: bool, check: bool, max_age: timedelta) -> None:
    """Show how the sites, the runs and the backlog stand, how large everything is, and the newest claims.

    It reads only: it may run during a crawl, and on a database of an earlier version.

    Exit codes: 0 the database could be read; 1 it could not; with --check 3 where a site is degraded or silent, the
    last crawl failed or was killed, or the last good one is older than --max-age.
    """
    if as_object and prometheus:
        raise click.UsageError("--json and --prometheus are two formats; choose one")
    folder = configuration().archive.folder
    try:
        with Store.open(database, create=False, readonly=True, older=True) as store:
            found = standing(store, database.parent / folder if folder else None)
    except StoreError as error:
        notice("status", error)
        sys.exit(Exit.FAILED)
    problems = list(found.problems(max_age))
    if as_object:
        click.echo(as_json(facts(found, problems)))
    elif prometheus:
        click.echo(text(found, max_age), nl=False)
    elif not check:
        out = console()
        out.print(status_tables(found, problems, width=out.width))
    if check:
        for subject, line in problems:
            notice(subject, line)
        sys.exit(Exit.DEGRADED if problems else Exit.WELL)


def facts(found: Standing, problems: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the object of `--json`; docs/monitoring.md explains its keys. Moments are UTC."""
    facts = {name: _plain(value) for name, value in asdict(found).items()}
    return {**facts, "problems": [{"subject": subject, "message": line} for subject, line in problems]}


def _plain(value: Any) -> Any:
    """Moments as the database writes them, days as such, paths as text."""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, Path) else value
