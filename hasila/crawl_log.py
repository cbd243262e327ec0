"""Where the log of a crawl goes, and which lines of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from scrapy.exceptions import CloseSpider
from scrapy.settings import BaseSettings

from crawler.logs import CleanRecord, JsonFormatter, LineFormatter
from hasila.progress.screen import ScreenHandler


@contextmanager
def crawl_log(
    settings: BaseSettings, *, as_json: bool = False, screen: Console | None = None
) -> Iterator[None]:
    """Send all lines of the process to standard error, above the picture on `screen`, or to the file LOG_FILE.

    Lines below LOG_LEVEL are left out, but for the events of the crawl. Scrapy's own handler must be off
    (LOG_INSTALL_ROOT_HANDLER). Raises OSError where the file cannot be written.
    """
    handler = _handler(settings, screen)
    handler.setFormatter(JsonFormatter() if as_json else LineFormatter())
    level = logging.getLevelNamesMapping()[str(settings.get("LOG_LEVEL")).upper()]
    handler.addFilter(lambda record: record.levelno >= level or hasattr(record, "event"))
    handler.addFilter(lambda record: not _of_a_spider_that_is_closed(record))
    root, factory, before = logging.getLogger(), logging.getLogRecordFactory(), logging.getLogger().level
    logging.setLogRecordFactory(CleanRecord)
    root.addHandler(handler)
    root.setLevel(min(level, logging.INFO))
    try:
        yield
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
        logging.setLogRecordFactory(factory)
        handler.close()


def _of_a_spider_that_is_closed(record: logging.LogRecord) -> bool:
    """Scrapy tells with a traceback where a page met a fault that closes its spider; the fault has a line of its own."""
    return isinstance((record.exc_info or (None, None, None))[1], CloseSpider)


def _handler(settings: BaseSettings, screen: Console | None) -> logging.Handler:
    if file := settings.get("LOG_FILE"):
        mode = "a" if settings.getbool("LOG_FILE_APPEND") else "w"
        return logging.FileHandler(file, mode=mode, encoding=settings.get("LOG_ENCODING"))
    if not settings.getbool("LOG_ENABLED"):
        return logging.NullHandler()
    return ScreenHandler(screen) if screen else logging.StreamHandler()
