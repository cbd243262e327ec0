"""`hasila db`: looking after the database."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crawler.lock import DatabaseLock
from hasila.database_faults import said_in_one_line
from hasila.database_option import database_option
from hasila.problems import Problems, notice
from store import Store
from store.upkeep import backup, check, rebuild, vacuum


@click.group("db")
def command() -> None:
    """Look after the database: check it, copy it while it is in use, give room back."""


@command.command("check")
@database_option()
@click.option(
    "--archive",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The folder of the archive: check the pointers into it as well.",
)
def check_command(database: Path, archive: Path | None) -> None:
    """Verify everything: damage, references, offsets, and what is derived from the claims. Changes nothing.

    Every fault has a line on stderr; the exit code is then 1.
    """
    problems = Problems()
    with said_in_one_line("db", database), Store.open(database, create=False, readonly=True) as store:
        for fault in check(store, archive=archive):
            problems.report(fault.kind, fault.message)
        (size,) = store.rows(
            "SELECT count(*) AS articles, (SELECT count(*) FROM claims) AS claims FROM articles"
        )
    if problems.count:
        notice(
            str(database),
            "has faults; where they are in clusters, series, tallies or search only, `hasila db rebuild` puts them "
            "right, else restore a backup",
        )
    else:
        click.echo(f"{database}: {size['articles']} articles and {size['claims']} claims, all well")
    sys.exit(problems.exit_code)


@command.command("rebuild")
@database_option()
def rebuild_command(database: Path) -> None:
    """Make clusters, series, tallies and the search index anew from the articles and claims."""
    with (
        said_in_one_line("db", database),
        DatabaseLock(database),
        Store.open(database, create=False) as store,
    ):
        rebuild(store)
    click.echo(f"{database}: made anew")


@command.command("vacuum")
@database_option()
def vacuum_command(database: Path) -> None:
    """Write the database anew without gaps. Needs twice its size on the disk, and that no crawl runs."""
    with (
        said_in_one_line("db", database),
        Store.open(database, create=False) as store,
        DatabaseLock(database),
    ):
        before, after = vacuum(store)
    click.echo(f"{database}: {before / 1e6:.1f} MB before, {after / 1e6:.1f} MB now")


@command.command("backup")
@click.argument("to", metavar="DEST", type=click.Path(path_type=Path))
@database_option()
def backup_command(database: Path, to: Path) -> None:
    """Copy the database, as it is at this moment, into the file DEST. A crawl may run meanwhile.

    A database of another version of hasila is copied as it is: an upgrade wants a copy first.
    """
    with (
        said_in_one_line("db", database),
        Store.open(database, create=False, readonly=True, older=True, newer=True) as store,
    ):
        size = backup(store, to)
    click.echo(f"{to}: {size / 1e6:.1f} MB")
