"""A process that reads pages (extraction, rules) beside the one that fetches them.

The crawl is single-threaded: read in it, a page would keep all sites waiting, and a hostile one could hang it or end it.
Here it keeps a second processor busy, and costs no more than itself.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import signal
import socket
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Final

from crawler.bookable import Bookable, bookable
from extract.records import Layout, Page

LONGEST: Final = 60.0
"""Seconds that one page may take; then the process is ended and the page is one that cannot be digested."""
AHEAD: Final = 128 << 10
"""Bytes of pages sent ahead of the one that is read: fewer than the socket takes in, so nobody waits for the other. With
small pages that is what is read while a group is booked."""
_LEAST: Final = 2 << 10
"""Bytes that a page counts as at least: what is sent takes more room in the socket than it has bytes."""
_SOCKET: Final = 2 * AHEAD
"""Bytes that the socket is asked to take in, either way; Linux gives more, 416 KiB unless it is told to give less."""

# A fork has everything imported: no second start, and no memory for a second copy of the code. It happens before the
# crawl has threads.
_FORK: Final = multiprocessing.get_context("fork")


class IndigestiblePageError(Exception):
    """A page that makes our own code fail, hang or crash; the message is one line."""

    def __init__(self, reason: str, trace: str = "") -> None:
        super().__init__(reason)
        self.trace = trace
        """The traceback of the process that read it; "" where there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    message: bytes
    answer: asyncio.Future[Bookable]

    @property
    def size(self) -> int:
        return max(len(self.message), _LEAST)


class Reader:
    """The process and the pages that wait for it, read in the order in which they came."""

    def __init__(self, longest: float = LONGEST) -> None:
        """Start the process. A page may take `longest` seconds."""
        self._longest = longest
        self._waiting: deque[_Task] = deque()
        self._sent: deque[_Task] = deque()
        self._ahead = 0
        """Bytes of the pages sent and not read yet."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._late = False
        self._start()

    async def read(self, page: Page, layout: Layout | None) -> Bookable:
        """Read a page, `layout` being the selectors of its site. Raises IndigestiblePageError."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._loop.add_reader(self._pipe, self._hear)
        task = _Task(pickle.dumps((page, layout)), self._loop.create_future())
        self._waiting.append(task)
        self._send()
        return await task.answer

    def close(self) -> None:
        """End the process; pages that wait are not read."""
        if self._alarm:
            self._alarm.cancel()
        if self._loop and not self._loop.is_closed():
            self._loop.remove_reader(self._pipe)
        self._pipe.close()
        self._process.kill()
        self._process.join()

    def _start(self) -> None:
        self._pipe, theirs = _FORK.Pipe()
        for end in (self._pipe, theirs):
            with socket.fromfd(end.fileno(), socket.AF_UNIX, socket.SOCK_STREAM) as own:
                own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET)
        self._process = _FORK.Process(target=_read_pages, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def _send(self) -> None:
        while self._waiting and (not self._sent or self._ahead + self._waiting[0].size <= AHEAD):
            task = self._waiting.popleft()
            self._sent.append(task)
            self._ahead += task.size
            if len(self._sent) == 1:
                self._watch()
            try:
                self._pipe.send_bytes(task.message)
            except OSError:
                return  # the process has ended: `_hear` is called

    def _watch(self) -> None:
        assert self._loop is not None  # noqa: S101 - set by the first page
        self._alarm = self._loop.call_later(self._longest, self._interrupt)

    def _interrupt(self) -> None:
        self._late = True
        self._process.kill()

    def _hear(self) -> None:
        try:
            found = pickle.loads(self._pipe.recv_bytes())  # noqa: S301 - from our own process, not from disk
        except (EOFError, OSError):
            self._begin_again()
            return
        task = self._next()
        if not task.answer.done():
            if isinstance(found, IndigestiblePageError):
                task.answer.set_exception(found)
            else:
                task.answer.set_result(found)
        self._send()

    def _next(self) -> _Task:
        """Take the page that was read, and watch over the one behind it."""
        assert self._alarm is not None  # noqa: S101 - set when a page was sent
        self._alarm.cancel()
        task = self._sent.popleft()
        self._ahead -= task.size
        if self._sent:
            self._watch()
        return task

    def _begin_again(self) -> None:
        """The process has ended: the page that it read is at fault, the others are read by a new one."""
        assert self._loop is not None  # noqa: S101
        self._loop.remove_reader(self._pipe)
        self._pipe.close()
        self._process.join()
        if self._sent:
            reason = f"ended the process that read it ({_ending(self._process.exitcode)})"
            if self._late:
                reason = f"was not read in {self._longest:g} seconds"
            task = self._next()
            if not task.answer.done():
                task.answer.set_exception(IndigestiblePageError(reason))
        if self._alarm:
            self._alarm.cancel()
        self._late = False
        self._waiting.extendleft(reversed(self._sent))
        self._sent.clear()
        self._ahead = 0
        self._start()
        self._loop.add_reader(self._pipe, self._hear)
        self._send()


def _ending(code: int | None) -> str:
    return signal.Signals(-code).name if code and code < 0 else f"exit code {code}"


def _read_pages(pipe: Connection) -> None:
    """Read pages until nobody sends any: the crawl has ended, however it did."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the crawl is told, and ends this process
        signal.signal(number, signal.SIG_IGN)
    _let_go(keep=pipe.fileno())
    while True:
        try:
            page, layout = pickle.loads(pipe.recv_bytes())  # noqa: S301 - from our own process, not from disk
        except (EOFError, OSError):
            return
        pipe.send_bytes(pickle.dumps(_read(bookable, page, layout)))


def _read(
    read: Callable[..., Bookable], page: Page, layout: Layout | None
) -> Bookable | IndigestiblePageError:
    try:
        return read(page, layout=layout)
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        return IndigestiblePageError(reason, traceback.format_exc())


def _let_go(*, keep: int) -> None:
    """Close what was open in the crawl: the lock of a crawl that is killed must not live on here."""
    signal.set_wakeup_fd(-1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in {0, 1} - {keep}:  # a crawl without standard streams has others there
        os.dup2(nothing, stream)
    os.closerange(3, keep)
    os.closerange(max(keep + 1, 3), os.sysconf("SC_OPEN_MAX"))
