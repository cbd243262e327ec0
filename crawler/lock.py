"""One run at a time writes to a database."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self


class AlreadyRunningError(Exception):
    """Another run holds the database; the message is one line."""


class DatabaseLock:
    """Held for as long as a run lasts, by an advisory lock (flock) on the file `DATABASE.lock`.

    The kernel lets go of it when the process ends, however it ends, so the lock of a killed run is free at once. The
    file stays: removing it would let two runs hold locks on two files of one name. It holds the process id, for people.
    """

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(f"{database.name}.lock")
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        """Take the lock. Raises AlreadyRunningError where it is taken, OSError where the file cannot be made."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise AlreadyRunningError(
                f"already running (process {holder or 'unknown'} holds {self.path})"
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
