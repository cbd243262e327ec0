"""What an edit changed: the figures of a text beside those of the text before it.

`remember` writes inside the caller's transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from sqlite_utils import Database

from store.arabic import forms

Edit = Literal["raised", "corrected", "removed", "added"]

LEAST_ALIKE = 0.5
"""Part of the words of two sentences that both have, for a figure of no indicator to be the same one in both."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A claim that is a quantity, as far as it matters whether another one is the same."""

    claim: int
    indicator: str | None
    value: float
    series: tuple[object, ...]
    """What it is a figure of: indicator, kind, unit, change, modality, per."""
    details: tuple[object, ...]
    """What else is said about it: high end, qualifier, dates."""
    words: frozenset[str]
    """Of its sentence, without the numbers."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two texts of an article."""

    change: Edit
    before: int | None
    """Number of the claim in the earlier text; None for what was added."""
    after: int | None
    """Number of the claim in the later text; None for what was removed."""


def compare(earlier: Sequence[Figure], later: Sequence[Figure]) -> list[Change]:
    """The changes between the figures of two texts.

    A figure that is in both is no change, wherever it stands. Those that remain are paired where they are figures of
    the same thing, those in the most alike sentences first: the same series, and for a figure of no indicator a
    sentence that is alike; then the same indicator, so that a unit put right is a correction. The rest was removed
    or added.
    """
    same = _pair(earlier, later, lambda one: (one.value, one.series, one.details))
    before, after = _rest(earlier, later, same)
    edits: list[tuple[Figure, Figure]] = []
    for key in (lambda one: one.series, lambda one: one.indicator):
        found = _pair(before, after, key)
        edits += found
        before, after = _rest(before, after, found)
    changes = [
        Change(
            "raised" if new.value > old.value and new.series == old.series else "corrected",
            old.claim,
            new.claim,
        )
        for old, new in edits
    ]
    changes += [Change("removed", one.claim, None) for one in before]
    return changes + [Change("added", None, one.claim) for one in after]


def _pair(
    earlier: Sequence[Figure], later: Sequence[Figure], key: Callable[[Figure], Hashable]
) -> list[tuple[Figure, Figure]]:
    """The figures of one key in both texts, the most alike first; each figure is in one pair at most."""
    by_key: dict[Hashable, list[Figure]] = defaultdict(list)
    for one in later:
        by_key[key(one)].append(one)
    possible = [
        (alike, old, new)
        for old in earlier
        for new in by_key.get(key(old), ())
        if (alike := _alike(old, new)) >= LEAST_ALIKE or old.indicator is not None or old.value == new.value
    ]
    taken: set[int] = set()
    pairs = []
    for _, old, new in sorted(possible, key=lambda each: -each[0]):
        if not {old.claim, new.claim} & taken:
            taken |= {old.claim, new.claim}
            pairs.append((old, new))
    return pairs


def _alike(old: Figure, new: Figure) -> float:
    return len(old.words & new.words) / max(1, len(old.words | new.words))


def _rest(
    earlier: Sequence[Figure], later: Sequence[Figure], pairs: Sequence[tuple[Figure, Figure]]
) -> tuple[list[Figure], list[Figure]]:
    taken = {one.claim for pair in pairs for one in pair}
    return [one for one in earlier if one.claim not in taken], [
        one for one in later if one.claim not in taken
    ]


def remember(db: Database, article: int) -> None:
    """Writes the changes between the texts of an article anew, in the order in which those were read."""
    db.execute("DELETE FROM changes WHERE article = ?", (article,))
    revisions = db.execute(
        "SELECT id, read_at FROM revisions WHERE article = ? ORDER BY read_at, number", (article,)
    ).fetchall()
    if len(revisions) < 2:
        return
    read = ((revision, at, list(_figures(db, revision))) for revision, at in revisions)
    for (earlier, _, before), (later, at, after) in pairwise(read):
        db.conn.executemany(
            "INSERT INTO changes (article, earlier, later, at, change, before, after) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (article, earlier, later, at, each.change, each.before, each.after)
                for each in compare(before, after)
            ],
        )


def _figures(db: Database, revision: int) -> Iterator[Figure]:
    rows = db.execute(
        "SELECT c.id, c.indicator, c.value, c.kind, c.unit, c.change, c.modality, c.per, c.value_high, c.qualifier, "
        "c.when_start, c.when_end, c.when_relation, "
        "substr(r.body, c.sentence_start + 1, c.sentence_end - c.sentence_start) "
        "FROM claims AS c JOIN revisions AS r ON r.id = c.revision "
        "WHERE c.revision = ? AND c.kind <> 'date' ORDER BY c.start",
        (revision,),
    )
    for claim, indicator, value, kind, unit, change, modality, per, *details, sentence in rows:
        yield Figure(
            claim=claim,
            indicator=indicator,
            value=value,
            series=(indicator, kind, unit, change, modality, per),
            details=tuple(details),
            words=frozenset(form for form in forms(sentence) if not form[0].isdigit()),
        )
