"""What of a run is news: a site that stays ill is told of once a day, and once more when it is well again.

Nothing is kept for that: the rows of earlier runs say what was told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from store import Store, StoreError

_PATIENCE: Final = 2.0
"""Seconds that a database which others hold is waited for."""
_RUNS: Final = 200
"""So many crawls are looked back upon: weeks."""

# A site that was left alone or cut off was not held against all of its floors: neither ill nor well.
_JUDGED: Final = """
WITH last AS (
  SELECT id, started_at, sites FROM runs
  WHERE id <= :run AND command = 'crawl' AND state IN ('done', 'degraded') ORDER BY id DESC LIMIT :runs
), known AS (
  SELECT last.id AS run, date(last.started_at) AS day, named.value AS site,
    EXISTS (SELECT 1 FROM issues AS i WHERE i.run = last.id AND i.kind = 'degraded' AND i.site = named.value) AS ill,
    EXISTS (SELECT 1 FROM issues AS i WHERE i.run = last.id AND i.kind = 'notice_failed') AS untold,
    EXISTS (SELECT 1 FROM issues AS i WHERE i.run = last.id AND i.site = named.value
            AND i.kind IN ('refused', 'held', 'daily_cap', 'no_browser', 'out_of_time')) AS spared
  FROM last, json_each(last.sites) AS named
)
SELECT run, day, site, ill, untold FROM known WHERE ill OR NOT spared ORDER BY run DESC
"""


@dataclass(frozen=True, slots=True)
class News:
    """What a run says of its sites that was not said before."""

    ill: bool
    """Whether a site fell below a floor that was well before, or that nobody was told of today (UTC)."""
    well_again: Sequence[str] = ()
    """Sites that were below a floor when they were last judged, and are not now."""


def news(database: Path, run: int | None) -> News:
    """Compare a crawl with those before it. Where the database cannot say, everything is news."""
    if run is None:
        return News(ill=True)
    try:
        with Store.open(database, create=False, readonly=True, timeout=_PATIENCE) as store:
            rows = store.rows(_JUDGED, {"run": run, "runs": _RUNS})
    except StoreError:
        return News(ill=True)
    now = {row["site"]: row for row in rows if row["run"] == run}
    before: dict[str, Mapping[str, object]] = {}
    for row in rows:
        if row["run"] != run:
            before.setdefault(row["site"], row)
    return News(
        ill=not now
        or any(row["ill"] and _is_untold(before.get(site), row["day"]) for site, row in now.items()),
        well_again=sorted(
            site for site, row in now.items() if not row["ill"] and site in before and before[site]["ill"]
        ),
    )


def _is_untold(before: Mapping[str, object] | None, day: str) -> bool:
    return before is None or not before["ill"] or bool(before["untold"]) or before["day"] != day
