"""Years and days that stand in a name and date nothing by themselves: `مونديال 2030`, `شارع 2 مارس`, `موسم 2019-2020`."""

from __future__ import annotations

from rules.date_parts import DatePart, year_at
from rules.document import Document

_REACH = 3
"""Words that may stand between the name's head and its year: `قانون المالية المعدل 2020`."""
_ROUND = frozenset({1900, 2000})


def day_in_name(doc: Document, part: DatePart) -> bool:
    """A day in a name (`شارع 2 مارس`, `خطاب 20 غشت`), which no year follows."""
    if part.day is None or part.year is not None:
        return False
    hit = doc.hit_before(part.start, "date_name")
    return hit is not None and hit.entry.name == "day"


def year_in_name(doc: Document, part: DatePart) -> bool:
    """A year, or a pair of years, that belongs to the name before it and no word for year or time sets apart."""
    first, _ = doc.sentence(part.start)
    place = part.start
    for _ in range(_REACH + 1):
        hit = doc.hit_before(place, "date_name")
        if hit is not None and hit.start >= first:
            return hit.entry.name != "day"
        word = doc.words[place - 1] if place > first else None
        if word is None or not (word.is_word or word.form in '"('):
            return False
        if "function" in word.classes or doc.hit_before(place, "date_relation") is not None:
            return False
        place -= 1
    return False


def counted_noun(doc: Document, part: DatePart) -> bool:
    """Whether an indefinite noun behind a round number makes it a count: `في 2000 مدرسة`."""
    if year_at(doc, part.end - 1) not in _ROUND or part.end >= len(doc):
        return False
    word = doc.words[part.end]
    return word.is_word and not word.conjunction and "function" not in word.classes and word.form[:2] != "ال"
