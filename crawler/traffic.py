"""The requests of a run: who asked to be left alone, and how many each site has had today."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Final

from crawler.holds import HOLDING, CapReachedError, HeldError, Holds, retry_after
from store import Store

_BOOKED_TOGETHER: Final = 20
"""Requests that are counted in memory before they are written down: so many a killed run may forget."""


class Traffic:
    """Asked before every request and told of every answer. What it knows outlives the run, in the database."""

    def __init__(self, store: Store) -> None:
        self._store = store
        now = datetime.now(UTC)
        self.holds = Holds(store.holds(at=now), now)
        self._day = now.date()
        self._sent: dict[str, int] = {}
        """Requests of the day by site, those of earlier runs included."""
        self._unbooked: Counter[str] = Counter()

    def check(self, host: str, patience: float) -> None:
        """Raise HeldError where a host is to be left alone for longer than `patience` seconds."""
        left = self.holds.left(host)
        if left > patience:
            until = datetime.now(UTC) + timedelta(seconds=left)
            raise HeldError(
                f"{host} is left alone until {until:%Y-%m-%d %H:%M} UTC: {self.holds.reason(host)}"
            )

    async def wait(self, host: str, patience: float) -> bool:
        """Wait until a host may be asked; return whether that took any time.

        Raises HeldError where it takes longer than `patience` seconds.
        """
        self.check(host, patience)
        waited = False
        while left := self.holds.left(host):
            waited = True
            await asyncio.sleep(left)
            self.check(host, patience)
        return waited

    def count(self, site: str, cap: int) -> None:
        """Count a request that is about to be sent. Raises CapReachedError where the site has had `cap` today."""
        today = datetime.now(UTC).date()
        if today != self._day:
            self.book()
            self._day = today
            self._sent.clear()
        if site not in self._sent:
            self._sent[site] = self._store.count_requests(site, today)
        if cap and self._sent[site] >= cap:
            raise CapReachedError(f"{site} has had its {cap} requests of today (HASILA_DAILY_REQUESTS)")
        self._sent[site] += 1
        self._unbooked[site] += 1
        if self._unbooked.total() >= _BOOKED_TOGETHER:
            self.book()

    def heard(self, host: str, status: int, header: str | None) -> None:
        """Take in an answer: 429 and 503 with Retry-After keep us away from the host, in later runs as well."""
        if status not in HOLDING or header is None:
            return
        now = datetime.now(UTC)
        seconds = retry_after(header, now)
        if seconds:
            reason = f"HTTP {status} with Retry-After"
            self.holds.hold(host, seconds, reason)
            # Moments in the database are whole seconds: round up rather than come back early.
            self._store.hold(host, until=now + timedelta(seconds=seconds + 1), reason=reason)

    def book(self) -> None:
        """Write down what was counted."""
        day: date = self._day
        with self._store.transaction():
            for site, sent in self._unbooked.items():
                self._store.count_requests(site, day, sent)
        self._unbooked.clear()
