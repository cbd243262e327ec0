"""A mention while the rules work on it; it leaves them as a `Claim`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from rules.document import Document
from rules.records import Claim


@dataclass(slots=True, kw_only=True, eq=False)
class Mention:
    """One quantity or date expression: tokens `[first, last)` of a document, fields as in `Claim`."""

    first: int
    """First token of the numeral (or of the date expression)."""
    last: int
    """Token after the expression, its unit noun included."""
    kind: str
    start: int
    """First code point in the original text."""
    end: int
    value: float | None = None
    value_high: float | None = None
    unit: str | None = None
    qualifier: str | None = None
    change: str | None = None
    per: str | None = None
    modality: str | None = None
    when_start: date | None = None
    when_end: date | None = None
    when_relation: str | None = None
    precision: str | None = None
    indicator: str | None = None
    source: str | None = None
    relative: bool = False
    """A date expression without a number of its own (أمس, السنة الجارية): dates quantities, is no claim."""
    rules: list[str] = field(default_factory=list)
    """Ids of what fired, in order."""

    @property
    def is_date(self) -> bool:
        """Whether it is a date expression and not a quantity."""
        return self.kind == "date"

    def claim(self, doc: Document) -> Claim:
        """The finished record."""
        return Claim(
            start=self.start,
            end=self.end,
            text=doc.text[self.start : self.end],
            kind=self.kind,
            value=self.value,
            value_high=self.value_high,
            unit=self.unit,
            qualifier=self.qualifier,
            change=self.change,
            per=self.per,
            modality=self.modality,
            when_start=self.when_start,
            when_end=self.when_end,
            when_relation=self.when_relation,
            precision=self.precision,
            indicator=self.indicator,
            source=self.source,
            rules=tuple(dict.fromkeys(self.rules)),
        )
