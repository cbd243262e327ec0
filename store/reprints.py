"""Reprints: which articles are one communiqué, printed by several outlets, shortened, or under another lead.

A text is the set of its runs of four words. MinHash draws 20 numbers from it so that two texts have the same number at
a place as often as their sets overlap (Jaccard). Articles that have two numbers in common are candidates, found by an
index, and those are compared run by run. Clusters are what hangs together by such pairs.

The functions write inside the caller's transaction.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property, lru_cache
from itertools import chain

from rensa import RMinHash
from sqlite_utils import Database

from store.arabic import fold, forms

SHINGLE = 4
"""Words in a run. With three, the monthly bulletins of one institution come as close to each other as reprints do."""
BANDS = 20
"""Numbers that are drawn, each of them a key of the index. Every one is a page of the database that a new article
writes to, which costs more than all else. A pair with an overlap of 0.38 (half of a text under another lead) shares two
or more in 99.9 of 100 cases, one of 0.2 (one paragraph of four) in 93."""
LEAST_BANDS = 2
"""Keys that a candidate shares, where one of them is rare; else one more."""
RARE = 5
"""Articles with one key up to which it tells a text. In a collection of 3,000 short texts of one newsroom, nine of ten
that share two keys and no more do so by stock phrases."""
COMMON = 64
"""Articles with one key from which on it says little: a stock phrase. Of these the latest are looked at, and only where
most keys of the text are common, as those of a communiqué in very many outlets are."""
SEED = 20260101
LEAST_CONTAINED = 0.6
"""Part of the runs of the shorter text that the longer one holds."""
LEAST_WITH_NUMBERS = 0.5
"""The same, where the shorter text has two numbers or more and the longer one has them all."""
LEAST_OVERLAP = 0.2
"""Of the runs of both: a survey that quotes a communiqué among others is no reprint of it."""
WHOLE = 0.85
"""Part of the runs from which on the shorter text stands in the longer one as a whole."""
LEAST_NUMBERS = 0.5
"""Part of the numbers of one text that the other has: a bulletin comes with the same sentences and other figures."""
NUMBERS_TELL = 4
"""With fewer numbers a text that stands in the other as a whole is a reprint, though they are written otherwise there."""
MOST_COMPARED = 5
"""Candidates of one cluster that are compared before it is given up."""
MOST_CANDIDATES = 40
"""Candidates that are compared in all, those that share most keys first: bulletins of many months are many clusters."""
REMEMBERED = 1024
"""Texts kept as they are compared: reprints come soon after one another."""

_NUMBER = re.compile(r"\d+(?:[.,٫٬]\d+)*")
_SEPARATOR = re.compile("[,٫٬]")
_BACKGROUND = re.compile(
    r"\n+(?:و?(?:يذكر|يشار|تجدر الإشارة|الجدير بالذكر)|جدير بالذكر|للإشارة|للتذكير)\b[^\n]*"
)
"""The paragraph that newsrooms put into everything about an institution. It is no part of the news."""


class Text:
    """A text as it is compared with others."""

    def __init__(self, body: str) -> None:
        self._news = _BACKGROUND.sub("", body)

    @cached_property
    def shingles(self) -> frozenset[int]:
        """The hashes of its runs, which are those of this process."""
        return frozenset(map(hash, _runs(self._news)))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Its numbers in one spelling."""
        return frozenset(map(_plain, _NUMBER.findall(self._news)))

    def bands(self) -> list[int]:
        """The keys of the text in the index; none for a text without a word."""
        runs = list(map(" ".join, _runs(self._news)))
        if not runs:
            return []
        sketch = RMinHash(num_perm=BANDS, seed=SEED)
        sketch.update(runs)
        return [place << 32 | number for place, number in enumerate(sketch.digest())]

    def is_reprint_of(self, other: Text) -> bool:
        """Whether both are one text, the one perhaps shortened or with another beginning."""
        shared = len(self.shingles & other.shingles)
        short, long = sorted((len(self.shingles), len(other.shingles)))
        if not shared or shared < LEAST_OVERLAP * (short + long - shared):
            return False
        numbers = min(len(self.numbers), len(other.numbers))
        alike = len(self.numbers & other.numbers)
        contained = shared / short
        if contained < LEAST_CONTAINED:
            return contained >= LEAST_WITH_NUMBERS and alike == numbers >= 2
        return alike >= LEAST_NUMBERS * numbers or (numbers < NUMBERS_TELL and contained >= WHOLE)


def _runs(text: str) -> Iterable[tuple[str, ...]]:
    found = forms(text)
    if len(found) < SHINGLE:
        return [found] * bool(found)
    return zip(*(found[at:] for at in range(SHINGLE)), strict=False)


@lru_cache(maxsize=1 << 12)
def _plain(number: str) -> str:
    return _SEPARATOR.sub(".", fold(number))


@lru_cache(maxsize=REMEMBERED)
def _text(body: str) -> Text:
    return Text(body)


def place(db: Database, article: int, body: str, bands: Sequence[int], *, before: str | None) -> set[int]:
    """Puts an article into the cluster of its text; returns the clusters whose members changed, by their new numbers.

    `bands` are those of the text. `before` is the text with which it was placed last, None for a new one. The number of a cluster is that of its
    article stored first.
    """
    touched = set() if before is None else _leave(db, article, before)
    joined = {article, *_clusters_of(db, body, bands)}
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


def _clusters_of(db: Database, text: str, bands: Sequence[int]) -> Iterator[int]:
    """The clusters that hold a reprint of `text`."""
    compared: Counter[int] = Counter()
    matched: set[int] = set()
    for article in _candidates(db, bands):
        cluster, body = db.execute(
            "SELECT k.cluster, r.body FROM clusters AS k JOIN articles AS a ON a.id = k.article "
            "JOIN revisions AS r ON r.id = a.latest WHERE k.article = ?",
            (article,),
        ).fetchone()
        compared[cluster] += 1
        if cluster in matched or compared[cluster] > MOST_COMPARED:
            continue
        if _text(text).is_reprint_of(_text(body)):
            matched.add(cluster)
            yield cluster


def _candidates(db: Database, bands: Sequence[int]) -> list[int]:
    """The articles that share most keys with a text, those first."""
    if not bands:
        return []
    sharing: dict[int, list[int]] = {band: [] for band in bands}
    for band, article in db.execute(_sharing(len(bands)), bands):
        sharing[band].append(article)
    telling = [articles for articles in sharing.values() if len(articles) < COMMON]
    if len(telling) < len(bands) / 2:
        telling = list(sharing.values())
    shared = Counter(chain.from_iterable(telling))
    sure = {article for articles in telling if len(articles) <= RARE for article in articles}
    found = sorted(
        (-count, article) for article, count in shared.items() if count >= LEAST_BANDS + (article not in sure)
    )
    return [article for _, article in found[:MOST_CANDIDATES]]


@cache
def _sharing(bands: int) -> str:
    """The latest articles with each of so many keys."""
    one = f"SELECT * FROM (SELECT band, article FROM _bands WHERE band = ? ORDER BY article DESC LIMIT {COMMON})"  # noqa: S608
    return " UNION ALL ".join([one] * bands)
