"""From what a date expression states to days: the year that it leaves out, its first and last day.

A day or month without a year is the nearest one not after the article, save where the words look ahead (`سينعقد يوم
20 ماي`, `المقرر في يونيو`) or where it lies soon after the article and nothing says that it is past.
"""

from __future__ import annotations

from datetime import date

from rules.date_parts import DatePart, DateText, add_months, last_day_of
from rules.document import Document
from rules.modality import is_future_verb

_SOON = 120
"""Days: nobody writes `20 أبريل` in March and means the one eleven months ago."""
_SOON_MONTH = 60
"""The same for a month: of `في شهر شتنبر` one rather tells the last."""
_AHEAD = 305
"""Days that a date of the article's own year may lie ahead where the words look ahead."""
_NEXT_YEAR = 165
"""The same for a date of the next year."""
_EXPECTED = frozenset({"particle", "expectation", "expected_adjective"})
"""Cues of modality behind which a date lies ahead: `سوف`, `من المنتظر أن`, `المتوقعة`."""
_NEAR = 8
"""Tokens: how far before a date stands what tells whether it is past."""


def _moment(part: DatePart, year: int) -> date:
    month = part.month or 1
    return date(year, month, min(part.last_day or part.day or 1, last_day_of(year, month)))


def year_of(part: DatePart, published: date | None, *, ahead: bool, past: bool) -> int | None:
    """The year of an expression; where it states none, from the article's day. None where that is not known."""
    if part.year is not None or published is None or part.month is None:
        return part.year
    this = published.year
    if part.suffix == "this":
        return min((this - 1, this, this + 1), key=lambda year: abs((_moment(part, year) - published).days))
    due = this if _moment(part, this) >= published else this + 1
    if part.suffix == "next":
        return due
    done = this if _moment(part, this) <= published else this - 1
    days = (_moment(part, due) - published).days
    if part.suffix == "last" or (past and not ahead) or done == due:
        return done
    reach = (_AHEAD if due == this else _NEXT_YEAR) if ahead else _SOON if part.day else _SOON_MONTH
    return due if days <= reach else done


def bounds(part: DatePart, published: date | None, *, ahead: bool, past: bool) -> tuple[date, date] | None:
    """First and last day of an expression; None where its year is not known or it has no such day."""
    if part.days is not None:
        return _edge(part, *part.days)
    year = year_of(part, published, ahead=ahead, past=past)
    if year is None:
        return None
    if part.month is None:
        return None if part.day is not None else _edge(part, date(year, 1, 1), date(year, 12, 31))
    if part.day is not None:
        if max(part.day, part.last_day or 1) > last_day_of(year, part.month):
            return None
        return date(year, part.month, part.day), date(year, part.month, part.last_day or part.day)
    end_year, end_month = add_months(year, part.month, part.months - 1)
    end = date(end_year, end_month, last_day_of(end_year, end_month))
    return _edge(part, date(year, part.month, 1), end)


def _edge(part: DatePart, first: date, last: date) -> tuple[date, date]:
    return {"start": (first, first), "end": (last, last)}.get(part.edge or "", (first, last))


def looks_ahead(text: DateText, index: int, end: int) -> bool:
    """Whether the words before the date `[index, end)` in its sentence, or right behind it, look ahead."""
    doc = text.doc
    start, stop = doc.sentence(index)
    first = text.ahead.get(start)
    if first is None:
        first = text.ahead[start] = _first_ahead(doc, start, stop)
    if first < index or doc.hit_at(end, "date_ahead") is not None:
        return True
    return bool(doc.hits_in(max(start, index - _NEAR), index, "date_ahead"))


def _first_ahead(doc: Document, start: int, stop: int) -> int:
    """The first token of the sentence `[start, stop)` that makes what follows lie ahead; `stop` where none does."""
    planned = (hit.start for hit in doc.hits_in(start, stop, "modality") if hit.entry.name in _EXPECTED)
    verbs = (place for place in range(start, stop) if is_future_verb(doc, place))
    return min(next(planned, stop), next(verbs, stop))


def looks_back(doc: Document, index: int) -> bool:
    """Whether the words right before token `index` say that the date is past: `منذ`, `صادق عليه يوم`."""
    start, _ = doc.sentence(index)
    return any(
        hit.entry.name == "figure" or hit.start >= index - _NEAR
        for hit in doc.hits_in(max(start, index - 2 * _NEAR), index, "date_past")
    )
