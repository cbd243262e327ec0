"""Running the spiders of several sites in one process and one run."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, Final

from rich.console import Console
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.exceptions import CloseSpider
from scrapy.settings import Settings

from crawler.clock import use_monotonic
from crawler.health import Tally
from crawler.lock import DatabaseLock
from crawler.options import Options
from crawler.run import Run
from crawler.spiders.news import NewsSpider
from hasila.configuration import Configuration
from hasila.crawl_log import crawl_log
from hasila.progress.watch import Watch
from hasila.sites import project_settings
from store import RunState, Store, StoreLocked

PATIENCE: Final = 5.0
"""Seconds that requests under way are given when the run is to end; then they are left, and their pages stay pending."""
_OPENING: Final = 0.1
"""Seconds between two looks whether all spiders are open."""
OUT_OF_TIME: Final = "max_time"
"""Why a spider was closed, where the time of the run was up."""

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
    number: int
    """Of the run."""
    locked: bool = False
    """Whether it failed because another program held the database; it may be tried again."""
    out_of_time: Sequence[str] = ()
    """Sites that were not read to their end because the time of the run was up."""


class _StopRequest(BaseException):
    """A signal to stop that came before the reactor ran."""


class _Process(AsyncCrawlerProcess):
    """The spiders of a run. It stops in good order, but not later than `PATIENCE` after it was told to.

    Scrapy gives every spider an engine, a queue and slots of its own, so that sites do not wait for each other's
    servers; what they share is the processor, a page at a time in the order in which the answers come.
    """

    def __init__(self, settings: Settings, run: Run, watch: Watch) -> None:
        super().__init__(settings)
        self.run = run
        self.watch = watch
        self.out_of_time: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self._origins: dict[str, str] = {}
        self._open: set[str] = set()

    def add(self, spider: type[NewsSpider]) -> None:
        """Let a site be crawled."""
        name = spider.name
        crawler = self.create_crawler(spider)
        crawler.signals.connect(lambda: self._opened(name), signal=signals.spider_opened, weak=False)
        task = self.crawl(crawler, run=self.run)
        task.add_done_callback(partial(self._ended, crawler))
        self.tasks[name], self._origins[name] = task, spider.origin

    def begin(self, left: timedelta | None) -> None:
        """Run until all sites are read, the run is told to stop, or the time `left` is over."""
        from twisted.internet import task  # noqa: PLC0415 - it imports the reactor, which installs one

        use_monotonic(_reactor())
        if left is not None:
            _reactor().callLater(max(0.0, left.total_seconds()), self._time_is_up)
        if self.watch.every:
            ticking = task.LoopingCall(self.watch.tick).start(self.watch.every, now=False)
            ticking.addErrback(lambda failure: logger.error("progress: %s", failure.getErrorMessage()))
        self.start()
        for name, running in self.tasks.items():
            if not running.done():  # the reactor was stopped before
                self.watch.closed(name, OUT_OF_TIME if self.out_of_time else "shutdown")

    def _opened(self, site: str) -> None:
        self._open.add(site)
        self.watch.opened(site)

    def _ended(self, crawler: Crawler, task: asyncio.Task[None]) -> None:
        self.run.budget.release(crawler.spidercls.name)
        if task.cancelled():
            return
        reason = "broke off" if task.exception() else crawler.stats.get_value("finish_reason", "broke off")
        self.watch.closed(crawler.spidercls.name, reason)

    def _time_is_up(self) -> None:
        """Close every spider that is still at work; what it has not fetched stays pending."""
        if any(crawler.spidercls.name not in self._open for crawler in self.crawlers):
            _reactor().callLater(_OPENING, self._time_is_up)  # Scrapy cannot close what is being opened
            return
        self.watch.stopping("the time of the run is up")
        for crawler in list(self.crawlers):
            name = crawler.spidercls.name
            self.out_of_time.append(name)
            with suppress(CloseSpider):  # the database failed: the run says so
                self.run.ledger.say_once(
                    "out_of_time",
                    "the time of the run was up; the rest stays pending",
                    name,
                    self._origins[name],
                )
            asyncio.ensure_future(_close(crawler))  # noqa: RUF006 - the crawler's own task waits for it
        self._stop_before_long()

    def _signal_shutdown(self, signum: int, frame: Any) -> None:
        super()._signal_shutdown(signum, frame)
        _reactor().callFromThread(self.watch.stopping, signal.Signals(signum).name)
        _reactor().callFromThread(self._stop_before_long)

    def _stop_before_long(self) -> None:
        _reactor().callLater(PATIENCE, self._stop_reactor)


def _reactor() -> Any:
    from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one

    return reactor


async def _close(crawler: Crawler) -> None:
    closing = asyncio.ensure_future(crawler.engine.close_spider_async(reason=OUT_OF_TIME))
    await asyncio.sleep(0)  # it has begun, with its reason
    # Told to stop as well, or else the reactor, when it is stopped, would begin to wait for the spider.
    await crawler.stop_async()
    with suppress(RuntimeError):  # it came to its end at this moment
        await closing


def crawl(
    spiders: Sequence[type[NewsSpider]],
    *,
    database: Path,
    overrides: Mapping[str, object],
    configuration: Configuration | None = None,
    max_pages: int | None = None,
    max_time: timedelta | None = None,
    watch: Watch | None = None,
    log_json: bool = False,
    screen: Console | None = None,
) -> Outcome:
    """Crawl sites into a database, as one run. `overrides` are Scrapy settings, which go before the configuration.

    `watch` is told how it goes; `screen` is the terminal that it draws on, above which the log is written. After
    `max_time` the run ends in good order: the sites that were not read to their end are named, the state is `done`.

    Raises AlreadyRunningError where another run holds the database, StoreError where it cannot be opened, OSError
    where its lock file or the log cannot be made.
    """
    started = time.monotonic()
    watch = watch or Watch()
    settings = project_settings(configuration)
    settings.setdict({**overrides, "LOG_INSTALL_ROOT_HANDLER": False}, priority="cmdline")
    Store.open(database).close()  # what is no database is refused before a lock file is left beside it
    with DatabaseLock(database), crawl_log(settings, as_json=log_json, screen=screen), _early_signals():
        run = Run.begin(
            database,
            [spider.name for spider in spiders],
            Options.of(settings, database, budget=max_pages),
        )
        problem: str | None = None
        cut: Sequence[str] = ()
        try:
            watch.begin(run, [spider.name for spider in spiders], limit=max_time)
            process = _Process(settings, run, watch)
            cut = process.out_of_time
            for spider in spiders:
                process.add(spider)
            process.begin(max_time and max_time - timedelta(seconds=time.monotonic() - started))
            problem = _broken_off(process)
        except _StopRequest:
            run.interrupted = True
        except BaseException:
            run.crashes += 1
            raise
        finally:
            run.crashes += problem is not None
            state = run.end()
            watch.leave()
        watch.end(state)
    if run.fault:
        problem = str(run.fault)
    elif run.crashes and problem is None:
        problem = f"{run.crashes} pages or listings could not be digested; see the issues of run {run.number}"
    return Outcome(
        state=state,
        tallies=run.tallies,
        faults=run.faults,
        problem=problem,
        number=run.number,
        locked=isinstance(run.fault, StoreLocked),
        out_of_time=tuple(cut),
    )


def _broken_off(process: _Process) -> str | None:
    """Return why a crawl broke off, or None."""
    for name, task in process.tasks.items():
        if not task.done() or task.cancelled():
            process.run.interrupted |= not process.out_of_time
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
