"""What commands that use a database or an archive say where they cannot."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.lock import AlreadyRunningError
from hasila.exits import Exit
from hasila.problems import notice
from store import StoreError, StoreLocked


@contextmanager
def said_in_one_line(command: str, database: Path) -> Iterator[None]:
    """End with one line and the exit code where the database, or a file beside it, cannot be used."""
    try:
        yield
    except (AlreadyRunningError, StoreLocked) as error:
        notice(str(database), error)
        sys.exit(Exit.RUNNING)
    except (StoreError, OSError) as error:
        notice(command, error)
        sys.exit(Exit.FAILED)
