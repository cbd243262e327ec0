"""`hasila reprocess`: extraction and rules anew over the archive and the stored texts."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import click

from crawler.lock import AlreadyRunningError
from crawler.options import Options
from crawler.spiders.news import NewsSpider
from hasila.archive_option import archive_folder, archive_option
from hasila.claim_formats import as_json
from hasila.configuration.option import configuration
from hasila.database_option import database_option
from hasila.exits import Exit
from hasila.notices.telling import telling
from hasila.problems import Problems, notice
from hasila.reprocessing.passes import Order, preview, reprocess
from hasila.reprocessing.progress import shown
from hasila.reprocessing.reading import Reader
from hasila.reprocessing.report import Report
from hasila.reprocessing.tables import tables
from hasila.reprocessing.worker_pool import ProcessesDiedError
from hasila.sites import project_settings, site_spiders
from hasila.terminal import console
from rules import RULESET_VERSION
from store import Store, StoreError, StoreLocked
from store.rereading import Selection


def _cores() -> int:
    """Those that this process may use, where the system says so."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@click.command
@database_option()
@click.option("--all", "everything", is_flag=True, help="Also what these very rules have read.")
@click.option(
    "--site", "names", multiple=True, metavar="NAME", help="Only of this site or host. May be repeated."
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Only articles published on this day or later, and pages fetched then.",
)
@archive_option()
@click.option(
    "--rules-only", is_flag=True, help="Leave the archive alone: the rules read the texts as they are stored."
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=_cores,
    show_default="the cores",
    help="So many processes read.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change and write nothing.")
@click.option(
    "--sample",
    "samples",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    help="Show so many of each sort of change.",
)
@click.option("--afresh", is_flag=True, help="With --all: do not go on where an earlier run was stopped.")
@click.option("--json", "as_object", is_flag=True, help="The report as one JSON object, for programs.")
def command(
    *,
    database: Path,
    everything: bool,
    names: tuple[str, ...],
    since: datetime | None,
    named: Path | None,
    rules_only: bool,
    jobs: int,
    dry_run: bool,
    samples: int,
    afresh: bool,
    as_object: bool,
) -> None:
    """Read anew what older rules have read: pages from the archive, else the stored texts.

    Claims follow the rules of today, texts and dates the extraction. Nothing of it counts as an edit by the newspaper,
    and nothing is deleted: an article that would not be stored today is reported and kept. Killed or stopped, it goes
    on where it was when it is started again; a second time it changes nothing.
    """
    if named and rules_only:
        raise click.UsageError("--archive and --rules-only contradict each other")
    problems = Problems()
    configured = configuration()
    spiders = site_spiders(configured)
    options = Options.of(project_settings(configured), database)
    with telling("reprocess", database, configured, told=not dry_run) as ending:
        try:
            folder = (
                None if rules_only else _archive(archive_folder(named, database), database, dry_run=dry_run)
            )
            order = Order(
                chosen=_chosen(names, spiders, since.date() if since else None, everything=everything),
                names=names,
                reader=Reader(folder, {spider.name: spider.layout for spider in spiders if spider.layout}),
                threshold=options.threshold,
                schedule=options.schedule,
                jobs=jobs,
                afresh=afresh,
                samples=samples,
            )
            with shown() as show:
                state, report = (preview if dry_run else reprocess)(database, order, show)
        except (AlreadyRunningError, StoreLocked) as error:
            ending.problem, ending.locked = str(error), isinstance(error, StoreLocked)
            notice(str(database), error)
            sys.exit(Exit.RUNNING)
        except (StoreError, OSError, ProcessesDiedError) as error:
            ending.problem = str(error)
            problems.report("reprocess", error)
            sys.exit(Exit.FAILED)
        _tell(report, problems)
        if as_object:
            click.echo(as_json({"state": state, **report.as_object()}))
        else:
            console().print(tables(report))
        if state == "interrupted":
            notice("reprocess", "stopped; started again it goes on from here")
        if problems.count:
            ending.problem = f"{problems.count} texts or pages could not be read anew"
        sys.exit(problems.exit_code)


def _archive(folder: Path | None, database: Path, *, dry_run: bool) -> Path | None:
    """The folder of the archive; None where there is none and none is needed. Raises StoreError."""
    if folder is None or folder.is_dir():
        return folder
    with Store.open(database, create=False, readonly=dry_run) as store:
        needed = store.rows(
            "SELECT 1 FROM pages WHERE archive_file IS NOT NULL UNION SELECT 1 FROM records LIMIT 1"
        )
    if needed:
        raise StoreError(f"there is no archive {folder}: name it with --archive, or read by --rules-only")
    return None


def _chosen(
    names: tuple[str, ...], spiders: Sequence[type[NewsSpider]], since: date | None, *, everything: bool
) -> Selection:
    """A site goes by the crawl's name for it or by its host."""
    hosts, sites = set(names), set(names)
    for spider in spiders:
        if spider.name in names or spider.site in names:
            hosts.add(spider.site)
            sites.add(spider.name)
    return Selection(
        ruleset=RULESET_VERSION,
        everything=everything,
        hosts=frozenset(hosts),
        sites=frozenset(sites),
        since=since,
    )


def _tell(report: Report, problems: Problems) -> None:
    """A line for what could not be read, and for what made the program fail."""
    if report.resumed:
        notice("reprocess", "goes on where the last run was stopped; --afresh begins at the beginning")
    for failure in report.samples["failures"]:
        problems.report(failure["url"], failure["message"])
    for kind, what in (
        ("missing_archive", "pages are in archive files that are missing"),
        ("broken_record", "records of the archive are broken"),
        ("other_record", "records of the archive are of other pages"),
    ):
        if count := report.counts[kind]:
            problems.report(
                "reprocess", f"{count} {what}: stored texts were read instead; see the issues of the run"
            )
