"""What a run writes down: its database, its archive, its counts. Pages are booked in groups, one transaction each.

A transaction a page costs a fsync of the archive and some writes of the same blocks a page; a group shares them. What is
booked waits in memory for half a second at most, never with the database locked. A page whose booking was lost, to a kill
or a full disk, is still pending: it is fetched again. What is committed is never fetched twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from scrapy.exceptions import CloseSpider

from crawler.archive import Archive, ArchiveError
from crawler.health import Tally
from store import ArchivePointer, Store, StoreError, StoreRefused

GROUP: Final = 100
"""So many bookings are written together at most."""
SOON: Final = 0.5
"""Seconds after the first booking of a group when it is written, however small."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Booking:
    site: str
    url: str
    write: Callable[[], None]
    archive: ArchivePointer | None
    """Where the answer that it is about was kept."""


class Ledger:
    """The open database and archive of the run `number`, and the tally of every site.

    Used in the reactor's thread alone. A database or an archive that can no longer be written (`fault`) closes every
    spider at its next step: each access raises CloseSpider.
    """

    def __init__(self, store: Store, number: int, archive: Archive | None) -> None:
        self.store = store
        self.number = number
        self.archive = archive
        self.tallies: dict[str, Tally] = {}
        self.crashes = 0
        """Pages that our own code could not digest, and sites whose crawl broke off."""
        self.fault: StoreError | ArchiveError | None = None
        self._waiting: list[_Booking] = []
        self._timer: asyncio.TimerHandle | None = None
        self._said: set[tuple[str, str]] = set()

    def tally(self, site: str) -> Tally:
        """Return the tally of a site."""
        return self.tallies.setdefault(site, Tally())

    @contextmanager
    def access(self) -> Iterator[None]:
        """Read or write at once. What waits is not written before: it is about other pages."""
        if self.fault:
            raise CloseSpider("database")
        try:
            yield
        except (StoreError, ArchiveError) as error:
            self.fault = error
            logger.error("%s", error)
            raise CloseSpider("database") from error

    def book(
        self, site: str, url: str, write: Callable[[], None], *, archive: ArchivePointer | None = None
    ) -> None:
        """Have `write` called soon, in a transaction with others, when the archive is on the disk.

        A booking that the schema refuses, or that fails by a mistake of ours, is undone and booked as a crash of `url`,
        whose answer stands at `archive`. Outside an event loop it is written at once.
        """
        if self.fault:
            raise CloseSpider("database")
        self._waiting.append(_Booking(site, url, write, archive))
        if len(self._waiting) >= GROUP:
            self.flush()
        elif self._timer is None:
            try:
                self._timer = asyncio.get_running_loop().call_later(SOON, self._flush_in_time)
            except RuntimeError:
                self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        bookings, self._waiting = self._waiting, []
        if not bookings:
            return
        with self.access():
            if self.archive:
                self.archive.sync()
            with self.store.transaction():
                for booking in bookings:
                    self._write(booking)

    def issue(self, kind: str, message: str, site: str, url: str | None) -> None:
        """Write an issue of the run, inside a booking or an access."""
        self.store.add_issue(kind, message, run_id=self.number, site=site, url=url, at=datetime.now(UTC))

    def say_once(self, kind: str, message: str, site: str, url: str) -> None:
        """Write an issue of a kind that is said once a run and site."""
        if (kind, site) not in self._said:
            self._said.add((kind, site))
            with self.access():
                self.issue(kind, message, site, url)

    def has_said(self, kind: str, site: str) -> bool:
        """Whether an issue of that kind was said."""
        return (kind, site) in self._said

    def crashed(self, site: str, url: str, reason: str, *, archive: ArchivePointer | None = None) -> None:
        """Book a page that our own code could not digest: it is not fetched again until somebody has looked.

        Where it was kept, a better program reads it from the archive.
        """
        self.book(site, url, lambda: self._crash(site, url, reason, archive))

    def _crash(self, site: str, url: str, reason: str, archive: ArchivePointer | None) -> None:
        self.crashes += 1
        self.store.mark_page(url, "failed", at=datetime.now(UTC), reason=reason, archive=archive)
        self.issue("crash", reason, site, url)

    def _write(self, booking: _Booking) -> None:
        try:
            with self.store.transaction(whole=True):
                booking.write()
        except StoreRefused as error:
            self._crash(booking.site, booking.url, str(error), booking.archive)
        except StoreError:
            raise
        except Exception as error:
            logger.exception("%s cannot be booked", booking.url)
            reason = f"{type(error).__name__}: {error}"
            self._crash(booking.site, booking.url, reason, booking.archive)

    def _flush_in_time(self) -> None:
        self._timer = None
        with suppress(CloseSpider):  # the fault is known: whoever comes next hears of it
            self.flush()
