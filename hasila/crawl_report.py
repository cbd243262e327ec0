"""What a crawl did, in a few lines."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

from crawler.health import Tally
from hasila.terminal import console


def print_tallies(tallies: Mapping[str, Tally]) -> None:
    """Print one line a site: what its listings held, what was fetched, what was kept."""
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("site")
    for name in ("listed", "new", "fetched", "stored", "claims", "off topic", "no article", "failed"):
        table.add_column(name, justify="right")
    for site, tally in sorted(tallies.items()):
        counts = (
            tally.found,
            tally.fresh,
            tally.fetched,
            tally.articles,
            tally.claims,
            tally.off_topic,
            tally.not_articles,
            tally.failures,
        )
        table.add_row(site, *map(str, counts))
    console().print(table)
