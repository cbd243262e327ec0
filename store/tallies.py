"""How many claims the latest revisions make, by outlet and kind: kept as differences, so that nothing is counted twice.

The functions write inside the caller's transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlite_utils import Database

from store.claim_changes import Row

Key = tuple[str, str, str]
"""Site, outlet, kind."""
Counts = Mapping[Key, tuple[int, int]]
"""For each key the claims of one article, and of these those of an indicator."""

EVERY_KIND = "all"


def counts(db: Database, article: int) -> Counts:
    """What an article adds to the tallies as it stands now; nothing for one that is not stored."""
    found: dict[Key, tuple[int, int]] = {}
    for site, outlet, kind, claims, with_indicator in db.execute(
        "SELECT a.site, coalesce(a.source_name, a.site), c.kind, count(*), count(c.indicator) "
        "FROM articles AS a JOIN claims AS c ON c.revision = a.latest WHERE a.id = ? GROUP BY c.kind",
        (article,),
    ):
        found[site, outlet, kind] = (claims, with_indicator)
        every = found.get((site, outlet, EVERY_KIND), (0, 0))
        found[site, outlet, EVERY_KIND] = (every[0] + claims, every[1] + with_indicator)
    return found


def counts_of(site: str, outlet: str, claims: Sequence[Row]) -> Counts:
    """What an article with these claims adds."""
    kinds = Counter(claim["kind"] for claim in claims)
    series = Counter(claim["kind"] for claim in claims if claim["indicator"] is not None)
    found = {(site, outlet, kind): (count, series[kind]) for kind, count in sorted(kinds.items())}
    if claims:
        found[site, outlet, EVERY_KIND] = (len(claims), series.total())
    return found


def in_series(counts: Counts) -> int:
    """How many of these claims belong to an indicator."""
    return sum(with_indicator for (_, _, kind), (_, with_indicator) in counts.items() if kind == EVERY_KIND)


def adjust(db: Database, before: Counts, after: Counts) -> None:
    """Takes what an article added before out of the tallies and adds what it adds now."""
    for key in sorted(before.keys() | after.keys()):
        (old, old_with), (new, new_with) = before.get(key, (0, 0)), after.get(key, (0, 0))
        articles = (key in after) - (key in before)
        change = (new - old, new_with - old_with, articles)
        if not any(change):
            continue
        if articles < 0:
            # With its last article a tally goes: the row would break its own rule.
            db.execute(
                "DELETE FROM tallies WHERE (site, outlet, kind) = (?, ?, ?) AND articles + ? = 0",
                (*key, articles),
            )
        updated = db.execute(
            "UPDATE tallies SET claims = claims + ?, with_indicator = with_indicator + ?, articles = articles + ? "
            "WHERE (site, outlet, kind) = (?, ?, ?)",
            (*change, *key),
        )
        if articles > 0 and not updated.rowcount:
            db.execute(
                "INSERT INTO tallies (site, outlet, kind, claims, with_indicator, articles) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (*key, *change),
            )


def count_all(db: Database) -> None:
    """Counts everything anew."""
    db.execute("DELETE FROM tallies")
    db.execute("DELETE FROM run_tallies")
    per_article = (
        "SELECT a.site, coalesce(a.source_name, a.site) AS outlet, {kind} AS kind, count(*) AS claims, "
        "count(c.indicator) AS with_indicator, count(DISTINCT a.id) AS articles "
        "FROM articles AS a JOIN claims AS c ON c.revision = a.latest GROUP BY 1, 2, 3"
    )
    for kind in ("c.kind", f"'{EVERY_KIND}'"):
        db.execute(f"INSERT INTO tallies {per_article.format(kind=kind)}")
    db.execute(
        "INSERT INTO run_tallies SELECT r.run, count(c.id) FROM revisions AS r LEFT JOIN claims AS c ON c.revision = r.id "
        "WHERE r.run IS NOT NULL GROUP BY r.run"
    )
