"""`hasila search`: which articles speak of something."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from hasila.claim_formats import as_json
from hasila.database_option import database_option
from hasila.exits import Exit
from hasila.problems import notice, printable
from hasila.terminal import console
from hasila.word_forms import related
from store import Hit, Store, StoreError


@click.command
@click.argument("query", nargs=-1, required=True)
@database_option()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Published on this day or later.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Published on this day or earlier.")
@click.option("--site", help="The host, or the newspaper of a reprint.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many.")
@click.option("--json", "as_lines", is_flag=True, help="One JSON object an article, for programs.")
def command(
    *,
    query: tuple[str, ...],
    database: Path,
    since: datetime | None,
    until: datetime | None,
    site: str | None,
    limit: int,
    as_lines: bool,
) -> None:
    r"""Find the articles that hold all words of QUERY in title or text, the best first.

    Spelling does not matter (أإآا, ى ي, ة ه, diacritics, digits), nor do و ف ب ك ل and the article before a word. The
    lexicon of units knows plurals: أسرة finds الأسر. Words in quotation marks must follow each other.
    """
    try:
        with Store.open(database, create=False, readonly=True) as store:
            hits = store.search(
                " ".join(query),
                related=related,
                since=since.date() if since else None,
                until=until.date() if until else None,
                site=site,
                limit=limit,
            )
    except StoreError as error:
        notice("search", error)
        sys.exit(Exit.FAILED)
    if as_lines:
        for hit in hits:
            click.echo(as_json(asdict(hit)))
    elif hits:
        console().print(_table(hits))
    else:
        notice("search", "nothing found")


def _table(hits: list[Hit]) -> Table:
    table = Table(show_edge=False, pad_edge=False, show_lines=True)
    table.add_column("published", no_wrap=True)
    table.add_column("site")
    table.add_column("article", justify="right", overflow="fold")
    for hit in hits:
        words = Text(printable(hit.title), style="bold")
        snippet = Text(printable(hit.snippet))
        for start, end in hit.marks:  # printable text has the length that it had
            snippet.stylize("reverse", start, end)
        words.append("\n").append_text(snippet).append(f"\n{printable(hit.url)}", style="dim")
        table.add_row(hit.published_on or "", hit.source_name or hit.site or "(file)", words)
    return table
