"""`hasila notify`: a notice by hand."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from hasila.configuration.option import configuration
from hasila.database_option import database_option
from hasila.notices.notice import Notice
from hasila.notices.sending import send
from hasila.problems import Problems


@click.command
@click.argument("message", required=False)
@database_option("The database that the notice names; need not exist.")
@click.option("--test", is_flag=True, help="Send a test.")
def command(message: str | None, database: Path, test: bool) -> None:
    """Send a notice by every way that the configuration sets (webhook, mail), and say what became of it.

    With --test it says that it is a test. MESSAGE makes it the notice of a failure, for what `hasila` cannot tell
    itself: a timer whose run was killed.

    Exit codes: 0 sent by all ways; 1 one failed, or none is set.
    """
    if test == bool(message):
        raise click.UsageError("name --test or a MESSAGE")
    settings, problems = configuration(), Problems()
    notice = Notice(
        command="notify",
        state="test" if test else "failed",
        exit_code=None,
        database=str(database.absolute()),
        ended_at=datetime.now(UTC),
        problem=message,
    )
    found = send(notice, settings)
    for sent in found:
        if sent.failure:
            problems.report(sent.way, f"not sent: {sent.failure}")
        else:
            click.echo(f"{sent.way}: sent")
    if not found:
        problems.report(
            "notify", "nothing is set: `webhook` in [notices], or `host` in [mail] of hasila.toml"
        )
    sys.exit(problems.exit_code)
