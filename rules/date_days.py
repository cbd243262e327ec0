"""Days of date expressions: numeric dates, the days before a month, days of a month that was named before."""

from __future__ import annotations

import re
from dataclasses import replace

from rules.date_parts import DatePart, DateText, add_months, last_day_of, shift_of
from rules.document import Document
from rules.numerals import read_number

_DAY = re.compile(r"0?[1-9]|[12]\d|3[01]")
_NUMERIC = re.compile(r"(\d{1,2})([.])(\d{1,2})\2((?:19|20)\d\d)")
_HIJRI = re.compile(r"1[34]\d\d")
_JOINTS = frozenset({"و", "-", "/", "الي", "ل", "،"})
_TIED = frozenset({"من", "منه", "و", "وال", "ال", "الي", "-"})
"""What stands behind a day whose month was named before."""
_DIVIDED = ("اسبوع", "نصف", "شطر", "ثلث", "ربع", "فصل", "شهر")
"""`النصف الثاني من شهر أبريل`: what stands before the ordinal is divided, the ordinal is no day."""


def is_day(doc: Document, index: int) -> bool:
    """Whether token `index` is a number from 1 to 31 in digits."""
    return _DAY.fullmatch(doc.form(index)) is not None


def numeric(doc: Document, index: int) -> DatePart | None:
    """`10 - 04 - 2023`, `10/04/2023`, `2023-04-10`, `10.04.2023`: day first, save where the year is."""
    match = _NUMERIC.fullmatch(doc.form(index)) if "." in doc.form(index) else None
    if match:
        forms, end = [match[1], match[3], match[4]], index + 1
    else:
        joint, end = doc.form(index + 1), index + 5
        if joint not in ("-", "/") or doc.form(index + 3) != joint:
            return None
        forms = [doc.form(index), doc.form(index + 2), doc.form(index + 4)]
        if not all(form.isdigit() and len(form) <= 4 for form in forms):
            return None
        if len(forms[0]) == 4:
            forms.reverse()
    day, month, year = (int(form) for form in forms)
    if not (1900 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= last_day_of(year, month)):
        return None
    return DatePart(index, end, year=year, month=month, day=day, precision="day", digits=True)


def hijri(doc: Document, index: int) -> DatePart | None:
    """`سنة 1444 هجرية`, `27 رمضان 1446`: a date of the other calendar, which is read and left unresolved."""
    if not _HIJRI.fullmatch(doc.form(index)):
        return None
    word = doc.hit_before(index, "date_word")
    month = doc.hit_before(word.start if word is not None else index, "date_hijri")
    named = word is not None and word.entry.name == "year"
    marked = doc.has(index + 1, "هجري", "هجريه", "ه", "للهجره")
    if not (named or marked or month is not None):
        return None
    start = index
    if month is not None:
        start = day_before(doc, month.start, 0)[1]
    return DatePart(start, index + 1 + marked, named_year=True)


def day_before(doc: Document, index: int, floor: int) -> tuple[int | None, int]:
    """The day that ends before token `index`, in digits or words, and its first token."""
    if index - 1 < floor:
        return None, index
    if is_day(doc, index - 1):
        return int(doc.form(index - 1)), index - 1
    ordinal = doc.hit_before(index, "date_day")
    if ordinal is not None and ordinal.start >= floor and not doc.has(ordinal.start - 1, *_DIVIDED):
        return int(ordinal.entry.name), ordinal.start
    numeral = doc.words[index - 1].numeral
    if numeral is not None and numeral.values["class"] in ("unit", "ten", "tens"):
        for start in range(max(floor, index - 3), index):
            number = read_number(doc, start)
            if number is not None and number.end == index and 1 <= number.value <= 31:
                return int(number.value), start
    return None, index


def days_before(doc: Document, index: int, floor: int) -> tuple[int, int, int | None] | None:
    """The day or days that stand before the month at `index`: first token, first day, last day."""
    place = index
    word = doc.hit_before(place, "date_word")
    if word is not None and word.entry.name == "month" and word.start >= floor:
        place = word.start
    if place - 1 >= floor and doc.form(place - 1) == "من":
        place -= 1
    day, at = day_before(doc, place, floor)
    if day is None:
        return None
    tied = _joint(doc, at, floor)
    if tied is None:
        return at, day, None
    joint, glue = tied
    earlier, earlier_at = day_before(doc, joint, floor)
    while glue in ("و", "،") and earlier is not None and doc.form(earlier_at - 1) in ("و", "،"):
        more, more_at = day_before(doc, earlier_at - 1, floor)
        if more is None or more >= earlier:
            break
        earlier, earlier_at = more, more_at
    if earlier is None or earlier >= day or (glue == "،" and earlier_at >= joint - 1):
        return at, day, None
    return earlier_at, earlier, day


def _timed(doc: Document, index: int) -> bool:
    """Whether something before the number at `index` makes it a day: `في 12 منه`, not `المادة 4 منه`."""
    return doc.form(index - 1) in ("من", "بين", "و") or any(
        doc.hit_before(index, group) is not None for group in ("date_relation", "date_word", "weekday")
    )


def _joint(doc: Document, index: int, floor: int) -> tuple[int, str] | None:
    """What ties the day at `index` to an earlier one, over `يوم` and the weekday: where it begins, and its form."""
    place = index
    for group in ("weekday", "date_word"):
        word = doc.words[place]
        if place < index and word.conjunction:
            break
        hit = doc.hit_before(place, group)
        if hit is not None and hit.start > floor:
            place = hit.start
    if doc.words[place].is_word and doc.words[place].conjunction:
        return place, "و"
    if place - 1 < floor or doc.form(place - 1) not in _JOINTS:
        return None
    return place - 1, doc.form(place - 1)


def day_of_month(text: DateText, index: int) -> DatePart | None:
    """`26 من الشهر الجاري`, of several days (`الـ26 والـ27 من الشهر الجاري`) each; `19 منه`, `13 إلى 19 منه`."""
    doc = text.doc
    if doc.form(index + 1) not in _TIED or not is_day(doc, index):
        return None
    day = DatePart(index, index + 1, day=int(doc.form(index)), precision="day", digits=True, named_year=True)
    place = index + 1
    if (
        doc.form(place) in ("الي", "-")
        and is_day(doc, place + 1)
        and int(doc.form(place + 1)) > (day.day or 0)
    ):
        day = replace(day, last_day=int(doc.form(place + 1)), precision="span")
        place += 2
    if doc.form(place) == "منه" and text.month is not None and _timed(doc, index):
        return replace(day, end=place + 1, year=text.month[0], month=text.month[1])
    first = place
    while place < first + 3 and (doc.form(place) in ("و", "وال", "ال") or doc.form(place).isdigit()):
        place += 1
    if doc.form(place) != "من":
        return None
    hit = doc.hit_at(place + 1, "date_relative")
    if hit is None or not hit.entry.name.startswith("month_"):
        return None
    day = replace(day, end=hit.end if place == first else index + 1)
    if text.published is None:
        return day
    year, month = add_months(text.published.year, text.published.month, shift_of(hit.entry.name))
    return replace(day, year=year, month=month)
