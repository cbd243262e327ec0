"""`hasila archive`: what is kept of the pages, and for how long."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from crawler.lock import DatabaseLock
from hasila.archive_option import archive_folder, archive_option
from hasila.claim_formats import as_json
from hasila.configuration.option import configuration
from hasila.configuration.values import Size
from hasila.database_faults import said_in_one_line
from hasila.database_option import database_option
from hasila.durations import Duration
from hasila.exits import Exit
from hasila.problems import notice
from hasila.retention import ArchiveFile, Plan, by_site, plan, prune, survey
from hasila.terminal import console
from rules import RULESET_VERSION
from store import RunState, Store, StoreError

_SHOWN = 20
"""Files that are named one by one."""


class ByteSize(click.ParamType[int]):
    """A size with its unit: `20GB`, `500 MiB`."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read a size; anything else is a usage error."""
        try:
            return value if isinstance(value, int) else Size().read(str(value))
        except ValueError as error:
            self.fail(f"{value!r} {error}", param, ctx)


@click.group("archive")
def command() -> None:
    """Show what is in the archive of pages, and remove what is too old or too much."""


def _folder(named: Path | None, database: Path) -> Path:
    folder = archive_folder(named, database)
    if folder is None:
        raise StoreError("no archive is kept: name one with --archive")
    if not folder.is_dir():
        raise StoreError(f"there is no archive {folder}: name it with --archive")
    return folder


@command.command("status")
@database_option()
@archive_option()
@click.option("--json", "as_object", is_flag=True, help="One JSON object for programs.")
def status_command(database: Path, named: Path | None, as_object: bool) -> None:
    """Show the files of the archive: how many, how large, of which days, by site."""
    with said_in_one_line("archive", database), Store.open(database, create=False, readonly=True) as store:
        folder = _folder(named, database)
        sites = {site: _sum(files) for site, files in by_site(survey(store, folder)).items()}
    total = {name: sum(facts[name] for facts in sites.values()) for name in ("files", "bytes")}
    if as_object:
        click.echo(as_json({"archive": str(folder), **total, "sites": sites}))
        return
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("site")
    for name in ("files", "MB", "first day", "last day", "articles", "other pages"):
        table.add_column(name, justify="right")
    for site, facts in sites.items():
        table.add_row(
            site,
            str(facts["files"]),
            _megabytes(facts["bytes"]),
            str(facts["first_day"]),
            str(facts["last_day"]),
            str(facts["articles"]),
            str(facts["pages"]),
        )
    table.add_section()
    table.add_row("total", str(total["files"]), _megabytes(total["bytes"]))
    console().print(table)


@command.command("prune")
@database_option()
@archive_option()
@click.option("--older-than", type=Duration(), help="Remove files whose pages are all older (365d).")
@click.option(
    "--max-size", type=ByteSize(), help="Remove the oldest files until the rest is no larger (20GB)."
)
@click.option(
    "--lose-pages",
    is_flag=True,
    help="Remove files with pages of articles as well.",
)
@click.option("--dry-run", is_flag=True, help="Say what would go and remove nothing.")
@click.option("--json", "as_object", is_flag=True, help="The report as one JSON object, for programs.")
def prune_command(
    *,
    database: Path,
    named: Path | None,
    older_than: timedelta | None,
    max_size: int | None,
    lose_pages: bool,
    dry_run: bool,
    as_object: bool,
) -> None:
    """Remove whole files from the archive: those that are too old, then the oldest until the rest is small enough.

    Without options the configuration says how old and how large ([archive] retention_age, retention_size).

    An article that loses its page keeps its text and its claims, and the rules can read the text anew; but it can
    never be extracted anew. So files with pages of articles are spared, and the exit code is 1, unless --lose-pages.
    """
    kept = configuration().archive
    if older_than is None and max_size is None:
        older_than, max_size = kept.retention_age or None, kept.retention_size or None
    if older_than is None and max_size is None:
        raise click.UsageError("say what goes: --older-than, --max-size, or both in the configuration")
    with said_in_one_line("archive", database):
        limits = {"older_than": older_than, "max_size": max_size, "lose_pages": lose_pages}
        found = (_preview if dry_run else _prune)(database, named, limits)
    if as_object:
        click.echo(as_json(_facts(found, dry_run=dry_run)))
    else:
        _print(found, dry_run=dry_run)
    if found.spared:
        notice(
            "archive",
            f"{_files(found.spared)} spared: without them {found.spared_articles} articles could not be extracted anew; "
            "--lose-pages removes them",
        )
    if found.stale:
        notice(
            "archive",
            f"{found.stale} articles that lose their page were read by older rules: "
            "`hasila reprocess` before, and they are extracted once more",
        )
    if found.excess:
        notice("archive", f"the archive is {_megabytes(found.excess)} MB larger than it should be")
    sys.exit(Exit.FAILED if found.spared or found.excess else Exit.WELL)


