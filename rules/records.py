"""The record of a claim: one quantity, or one date expression, stated in a text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

KINDS = ("count", "money", "percent", "duration", "age", "measure", "date")
QUALIFIERS = ("exact", "approx", "more_than", "at_least", "less_than", "at_most", "range")
CHANGES = ("from", "to", "increase", "decrease")
MODALITIES = ("actual", "planned", "negated")
RELATIONS = ("on", "during", "as_of", "since", "by", "between")
PRECISIONS = ("day", "month", "quarter", "half", "year", "span")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One mention with everything the text says about it.

    For `kind == "date"` the value is `when_start`, `when_end`, `when_relation` and `precision`; `value`, `unit`,
    `qualifier`, `change`, `per`, `modality`, `indicator` and `source` are None.
    """

    start: int
    """First code point of the numeric expression in the text, inclusive."""
    end: int
    """Exclusive: `text == body[start:end]`."""
    text: str
    kind: str
    """One of `KINDS`."""
    value: float | None
    """The number, scale applied (`22,5 مليون` is 22500000); the low end of a range; money in major units."""
    value_high: float | None
    """The high end of a range, else None."""
    unit: str | None
    """Canonical slug of the lexicon (`person`, `MAD`, `percent`, `year`, `ha`); None where the noun is unknown."""
    qualifier: str | None
    """One of `QUALIFIERS`."""
    change: str | None
    """One of `CHANGES`, or None."""
    per: str | None
    """What the quantity is a rate per (`month`, `household`), or None."""
    modality: str | None
    """One of `MODALITIES`."""
    when_start: date | None
    """First day, inclusive, of what the quantity holds for."""
    when_end: date | None
    """Last day, inclusive."""
    when_relation: str | None
    """One of `RELATIONS`, or None."""
    precision: str | None
    """For dates one of `PRECISIONS`, else None."""
    indicator: str | None
    """Slug of the catalogue of indicators, or None."""
    source: str | None
    """Who the text says the figure is from, as written, or None."""
    rules: tuple[str, ...]
    """Ids of the rules and lexicon entries that made the claim, in the order in which they fired."""
