"""What a crawl did, in a few lines."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import click
from rich.table import Table

from crawler.health import Tally
from crawler.logs import JsonFormatter
from hasila.crawling import Outcome
from hasila.problems import notice
from hasila.terminal import console

logger = logging.getLogger("hasila.crawl")


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


class Report:
    """What a crawl has to say before it begins and after it has ended, on standard error: lines, or objects of the log."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    def warn(self, message: str, *, event: str = "notice", site: str | None = None) -> None:
        """Say something that does not change the outcome."""
        self._say(logging.WARNING, message, event, site)

    def error(self, message: str, *, event: str = "problem", site: str | None = None) -> None:
        """Say why the run is not well."""
        self._say(logging.ERROR, message, event, site)

    def unsent(self, message: str) -> None:
        """Say that a notice could not be sent."""
        self.warn(message, event="notice_failed")

    def outcome(self, outcome: Outcome, *, quiet: bool) -> None:
        """Say what is wrong after a run; unless `quiet`, also what it left for the next."""
        for name, faults in outcome.faults.items():
            for fault in faults:
                self.error(f"degraded: {fault}", event="degraded", site=name)
        if outcome.problem:
            self.error(outcome.problem)
        if quiet:
            return
        if outcome.out_of_time:
            names = ", ".join(outcome.out_of_time)
            self.warn(
                f"the time was up before these were read to their end: {names}; the next run goes on from here"
            )
        if outcome.state == "interrupted":
            self.warn("interrupted; the next run goes on from here")

    def _say(self, level: int, message: str, event: str, site: str | None) -> None:
        if not self._as_json:
            notice(site or "crawl", message)
            return
        record = logger.makeRecord(
            logger.name, level, "", 0, "%s", (message,), None, extra={"event": event, "site": site}
        )
        click.echo(JsonFormatter().format(record), err=True)
