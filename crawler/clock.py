"""The clock that the timers of a crawl go by."""

from __future__ import annotations

from time import monotonic
from typing import Any

from scrapy.crawler import Crawler


class MonotonicTimers:
    """Lets the timers of Twisted go by the monotonic clock.

    They go by the clock on the wall: where that is put back by an hour (by hand, or on a machine whose hardware clock
    keeps local time), an answer that does not come is waited for an hour longer, and so is the end of a run that was
    told to stop. Scrapy's own delays are timers of asyncio, which are monotonic.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> MonotonicTimers:
        """Take effect; more than once changes nothing."""
        from twisted.internet import reactor  # noqa: PLC0415 - importing it installs one

        use_monotonic(reactor)
        return cls()


def use_monotonic(reactor: Any) -> None:
    """Change the clock of a reactor. Timers that are set go off when they would have."""
    ahead = monotonic() - reactor.seconds()
    reactor.seconds = monotonic
    for timer in reactor.getDelayedCalls():
        timer.time += ahead
        timer.seconds = monotonic
