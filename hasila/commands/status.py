"""`hasila status`: what the database holds and how the last runs went."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from hasila.claim_formats import as_json
from hasila.database_option import database_option
from hasila.exits import Exit
from hasila.overview import articles_by_site, claims_by_kind
from hasila.problems import notice, printable
from hasila.terminal import console
from store import Store, StoreError

_RUNS = 5
_ISSUES = 5


@click.command
@database_option()
@click.option("--json", "as_object", is_flag=True, help="One JSON object for programs.")
def command(database: Path, as_object: bool) -> None:
    """Show what the database holds, how far the crawl of each site is, and how the last runs went."""
    try:
        with Store.open(database, create=False, readonly=True) as store:
            if as_object:
                click.echo(as_json({"database": str(database), **_facts(store)}))
            else:
                _print(store)
    except StoreError as error:
        notice("status", error)
        sys.exit(Exit.FAILED)


def _facts(store: Store) -> dict[str, list[dict[str, Any]]]:
    return {
        "articles": store.rows("SELECT * FROM articles_by_site ORDER BY site"),
        "claims": store.rows("SELECT * FROM claims_by_kind ORDER BY kind"),
        "pages": store.rows("SELECT * FROM pages_by_state ORDER BY site, state, kind"),
        "runs": store.rows("SELECT * FROM run_health ORDER BY run DESC LIMIT ?", (_RUNS,)),
        "issues": store.rows("SELECT * FROM issues ORDER BY id DESC LIMIT ?", (_ISSUES,)),
    }


def _print(store: Store) -> None:
    facts = _facts(store)
    out = console()
    out.print(articles_by_site(store))
    out.print()
    out.print(claims_by_kind(store))
    pages = _table("Pages of the crawl", "site", "state", "kind", "pages", "next try")
    for row in facts["pages"]:
        pages.add_row(
            row["site"], row["state"], row["kind"] or "", str(row["pages"]), row["next_try_at"] or ""
        )
    runs = _table(
        "Last runs", "run", "command", "state", "started", "seconds", "new", "revised", "claims", "issues"
    )
    for row in facts["runs"]:
        counts = (row[name] for name in ("seconds", "articles_new", "articles_revised", "claims", "issues"))
        runs.add_row(
            str(row["run"]),
            row["command"],
            row["state"],
            row["started_at"],
            *("" if count is None else str(count) for count in counts),
        )
    issues = _table("Last issues", "run", "site", "kind", "message")
    for row in facts["issues"]:
        issues.add_row(str(row["run"] or ""), row["site"] or "", row["kind"], printable(row["message"]))
    for table in (pages, runs, issues):
        if table.row_count:
            out.print()
            out.print(table)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", show_edge=False, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    return table
