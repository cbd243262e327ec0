"""Running the spiders of several sites in one process and one run."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Final

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler.health import Tally
from crawler.lock import DatabaseLock
from crawler.options import Options
from crawler.run import Run
from crawler.spiders.news import NewsSpider
from hasila.sites import project_settings
from store import RunState, Store

PATIENCE: Final = 5.0
"""Seconds that requests under way are given after SIGTERM or SIGINT; then they are left, and their pages stay pending."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a crawl of some sites ended."""

    state: RunState
    tallies: Mapping[str, Tally]
    faults: Mapping[str, Sequence[str]]
    """Health floors that sites fell below, by site."""
    problem: str | None
    """Why the run failed, in one line."""


class _StopRequest(BaseException):
    """A signal to stop that came before the reactor ran."""


class _Process(AsyncCrawlerProcess):
    """Stops in good order, but not later than `PATIENCE` after it was told to, however slow a server is."""

    def _signal_shutdown(self, signum: int, frame: Any) -> None:
        super()._signal_shutdown(signum, frame)
        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one

        reactor.callFromThread(reactor.callLater, PATIENCE, self._stop_reactor)


def crawl(
    spiders: Sequence[type[NewsSpider]],
    *,
    database: Path,
    overrides: Mapping[str, object],
    max_pages: int | None = None,
) -> Outcome:
    """Crawl sites into a database, as one run. `overrides` are Scrapy settings.

    Raises AlreadyRunningError where another run holds the database, StoreError where it cannot be opened, OSError
    where its lock file cannot be made.
    """
    settings = project_settings()
    settings.setdict(dict(overrides), priority="cmdline")
    Store.open(database).close()  # what is no database is refused before a lock file is left beside it
    with DatabaseLock(database), _early_signals():
        run = Run.begin(
            database,
            [spider.name for spider in spiders],
            Options.of(settings, database, budget=max_pages),
        )
        problem: str | None = None
        try:
            problem = _crawl(spiders, run, settings)
        except _StopRequest:
            run.interrupted = True
        except BaseException:
            run.crashes += 1
            raise
        finally:
            run.crashes += problem is not None
            state = run.end()
    if run.fault:
        problem = str(run.fault)
    elif run.crashes and problem is None:
        problem = f"{run.crashes} pages or listings could not be digested; see the issues of run {run.number}"
    return Outcome(state=state, tallies=run.tallies, faults=run.faults, problem=problem)


def _crawl(spiders: Sequence[type[NewsSpider]], run: Run, settings: Settings) -> str | None:
    """Return why a crawl broke off, or None."""
    process = _Process(settings)
    tasks = {spider.name: process.crawl(spider, run=run) for spider in spiders}
    process.start()
    for name, task in tasks.items():
        if not task.done() or task.cancelled():
            run.interrupted = True
        elif error := task.exception():
            logger.error("the crawl of %s broke off", name, exc_info=error)
            return f"the crawl of {name} broke off: {type(error).__name__}: {error}"
    return None


@contextmanager
def _early_signals() -> Iterator[None]:
    """Until Scrapy listens to signals itself, let SIGTERM and SIGINT end the run as interrupted."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _StopRequest

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
