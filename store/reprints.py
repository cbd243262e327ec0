"""Reprints: which articles are one communiqué, printed by several outlets, shortened, or under another lead.

A text is the set of its runs of four words. MinHash draws 96 numbers from it so that two texts have the same number at
a place as often as their sets overlap (Jaccard). Two numbers make a band; articles that share two bands or more are
candidates, found by an index, and those are compared run by run. Clusters are what hangs together by such pairs.

The functions write inside the caller's transaction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rensa import RMinHash
from sqlite_utils import Database

from store.arabic import fold, forms

SHINGLE = 4
"""Words in a run. With three, the monthly bulletins of one institution come as close to each other as reprints do."""
BANDS = 48
ROWS = 2
"""Numbers in a band. A pair with an overlap of 0.38 (half of a text under another lead) shares two bands or more in
99.5 of 100 cases, one of 0.02 (same topic) in 2 of 10,000."""
LEAST_BANDS = 2
"""Bands that a candidate shares."""
SEED = 20260101
LEAST_CONTAINED = 0.6
"""Part of the runs of the shorter text that the longer one holds. Reprints had at least 0.66, bulletins at most 0.46."""
LEAST_OVERLAP = 0.25
"""Of the runs of both: a survey that quotes a communiqué among others is no reprint of it."""
LEAST_NUMBERS = 0.5
"""Part of the numbers of one text that the other has, where both have `NUMBERS_TELL` or more: a bulletin comes with the
same sentences and other figures."""
NUMBERS_TELL = 4
MOST_COMPARED = 5
"""Candidates of one cluster that are compared before it is given up."""

_NUMBER = re.compile(r"\d+(?:[.,٫٬]\d+)*")


class Text:
    """A text as it is compared with others."""

    def __init__(self, body: str) -> None:
        found = forms(body)
        self.shingles = frozenset(
            " ".join(found[at : at + SHINGLE]) for at in range(max(len(found) - SHINGLE + 1, bool(found)))
        )
        self.numbers = frozenset(re.sub("[,٫٬]", ".", fold(number)) for number in _NUMBER.findall(body))

    def bands(self) -> list[int]:
        """The keys of the text in the index; none for a text without a word."""
        if not self.shingles:
            return []
        sketch = RMinHash(num_perm=BANDS * ROWS, seed=SEED)
        sketch.update(list(self.shingles))
        numbers = sketch.digest()
        return [_key(band, numbers[band * ROWS : (band + 1) * ROWS]) for band in range(BANDS)]

    def is_reprint_of(self, other: Text) -> bool:
        """Whether both are one text, the one perhaps shortened or with another beginning."""
        shared = len(self.shingles & other.shingles)
        short, long = sorted((len(self.shingles), len(other.shingles)))
        if not short or shared < LEAST_CONTAINED * short or shared < LEAST_OVERLAP * (short + long - shared):
            return False
        fewest = min(len(self.numbers), len(other.numbers))
        return fewest < NUMBERS_TELL or len(self.numbers & other.numbers) >= LEAST_NUMBERS * fewest


def _key(band: int, numbers: Sequence[int]) -> int:
    """A band as a signed integer of 64 bits, its place mixed in."""
    key = (numbers[0] << 32 | numbers[1]) + band * 0x9E3779B97F4A7C15
    return (key + (1 << 63)) % (1 << 64) - (1 << 63)


def place(db: Database, article: int, body: str, *, before: str | None) -> set[int]:
    """Puts an article into the cluster of its text; returns the clusters whose members changed, by their new numbers.

    `before` is the text with which it was placed last, None for a new one. The number of a cluster is that of its
    article stored first.
    """
    touched = set() if before is None else _leave(db, article, before)
    text = Text(body)
    bands = text.bands()
    joined = {article, *_clusters_of(db, text, bands)}
    cluster = min(joined)
    db.execute("INSERT INTO clusters (article, cluster) VALUES (?, ?)", (article, cluster))
    for other in joined - {cluster, article}:
        db.execute("UPDATE clusters SET cluster = ? WHERE cluster = ?", (cluster, other))
    db.conn.executemany(
        "INSERT OR IGNORE INTO _bands (band, article) VALUES (?, ?)", [(band, article) for band in bands]
    )
    return touched | joined


def cluster_of(db: Database, article: int) -> int:
    """The number of the cluster that an article is in."""
    ((cluster,),) = db.execute("SELECT cluster FROM clusters WHERE article = ?", (article,)).fetchall()
    return int(cluster)


def _leave(db: Database, article: int, body: str) -> set[int]:
    """Takes an article out of its cluster; those that stay are a cluster still, whatever held them together."""
    cluster = cluster_of(db, article)
    db.execute("DELETE FROM clusters WHERE article = ?", (article,))
    (heir,) = db.execute("SELECT min(article) FROM clusters WHERE cluster = ?", (cluster,)).fetchone()
    if heir is not None and cluster == article:
        db.execute("UPDATE clusters SET cluster = ? WHERE cluster = ?", (heir, cluster))
    db.conn.executemany(
        "DELETE FROM _bands WHERE band = ? AND article = ?",
        [(band, article) for band in Text(body).bands()],
    )
    return {cluster} if heir is None else {cluster, heir if cluster == article else cluster}


def _clusters_of(db: Database, text: Text, bands: Sequence[int]) -> Iterator[int]:
    """The clusters that hold a reprint of `text`."""
    if not bands:
        return
    marks = ", ".join("?" * len(bands))
    found = db.execute(
        "SELECT k.cluster, b.article FROM ("  # noqa: S608 - question marks
        f"SELECT article, count(*) AS shared FROM _bands WHERE band IN ({marks}) "
        "GROUP BY article HAVING shared >= ?"
        ") AS b JOIN clusters AS k ON k.article = b.article ORDER BY b.shared DESC, b.article",
        [*bands, LEAST_BANDS],
    ).fetchall()
    compared: dict[int, int] = {}
    matched: set[int] = set()
    for cluster, article in found:
        compared[cluster] = compared.get(cluster, 0) + 1
        if cluster in matched or compared[cluster] > MOST_COMPARED:
            continue
        ((body,),) = db.execute(
            "SELECT r.body FROM articles AS a JOIN revisions AS r ON r.id = a.latest WHERE a.id = ?",
            (article,),
        ).fetchall()
        if text.is_reprint_of(Text(body)):
            matched.add(cluster)
            yield cluster
