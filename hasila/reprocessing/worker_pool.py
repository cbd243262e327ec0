"""Reading by several processes, in order: what comes in first comes out first, however long each takes."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import connection, get_context, parent_process
from typing import Final

from hasila.reprocessing.reading import Failure, Reader, Result
from store.rereading import Unread

_CHUNK: Final = 4
"""What a process is given at once: little enough to stop soon, enough not to wait for the pipe."""
_AHEAD: Final = 4
"""Chunks a process that wait to be read or to be written."""
_MOST_DEATHS: Final = 4
"""Pools that break one after another, without a result between them, before it is given up."""
_SIGNALS: Final = frozenset({signal.SIGINT, signal.SIGTERM})


class ProcessesDiedError(Exception):
    """No process lives long enough to read anything; the message is one line."""


def read_all(
    unread: Iterable[Unread], reader: Reader, *, jobs: int, stop: Callable[[], bool] = lambda: False
) -> Iterator[tuple[Unread, Result]]:
    """Read everything with so many processes, with 1 in this one; end early where `stop` says so.

    Raises ProcessesDiedError.
    """
    if jobs == 1:
        for one in unread:
            if stop():
                return
            yield one, reader.read(one)
        return
    pool = _Pool(reader, jobs)
    try:
        waiting: deque[tuple[list[Unread], _Sent]] = deque()
        chunks = iter(unread)
        while not stop() and (chunk := list(islice(chunks, _CHUNK))):
            waiting.append((chunk, pool.send(chunk)))
            if len(waiting) >= _AHEAD * jobs:
                yield from pool.receive(*waiting.popleft())
        while waiting and not stop():
            yield from pool.receive(*waiting.popleft())
    finally:
        pool.close()


_Sent = tuple[int, "Future[list[Result]]"]
"""The pool that was given something, by its number, and what it will give back."""


class _Pool:
    """A pool of processes, and another one where one of them was killed."""

    def __init__(self, reader: Reader, jobs: int) -> None:
        self._reader = reader
        self._jobs = jobs
        self._number = 0
        self._deaths = 0
        self._start()

    def send(self, chunk: list[Unread]) -> _Sent:
        """Have a chunk read."""
        # A process that starts inherits what is blocked: a signal that comes before it has set itself up waits.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            return self._number, self._executor.submit(_read, chunk)
        except BrokenProcessPool:
            self._restart(self._number)
            return self._number, self._executor.submit(_read, chunk)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def receive(self, chunk: list[Unread], sent: _Sent) -> Iterator[tuple[Unread, Result]]:
        """Wait for a chunk. What kills the process that reads it is a failure of its own."""
        number, future = sent
        try:
            found = future.result()
        except BrokenProcessPool:
            self._restart(number)
            found = [self._alone(one) for one in chunk]
        else:
            self._deaths = 0
        yield from zip(chunk, found, strict=True)

    def close(self) -> None:
        """End the processes when they have read what they are at."""
        self._executor.shutdown(cancel_futures=True)

    def _alone(self, one: Unread) -> Result:
        number, future = self.send([one])
        try:
            found = future.result()[0]
            self._deaths = 0
            return found
        except BrokenProcessPool:
            self._restart(number)
            return Failure("the process that read it was killed: it may have needed too much memory")

    def _restart(self, broken: int) -> None:
        if broken == self._number:
            self._deaths += 1
            if self._deaths == _MOST_DEATHS:
                raise ProcessesDiedError(
                    "the processes that read are killed one after another: is there enough memory? Try --jobs 1"
                )
            self._executor.shutdown(cancel_futures=True)
            self._start()

    def _start(self) -> None:
        self._number += 1
        # Spawned, not forked: a child must have neither the database nor its lock open.
        self._executor = ProcessPoolExecutor(
            self._jobs, mp_context=get_context("spawn"), initializer=_set_up, initargs=(self._reader,)
        )


_reader: Reader | None = None
"""Of a process of a pool."""


def _set_up(reader: Reader) -> None:
    """Begin a process: it ends when it is told to, or with the process that began it, and for no signal."""
    global _reader  # noqa: PLW0603 - one process, one reader
    _reader = reader
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _read(chunk: list[Unread]) -> list[Result]:
    assert _reader is not None  # noqa: S101 - set up before
    return [_reader.read(one) for one in chunk]
