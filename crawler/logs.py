"""The log: what strangers wrote cannot forge a line of it."""

from __future__ import annotations

import logging
import unicodedata
from typing import Final

from scrapy.crawler import Crawler

_SPEAKING: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs"})
"""Categories of characters that end a line, turn the writing round or command a terminal."""


def neutralised(text: str) -> str:
    """Return a text on one line: line ends, control characters and bidirectional overrides become spaces."""
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(letter) in _SPEAKING else letter for letter in text)


class CleanRecord(logging.LogRecord):
    """A line of the log."""

    def getMessage(self) -> str:  # noqa: N802 - logging's name
        """Return the message, neutralised."""
        return neutralised(super().getMessage())


class CleanLogs:
    """Makes every line of the process, those of Scrapy and Twisted as well, a clean one."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CleanLogs:
        """Take effect; more than once changes nothing."""
        logging.setLogRecordFactory(CleanRecord)
        return cls()
