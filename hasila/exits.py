"""Exit codes of every command. They are part of the interface: cron jobs and timers act on them."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What a command says about its outcome."""

    WELL = 0
    """All was done; a crawl that was told to stop and did so in good order counts as well."""
    FAILED = 1
    """Something could not be read, fetched or stored; each such thing has its line on stderr."""
    USAGE = 2
    """The command line itself was wrong."""
    DEGRADED = 3
    """The crawl ran, but a site fell below its health floor; or `status --check` found something to look at."""
    RUNNING = 75
    """Another run holds the database, or another program kept it locked (`EX_TEMPFAIL` of sysexits.h: try again later)."""
