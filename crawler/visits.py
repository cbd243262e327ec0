"""When an article is looked at again for edits: soon at first, then less and less."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

SCHEDULE: Final = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7))
"""How long after it was stored an article is looked at again."""


def first_look(
    fetched_at: datetime, published_at: datetime | None, schedule: Sequence[timedelta] = SCHEDULE
) -> tuple[datetime, int] | None:
    """Return when an article is looked at again first, and how many looks are then behind it; None for never.

    An article older than the schedule is one of the archive, that hardly anybody edits: it is looked at once, last.
    """
    if not schedule:
        return None
    if published_at is not None and fetched_at - published_at > schedule[-1]:
        return fetched_at + schedule[-1], len(schedule) - 1
    return fetched_at + schedule[0], 0


def next_look(
    looked_at: datetime, looks: int, schedule: Sequence[timedelta] = SCHEDULE
) -> tuple[datetime, int] | None:
    """Return when the look after that number `looks` (from 0) is due, and its number; None where it was the last."""
    if looks + 1 >= len(schedule):
        return None
    return looked_at + (schedule[looks + 1] - schedule[looks]), looks + 1