def _preview(database: Path, named: Path | None, limits: Any) -> Plan:
    with Store.open(database, create=False, readonly=True) as store:
        return plan(store, _folder(named, database), ruleset=RULESET_VERSION, **limits)


def _prune(database: Path, named: Path | None, limits: Any) -> Plan:
    with Store.open(database, create=False) as store, DatabaseLock(database):
        folder = _folder(named, database)
        found = plan(store, folder, ruleset=RULESET_VERSION, **limits)
        if not found.files:
            return found
        now = datetime.now(UTC)
        store.close_abandoned_runs(at=now)
        run = store.begin_run("archive prune", [], program=version("hasila"), ruleset=RULESET_VERSION, at=now)
        state: RunState = "failed"
        counters: dict[str, int] = {}
        try:
            gone = prune(store, folder, found.files)
            counters = {"files": len(gone), "bytes": sum(file.size for file in gone)}
            counters |= {"articles": found.articles, "pages": found.pages}
            state = "done"
        finally:
            store.end_run(run, state, counters, at=datetime.now(UTC))
        for file in found.files:
            if file not in gone:
                notice("archive", f"{file.name} stays: another run writes to it")
        return found


def _print(found: Plan, *, dry_run: bool) -> None:
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("file", overflow="fold")
    for name in ("MB", "articles", "other pages"):
        table.add_column(name, justify="right")
    for file in found.files[:_SHOWN]:
        table.add_row(file.name, _megabytes(file.size), str(file.articles), str(file.pages))
    if len(found.files) > _SHOWN:
        table.add_row(f"and {len(found.files) - _SHOWN} more")
    if found.files:
        console().print(table)
    would = "would go" if dry_run else "gone"
    click.echo(
        f"{_files(found.files)} of {_megabytes(found.size)} MB {would}, {_megabytes(found.kept)} MB stay; "
        f"{found.articles} articles {'would lose' if dry_run else 'have lost'} their page"
    )


def _facts(found: Plan, *, dry_run: bool) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "files": [_about(file) for file in found.files],
        "spared": [_about(file) for file in found.spared],
        "bytes": found.size,
        "bytes_kept": found.kept,
        "bytes_in_excess": found.excess,
        "articles": found.articles,
        "articles_spared": found.spared_articles,
        "articles_of_older_rules": found.stale,
        "pages": found.pages,
    }


def _about(file: ArchiveFile) -> dict[str, object]:
    return {
        "name": file.name,
        "day": file.day,
        "bytes": file.size,
        "articles": file.articles,
        "pages": file.pages,
    }


def _sum(files: list[ArchiveFile]) -> dict[str, Any]:
    return {
        "files": len(files),
        "bytes": sum(file.size for file in files),
        "first_day": min(file.day for file in files),
        "last_day": max(file.day for file in files),
        "articles": sum(file.articles for file in files),
        "pages": sum(file.pages for file in files),
    }


def _files(files: Sequence[ArchiveFile]) -> str:
    return f"{len(files)} file{'' if len(files) == 1 else 's'}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f}"
