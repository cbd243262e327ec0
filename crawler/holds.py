"""Hosts that asked to be left alone for a while, and how long."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from scrapy.exceptions import IgnoreRequest

LONGEST_HOLD: Final = 24 * 3600.0
"""Seconds that a server can keep us away by one answer; after a day it is asked again."""
HOLDING: Final = frozenset({429, 503})
"""The answers whose Retry-After is obeyed (RFC 9110, section 10.2.3; RFC 6585, section 4)."""


class HeldError(IgnoreRequest):
    """A request to a host that asked to be left alone, longer than a run waits."""


class CapReachedError(IgnoreRequest):
    """A request beyond what a site is asked in a day."""


def retry_after(value: str, now: datetime) -> float | None:
    """Return the seconds that a `Retry-After` header asks for, at least 0 and at most LONGEST_HOLD.

    It has two forms: seconds, and an HTTP date. None where it is neither.
    """
    text = value.strip()
    if re.fullmatch(r"[0-9]+", text):
        seconds = float(text[:10])
    else:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), LONGEST_HOLD)


@dataclass(frozen=True, slots=True)
class _Hold:
    until: float
    """On the monotonic clock."""
    reason: str


class Holds:
    """The hosts to be left alone. Time is measured on the monotonic clock: a clock that is set does not shorten it."""

    def __init__(
        self,
        known: Mapping[str, tuple[datetime, str]],
        now: datetime,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._holds: dict[str, _Hold] = {}
        for host, (until, reason) in known.items():
            self.hold(host, min((until - now).total_seconds(), LONGEST_HOLD), reason)

    def hold(self, host: str, seconds: float, reason: str) -> None:
        """Leave a host alone for so long, unless a longer hold is known."""
        until = self._clock() + seconds
        known = self._holds.get(host)
        if known is None or known.until < until:
            self._holds[host] = _Hold(until, reason)

    def left(self, host: str) -> float:
        """Return the seconds that a host is still to be left alone, 0 for none."""
        known = self._holds.get(host)
        return max(0.0, known.until - self._clock()) if known else 0.0

    def reason(self, host: str) -> str:
        """Return what was answered when the hold began."""
        return self._holds[host].reason
