"""Parts of date expressions before they are resolved, and the years that a text writes."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, field, replace
from datetime import date

from rules.document import Document

_YEAR = re.compile(r"(?:19|20)\d\d")
_SHIFTS = {"this": 0, "last": -1, "next": 1}
_JOINTS = frozenset({"و", "او", "الي", "-"})


@dataclass(frozen=True, slots=True)
class DatePart:
    """What a date expression states, tokens `[start, end)`; parts that it leaves out are None."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    months: int = 1
    """How many months from `month` on (a quarter has three)."""
    day: int | None = None
    last_day: int | None = None
    edge: str | None = None
    """`start`, `middle` or `end` of what the rest states."""
    suffix: str | None = None
    """`this`, `last` or `next`: which one, seen from the article's date."""
    precision: str = "year"
    digits: bool = False
    """Holds a digit, or a month with a year: a claim of its own."""
    named_year: bool = False
    """A word for year or a preposition of time stands before a bare year."""
    days: tuple[date, date] | None = None
    """First and last day where another expression gave them (`الفترة نفسها من سنة 2019`)."""


@dataclass(slots=True)
class DateText:
    """A document and what its dates have said so far."""

    doc: Document
    year: int | None = None
    """The year of the last date: what `من السنة نفسها` means."""
    month: tuple[int, int] | None = None
    """Year and month of the last day or month: what `19 منه` means."""
    period: tuple[date, date] | None = None
    """The last part of a year: what `الفترة نفسها` means."""
    precision: str = "span"
    """That of `period`."""
    counted: set[int] = field(default_factory=set)
    """Tokens that a count of months can begin at."""
    ahead: dict[int, int] = field(default_factory=dict)
    """First token of a sentence to the first one that makes what follows lie ahead."""

    @property
    def published(self) -> date | None:
        """The article's day."""
        return self.doc.published


def add_months(year: int, month: int, count: int) -> tuple[int, int]:
    """The year and month that lie `count` months after a month."""
    index = year * 12 + month - 1 + count
    return index // 12, index % 12 + 1


def last_day_of(year: int, month: int) -> int:
    """The number of days of a month."""
    return calendar.monthrange(year, month)[1]


def in_year(day: date, year: int) -> date:
    """The same day of another year; the last day of a month stays the last."""
    last = last_day_of(year, day.month)
    ends = day.day == last_day_of(day.year, day.month)
    return date(year, day.month, last if ends else min(day.day, last))


def shift_of(name: str) -> int:
    """0, -1 or 1 of `year_this`, `month_last`, `year_next`."""
    return _SHIFTS[name.rpartition("_")[2]]


def name_at(doc: Document, index: int, group: str) -> str | None:
    """Which entry of `group` stands at token `index`."""
    hit = doc.hit_at(index, group)
    return hit.entry.name if hit is not None else None


def has_digits(doc: Document, start: int, end: int) -> bool:
    """Whether a number in digits stands in tokens `[start, end)`."""
    return any(doc.words[place].is_number for place in range(start, end))


def year_at(doc: Document, index: int) -> int | None:
    """The year that token `index` writes, 1900 to 2099."""
    if 0 <= index < len(doc) and doc.words[index].is_number and _YEAR.fullmatch(doc.form(index)):
        return int(doc.form(index))
    return None


def counts(doc: Document, index: int) -> bool:
    """Whether what stands at `index`, behind a number, is counted by it, so that 2000 is no year.

    A unit, a scale or a percent; or the second number of a pair that shares such a one (`2000 أو 3000 إصابة`).
    """
    if _is_unit(doc, index):
        return True
    if doc.form(index) not in _JOINTS or index + 2 >= len(doc):
        return False
    other = doc.words[index + 1]
    return other.is_number and year_at(doc, index + 1) is None and _is_unit(doc, index + 2)


def _is_unit(doc: Document, index: int) -> bool:
    if index >= len(doc):
        return False
    if doc.hit_at(index, "unit") is not None:
        return True
    numeral = doc.words[index].numeral
    return numeral is not None and numeral.values["class"] == "scale"


def tail_year(text: DateText, index: int) -> tuple[int | None, str | None, int]:
    """What says the year behind a month or a part of a year: year, suffix, end.

    `[من] [سنة] 2024`, `[من] السنة الجارية`, `من السنة نفسها`, `الماضي`.
    """
    doc = text.doc
    place = index + 1 if doc.form(index) == "من" else index
    relative = doc.hit_at(place, "date_relative")
    if relative is not None and relative.entry.name.startswith("year_"):
        if year_at(doc, relative.end) is not None:
            return year_at(doc, relative.end), None, relative.end + 1
        if text.published is None:
            return None, None, relative.end
        return text.published.year + shift_of(relative.entry.name), None, relative.end
    same = doc.hit_at(place, "date_same")
    if same is not None and same.entry.name == "year":
        return text.year, None, same.end
    word = doc.hit_at(place, "date_word")
    if word is not None and word.entry.name == "year":
        place = word.end
    year = year_at(doc, place)
    if year is not None:
        return year, None, place + 1
    if doc.form(index) == "،" and year_at(doc, index + 1) is not None and not counts(doc, index + 2):
        return year_at(doc, index + 1), None, index + 2
    suffix = doc.hit_at(index, "date_suffix")
    if suffix is None:
        return None, None, index
    year = year_at(doc, suffix.end)
    return year, suffix.entry.name, suffix.end + (year is not None)


def edged(doc: Document, part: DatePart, floor: int) -> DatePart:
    """The expression with `متم`, `نهاية`, `بداية`, `مطلع` before it."""
    edge = doc.hit_before(part.start, "date_edge")
    if edge is not None and edge.start >= floor and part.day is None:
        return replace(part, start=edge.start, edge=edge.entry.name)
    return part


def year_part(doc: Document, index: int, floor: int) -> DatePart | None:
    """A year as it may stand in a text: `سنة 2024`, `السنة الماضية 2024`, `العام الماضي (2024)`, `متم 2024`, or a bare number."""
    year = year_at(doc, index)
    if year is None:
        return None
    word = doc.hit_before(index, "date_word")
    named = word is not None and word.entry.name == "year"
    if not named and doc.hit_before(index, "date_edge") is None and counts(doc, index + 1):
        return None
    start = index
    if named and word is not None and word.start >= floor:
        start = word.start
    else:
        named = False
        relative = doc.hit_before(index - (doc.form(index - 1) == "("), "date_relative")
        if relative is not None and relative.start >= floor and relative.entry.name.startswith("year_"):
            start, named = relative.start, True
    part = DatePart(start, index + 1, year=year, precision="year", digits=True, named_year=named)
    part = edged(doc, part, floor)
    return replace(part, named_year=named or part.edge is not None)
