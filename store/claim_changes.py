"""What another reading of a text says otherwise: claims gained, lost, altered."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Row = Mapping[str, Any]
"""Columns of `claims`; those that are stored have an `id`."""

SAID: Final = (
    "kind",
    "value",
    "value_high",
    "unit",
    "qualifier",
    "change",
    "per",
    "modality",
    "when_start",
    "when_end",
    "when_relation",
    "precision",
    "indicator",
    "source",
)
"""What a claim says of its expression."""
_HOW: Final = ("start", "end", "rules", "sentence_start", "sentence_end")
"""Where it stands and which rules made it."""


@dataclass(frozen=True, slots=True)
class ClaimChanges:
    """The claims of a text, as stored and as read anew."""

    gained: tuple[Row, ...]
    lost: tuple[Row, ...]
    altered: tuple[tuple[Row, Row], ...]
    """One expression of which something else is said now."""
    kept: tuple[tuple[Row, Row], ...]
    """What says the same. The rules that made it may be others."""

    @property
    def any(self) -> bool:
        """Whether the text says anything else now."""
        return bool(self.gained or self.lost or self.altered)


def compare(before: Sequence[Row], after: Sequence[Row], *, same_text: bool) -> ClaimChanges:
    """Pair the claims of two readings. In one text an expression is its span, in two of them its words."""

    def expression(row: Row) -> Hashable:
        return (row["start"], row["end"]) if same_text else row["text"]

    def all_of_it(row: Row) -> Hashable:
        return (expression(row), *(row[name] for name in SAID))

    kept, lost, gained = _pair(before, after, all_of_it)
    altered, lost, gained = _pair(lost, gained, expression)
    return ClaimChanges(tuple(gained), tuple(lost), tuple(altered), tuple(kept))


def fields_altered(before: Row, after: Row) -> list[str]:
    """What is said otherwise of an expression, by the names of the columns."""
    return [name for name in SAID if before[name] != after[name]]


def made_otherwise(before: Row, after: Row) -> bool:
    """Whether a claim that says the same stands elsewhere, in another sentence, or was made by other rules."""
    return any(before[name] != after[name] for name in _HOW)


def _pair(
    before: Sequence[Row], after: Sequence[Row], key: Callable[[Row], Hashable]
) -> tuple[list[tuple[Row, Row]], list[Row], list[Row]]:
    """Pairs of one key, in the order of the text, and what has no partner on either side."""
    waiting: dict[Hashable, deque[Row]] = defaultdict(deque)
    for row in before:
        waiting[key(row)].append(row)
    pairs, alone = [], []
    for row in after:
        found = waiting.get(key(row))
        if found:
            pairs.append((found.popleft(), row))
        else:
            alone.append(row)
    paired = {id(old) for old, _ in pairs}
    return pairs, [row for row in before if id(row) not in paired], alone
