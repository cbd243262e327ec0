"""Months of date expressions, with the days before them and the year behind.

Several months that share a year are one expression (`شهري أكتوبر ونونبر 2020`), a month that is written in two
calendars is one month (`مارس (آذار) 2017`). A name that is also another word (`ماي`, `مارس`, `آب`, `شباط`) is a month
only where something of time stands at it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from rules.date_days import days_before, is_day
from rules.date_parts import DatePart, DateText, edged, tail_year, year_at
from rules.document import Document

_HOMOGRAPHS = frozenset({"اب", "ايار", "ماي", "اوت", "مارس", "جوان", "تموز", "اذار", "شباط"})
_ARTICLE = re.compile(r"[وفبلك]{0,2}(?:ال|لل)")
_LISTED = frozenset({"و", "-", "،", "/"})


class _Month(NamedTuple):
    """A month at tokens `[start, end)`, its name in another calendar included."""

    start: int
    end: int
    number: int


def _month_at(doc: Document, index: int) -> _Month | None:
    """The month that token `index` begins; none has the article (`المايو`, `الأب`)."""
    hit = doc.hit_at(index, "month")
    if hit is None or _ARTICLE.match(doc.form(index)):
        return None
    end = hit.end
    place = end + (doc.form(end) in ("(", "/"))
    other = doc.hit_at(place, "month")
    if other is not None and other.entry is hit.entry:
        end = other.end + (doc.form(other.end) == ")" and place > hit.end)
    return _Month(index, end, int(hit.entry.name))


def _next_month(doc: Document, end: int, joints: frozenset[str]) -> _Month | None:
    """The month that a joint ties to the one before token `end`."""
    if doc.form(end) in joints:
        place = end + 1
        return _month_at(doc, place) if place < len(doc) else None
    if end < len(doc) and "و" in joints and doc.words[end].conjunction and doc.form(end).startswith("و"):
        return _month_at(doc, end)
    return None


def _is_month(doc: Document, month: _Month, start: int, year: int | None, suffix: str | None) -> bool:
    """Whether a name that is also another word is a month here: a year, a preposition of time or a month at it."""
    if doc.form(month.start).lstrip("وفبل") not in _HOMOGRAPHS and doc.form(month.start) not in _HOMOGRAPHS:
        return True
    if start < month.start or year_at(doc, month.end) is not None:
        return True
    if doc.form(month.end) == "من" and year is not None:
        return True
    if suffix is not None and not doc.has(month.end, "هذه", "هذا", "هاد"):
        return True
    if doc.hit_before(start, "date_sure") is not None or doc.hit_before(start, "date_edge") is not None:
        return True
    if doc.hit_before(start, "month") is not None or (
        doc.form(start - 1) in ("و", "او", "-", "الي", "،") and doc.hit_before(start - 1, "month") is not None
    ):
        return True
    if not doc.has(start - 1, "بين", "من"):
        return False
    joint = doc.hit_at(month.end, "date_relation")
    place = joint.end if joint is not None else month.end + (doc.form(month.end) == "و")
    edge = doc.hit_at(place, "date_edge")
    return doc.hit_at(edge.end if edge is not None else place, "month") is not None


def month_part(text: DateText, index: int, floor: int) -> DatePart | None:
    """A month at `index` with its days before and its year behind."""
    doc = text.doc
    month = _month_at(doc, index)
    if month is None:
        return None
    days = days_before(doc, index, floor)
    year, suffix, end = tail_year(text, month.end)
    if days is None:
        return _months(text, month, floor)
    start, day, last = days
    weekday = doc.hit_before(start - (doc.form(start - 1) in ("(", "،")), "weekday")
    if weekday is not None and weekday.start >= floor:
        start = weekday.start
    return DatePart(
        start,
        end,
        year=year,
        month=month.number,
        day=day,
        last_day=last,
        suffix=suffix,
        precision="day" if last is None else "span",
        digits=True,
    )


def _months(text: DateText, month: _Month, floor: int) -> DatePart | None:
    """A month without days, or several that are listed and share what says their year."""
    doc = text.doc
    start = month.start
    word = doc.hit_before(start, "date_word")
    if word is not None and word.entry.name == "month" and word.start >= floor:
        start = word.start
    year, suffix, end = tail_year(text, month.end)
    if not _is_month(doc, month, start, year, suffix):
        return None
    last = month
    if year is None and suffix is None:
        either = _next_month(doc, month.end, frozenset({"او"}))
        if either is not None:
            year, suffix, _ = tail_year(text, either.end)
            end = month.end
        elif not doc.has(start - 1, "بين"):
            while year is None and suffix is None:
                following = _next_month(doc, last.end, _LISTED)
                if following is None or is_day(doc, following.start - 1):
                    break
                last = following
                year, suffix, end = tail_year(text, last.end)
    count = (last.number - month.number) % 12 + 1
    if month.number + count > 13 and year is not None:
        year -= 1
    part = DatePart(
        start,
        end,
        year=year,
        month=month.number,
        months=count,
        suffix=suffix,
        precision="month" if last is month else "span",
        digits=year is not None,
    )
    return edged(doc, part, floor)


def numbered_month(doc: Document, index: int) -> DatePart | None:
    """`شهر 5`: a month by its number, as speech has it."""
    if not (doc.has(index - 1, "شهر") and is_day(doc, index) and int(doc.form(index)) <= 12):
        return None
    if doc.hit_at(index + 1, "unit") is not None or doc.hit_at(index + 1, "month") is not None:
        return None
    year = year_at(doc, index + 1)
    return DatePart(
        index - 1,
        index + 1 + (year is not None),
        year=year,
        month=int(doc.form(index)),
        precision="month",
        digits=year is not None,
    )


def either_day(text: DateText, index: int) -> DatePart | None:
    """`6` of `6 أو 7 غشت`: a date of its own, its month and year behind the other day."""
    doc = text.doc
    if not (doc.form(index + 1) == "او" and is_day(doc, index) and is_day(doc, index + 2)):
        return None
    for place in (index + 3, index + 4, index + 5):
        if doc.hit_at(place, "month") is not None:
            other = month_part(text, place, index + 2)
            if other is None or other.start != index + 2:
                return None
            return replace(other, start=index, end=index + 1, day=int(doc.form(index)))
    return None
