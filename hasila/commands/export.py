"""`hasila export`: the claims, for other programs."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Literal

import click

from hasila.database_option import database_option
from hasila.exits import Exit
from hasila.exporting import FORMATS, ExportError, check_package, describe, rows, write
from hasila.problems import notice
from store import Store, StoreError


@click.command
@database_option()
@click.option("--to", "target", type=click.Path(path_type=Path), required=True, help="A folder or a file.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="Default: what the name of the file ends in, else csv. Parquet needs the extra `parquet`.",
)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Articles published on this day or later.")
@click.option("--indicator", help="One series (asd.households), or all of a programme (asd).")
@click.option("--site", help="The host, or the newspaper of a reprint.")
@click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark, for spreadsheets.")
def command(
    *,
    database: Path,
    target: Path,
    form: Literal["csv", "jsonl", "parquet"] | None,
    since: datetime | None,
    indicator: str | None,
    site: str | None,
    bom: bool,
) -> None:
    """Write the claims of the latest revisions to a file, and a Frictionless datapackage.json beside it.

    In a folder the file is called claims.csv, claims.jsonl or claims.parquet. Every row has the URL, the sentence and
    when the page was read. Text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    ending = target.suffix.removeprefix(".").lower()
    form = form or (ending if ending in FORMATS else "csv")  # type: ignore[assignment]
    assert form is not None  # noqa: S101 - just set
    if bom and form != "csv":
        raise click.UsageError("--bom goes with CSV")
    path = target
    try:
        if target.is_dir() or ending not in FORMATS:
            path = target / f"claims.{form}"
        path.parent.mkdir(parents=True, exist_ok=True)
        check_package(path.parent)
        with Store.open(database, create=False, readonly=True) as store:
            if indicator and not store.rows(
                "SELECT 1 FROM indicators WHERE slug = ?1 OR substr(slug, 1, length(?1) + 1) = ?1 || '.'",
                (indicator,),
            ):
                raise ExportError(f"there is no indicator {indicator!r}: the table `indicators` lists them")
            found = rows(store, since=f"{since:%Y-%m-%d}" if since else None, indicator=indicator, site=site)
            count = write(found, path, form, bom=bom)
        package = describe(path, form, count)
    except OSError as error:
        notice("export", f"{path} cannot be written: {error.strerror or error}")
        sys.exit(Exit.FAILED)
    except (StoreError, ExportError) as error:
        notice("export", error)
        sys.exit(Exit.FAILED)
    click.echo(f"{count} claims in {path}, described in {package}")
