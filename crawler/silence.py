"""Sites that have brought nothing new for longer than is usual for them, by their own history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Final

HISTORY: Final = timedelta(days=120)
"""How far back the history of a site goes."""
FEWEST_GAPS: Final = 8
"""Gaps between days with something new that a site must have before its silence says anything."""
USUAL_SHARE: Final = 0.9
"""A gap is usual where so many of the gaps are as long at most: one holiday, or one fault put right late, is not."""
FACTOR: Final = 2
"""Times the usual gap is silence."""
LEAST_DAYS: Final = 3
"""Fewer days are never silence: a weekend."""


@dataclass(frozen=True, slots=True)
class Silence:
    """How long a site has been without something new, in whole days."""

    since: date
    """The last day on which something new was found."""
    days: int
    """From then to the last day on which somebody looked."""
    usual: int
    """The gap that nine in ten of its gaps do not exceed."""
    alarm: int
    """More days than these are silence."""

    @property
    def is_unusual(self) -> bool:
        """Whether it has lasted for longer than is usual for the site."""
        return self.days > self.alarm


def silence(finds: Iterable[datetime], looked: datetime) -> Silence | None:
    """Return how long a site is silent; None where its history is too short to tell.

    `finds` are the runs that found something new, in any order, `looked` is the last run that looked. Days are UTC.
    """
    days = sorted({moment.date() for moment in finds})
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    if len(gaps) < FEWEST_GAPS:
        return None
    usual = _usual(gaps)
    return Silence(
        since=days[-1],
        days=max(0, (looked.date() - days[-1]).days),
        usual=usual,
        alarm=max(LEAST_DAYS, FACTOR * usual),
    )


def _usual(gaps: Sequence[int]) -> int:
    return sorted(gaps)[ceil(USUAL_SHARE * len(gaps)) - 1]
