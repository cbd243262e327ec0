"""`hasila import`: articles from elsewhere into a database."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import click

from hasila.database_option import MADE, database_option
from hasila.documents import BrokenLine
from hasila.exits import Exit
from hasila.file_run import FileRun
from hasila.importing import read_claims, read_lines
from hasila.problems import Problems, notice
from store import StoreError, StoreLocked, StoreRefused


@click.command("import")
@click.argument("file")
@database_option(MADE)
def command(file: str, database: Path) -> None:
    r"""Read articles from FILE (- for standard input), JSON lines, into the database.

    A line is {"url", "title", "published", "text"}, of which only "text" is needed; paragraphs are its lines.
    "published" is an ISO date or one as newspapers write it. The text is read by the same rules as a page that was
    crawled; reading a file again changes nothing. A broken line is named on stderr and left out; the exit code is then 1.
    """
    problems = Problems()
    counts: Counter[str] = Counter()
    try:
        with ExitStack() as stack:
            if file == "-":
                lines, read_at = sys.stdin.buffer, datetime.now(UTC)
            else:
                lines = stack.enter_context(Path(file).open("rb"))
                # The time of the file, so that reading it again tomorrow changes nothing.
                read_at = datetime.fromtimestamp(Path(file).stat().st_mtime, UTC)
            run = stack.enter_context(FileRun(database, command="import"))
            for found in read_lines(lines):
                if isinstance(found, BrokenLine):
                    problems.report(f"{file}: line {found.number}", found.reason)
                    continue
                number, article, unread = found
                if unread:
                    notice(f"{file}: line {number}", f"date not understood, read without it: {unread}")
                processed = read_claims(article)
                try:
                    run.keep(article, processed, read_at=read_at)
                except StoreRefused as error:
                    problems.report(f"{file}: line {number}", error)
                    continue
                counts["articles"] += 1
                counts["claims"] += len(processed.claims)
    except StoreLocked as error:
        notice("import", f"{error}; what was read before is stored, and is passed over then")
        sys.exit(Exit.RUNNING)
    except StoreError as error:
        problems.report("import", error)
    except OSError as error:
        problems.report(file, f"cannot be read: {error.strerror or error}")
    else:
        if not counts and not problems.count:
            problems.report(file, "holds no article")
        click.echo(f"{counts['articles']} articles with {counts['claims']} claims read into {database}")
    sys.exit(problems.exit_code)
