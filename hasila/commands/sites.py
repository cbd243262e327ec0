"""`hasila sites`: the sites that can be crawled."""

from __future__ import annotations

import click
from rich.table import Table

from hasila.claim_formats import as_json
from hasila.sites import site_spiders
from hasila.terminal import console


@click.command
@click.option("--json", "as_lines", is_flag=True, help="One JSON object a line.")
def command(as_lines: bool) -> None:
    """List the sites that can be crawled; `hasila crawl` takes those that are on."""
    spiders = site_spiders()
    if as_lines:
        for spider in spiders:
            click.echo(
                as_json(
                    {
                        "name": spider.name,
                        "site": spider.site,
                        "language": spider.language,
                        "enabled": spider.enabled,
                        "discovery": [piece.kind for piece in spider.discovery],
                    }
                )
            )
        return
    table = Table("name", "site", "language", "on", "found by", show_edge=False, pad_edge=False)
    for spider in spiders:
        found_by = dict.fromkeys(piece.kind for piece in spider.discovery)
        table.add_row(
            spider.name, spider.site, spider.language, "yes" if spider.enabled else "no", ", ".join(found_by)
        )
    console().print(table)
