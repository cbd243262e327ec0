"""The log: a line for people or an object for programs, and what strangers wrote cannot forge one."""

from __future__ import annotations

import json
import logging
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from scrapy.crawler import Crawler

LIBRARY_EVENT: Final = "log"
"""The event of a line that is none of ours: Scrapy's, Twisted's, a warning's."""
_SPEAKING: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})
"""Categories of characters that end a line, turn the writing round or command a terminal."""


def neutralised(text: str) -> str:
    """Return a text on one line: line ends, control characters and bidirectional overrides become spaces."""
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(letter) in _SPEAKING else letter for letter in text)


def tell(
    logger: logging.Logger,
    event: str,
    message: str,
    *,
    site: str | None = None,
    level: int = logging.INFO,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Log an event of ours: the message is for people, the event's name, the site and the facts for programs."""
    logger.log(level, "%s", message, extra={"event": event, "site": site, "facts": facts or {}})


class CleanRecord(logging.LogRecord):
    """A line of the log."""

    def getMessage(self) -> str:  # noqa: N802 - logging's name
        """Return the message, neutralised."""
        return neutralised(super().getMessage())


class CleanLogs:
    """Makes every line of the process, those of Scrapy and Twisted as well, a clean one.

    Scrapy makes two lines of every page, whether anybody wants to see them or not: its logger is told to ask first.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CleanLogs:
        """Take effect; more than once changes nothing."""
        logging.setLogRecordFactory(CleanRecord)
        logging.getLogger("scrapy").setLevel(logging.NOTSET)
        return cls()


class LineFormatter(logging.Formatter):
    """`2026-11-21T22:39:02Z WARNING hespress: what happened`; a traceback follows, each line behind a bar.

    The moment is UTC. Where a line is about no site, it names the logger.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and those of a traceback."""
        subject = site_of(record) or record.name.partition(".")[0]
        lines = [
            f"{_moment(record):%Y-%m-%dT%H:%M:%SZ} {record.levelname} {subject}: {_message(record)}",
            *(f"    | {line}" for line in _traceback(self, record)),
        ]
        return "\n".join(lines)


class JsonFormatter(logging.Formatter):
    """An object a line: `ts` (UTC, ISO 8601), `level`, `logger`, `event`, `site`, `message`, and the facts of the event.

    `event` is `log` for lines that are not ours, `site` null where a line is about none. A traceback is a list of
    lines, `traceback`.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "ts": _moment(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "event": getattr(record, "event", LIBRARY_EVENT),
            "site": site_of(record),
            "message": _message(record),
        }
        facts: Mapping[str, object] = getattr(record, "facts", {})
        line |= {name: _clean(value) for name, value in facts.items() if name not in line}
        if traceback := _traceback(self, record):
            line["traceback"] = traceback
        return json.dumps(line, ensure_ascii=False, default=str)


def site_of(record: logging.LogRecord) -> str | None:
    """Return the site that a line is about: ours say it, Scrapy's carry the spider."""
    site = getattr(record, "site", None) or getattr(getattr(record, "spider", None), "name", None)
    return site if isinstance(site, str) else None


def _message(record: logging.LogRecord) -> str:
    # A record made before the factory was set is cleaned here.
    return neutralised(record.getMessage())


def _moment(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> list[str]:
    if not record.exc_info or record.exc_info[0] is None:
        return []
    return [neutralised(line) for line in formatter.formatException(record.exc_info).splitlines()]


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return neutralised(value)
    if isinstance(value, Mapping):
        return {str(key): _clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    return value
