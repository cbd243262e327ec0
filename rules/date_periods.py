"""Parts of a year: quarters, halves, counted months, and the period that was named before."""

from __future__ import annotations

from rules.date_parts import DatePart, DateText, edged, has_digits, in_year, name_at, tail_year, year_at
from rules.document import Document
from rules.numerals import read_number

_DURING = frozenset({"خلال", "وخلال", "برسم"})
_IN = frozenset({"في", "وفي"})
_MONTHS = ("اشهر", "شهور", "شهرا", "شهر")


def period(text: DateText, index: int, floor: int) -> DatePart | None:
    """The part of a year whose first token, or numeral, is `index`."""
    made = _fraction(text, index) or _counted_months(text, index) or _same(text, index)
    return None if made is None else edged(text.doc, made, floor)


def _fraction(text: DateText, index: int) -> DatePart | None:
    """`الفصل الأول من سنة 2024`, `النصف الثاني من 2023`, `الفصلين الأول والثاني من 2024`."""
    doc = text.doc
    hit = doc.hit_at(index, "date_part")
    if hit is None:
        return None
    size = {"quarter": 3, "half": 6}[hit.entry.name]
    parts = 12 // size
    ordinal = name_at(doc, hit.end, "date_ordinal")
    if ordinal is None:
        return None
    first = last = parts if ordinal == "last" else int(ordinal)
    place = hit.end + 1
    second = name_at(doc, place, "date_ordinal") if doc.form(place).startswith("و") else None
    if second is not None:
        last = parts if second == "last" else int(second)
        place += 1
    year, suffix, end = tail_year(text, place)
    if year is None and suffix is None:
        year, suffix, end = _shared_tail(text, place)
    if year is None and suffix is None and hit.entry.name == "quarter":
        year, end = _latest(text, index, (first - 1) * size + 1), place
    if not first <= last <= parts or (year is None and suffix is None):
        return None
    return DatePart(
        index,
        end,
        year=year,
        month=(first - 1) * size + 1,
        months=(last - first + 1) * size,
        suffix=suffix,
        precision=hit.entry.name if first == last else "span",
        digits=year is not None and end > place,
    )


def _latest(text: DateText, index: int, month: int) -> int | None:
    """The year of `في الربع الثاني` without one: the last that began before the article; الفصل 31 of a law is none."""
    before = text.doc.form(index - 1)
    if text.published is None or not (before in _DURING or (before in _IN and text.doc.has(index, "الربع"))):
        return None
    return text.published.year - (month > text.published.month)


def _shared_tail(text: DateText, index: int) -> tuple[int | None, str | None, int]:
    """The year of `الفصل الأول والفصل الثاني من 2024` for the first of the two."""
    doc = text.doc
    place = index + (doc.form(index) == "و")
    edge = doc.hit_at(place, "date_edge")
    other = doc.hit_at(edge.end if edge is not None else place, "date_part")
    if other is None or not doc.form(index).startswith("و"):
        return None, None, index
    if name_at(doc, other.end, "date_ordinal") is None:
        return None, None, index
    year, suffix, _ = tail_year(text, other.end + 1)
    return year, suffix, index


def _counted_months(text: DateText, index: int) -> DatePart | None:
    """`الأشهر الثلاثة الأولى من سنة 2020`, `التسعة أشهر الأولى من 2021`, `أول تسعة أشهر من 2021`, `الشهر الأول من 2024`."""
    doc = text.doc
    if index not in text.counted and doc.hit_at(index, "date_months") is None:
        return None
    found = _month_count(doc, index)
    if found is None:
        return None
    months, place, start = found
    if start < index:
        ordinal = "1" if doc.has(start, "اول") else "last"
    else:
        ordinal = name_at(doc, place, "date_ordinal") or ("1" if doc.hit_at(index, "date_months") else "")
        place += 1
    if ordinal not in ("1", "last"):
        return None
    year, suffix, end = tail_year(text, place)
    if year is None:
        return None
    return DatePart(
        start,
        end,
        year=year,
        month=1 if ordinal == "1" else 13 - months,
        months=months,
        suffix=suffix,
        precision="span" if months > 1 else "month",
        digits=True,
    )


def _month_count(doc: Document, index: int) -> tuple[int, int, int] | None:
    """How many months are counted at `index`, the token behind, and the first token."""
    if doc.hit_at(index, "date_months") is not None:
        return 2, index + 1, index
    if doc.form(index) in ("الشهر", "بالشهر", "للشهر"):
        return 1, index + 1, index
    if doc.has(index, "الاشهر", "الشهور"):
        number = read_number(doc, index + 1 + (doc.form(index + 1) == "ال"))
        start, place = index, number.end if number is not None else index
    else:
        number = read_number(doc, index)
        if number is None or not doc.has(number.end, *_MONTHS):
            return None
        start, place = index, number.end + 1
        if doc.form(index - 1).lstrip("وبل") in ("اول", "اخر"):
            start = index - 1
    if number is None or not 1 < number.value < 12 or number.value != int(number.value):
        return None
    return int(number.value), place, start


def _the_same(text: DateText, index: int, end: int) -> DatePart | None:
    """`خلال الفترة نفسها` alone: the period named before."""
    doc = text.doc
    alone = doc.form(end) != "من" and doc.form(index - 1) in (_DURING | _IN)
    span = any(doc.has(place, "الفتره", "المده") for place in range(index, end))
    if text.period is None or not alone or not span:
        return None
    return DatePart(
        index, end, year=text.period[0].year, named_year=True, days=text.period, precision=text.precision
    )


def _same(text: DateText, index: int) -> DatePart | None:
    """`الفترة نفسها من سنة 2019`: the period named before, in another year; the whole year where none was named.

    `السنة نفسها`: the year named before.
    """
    doc = text.doc
    hit = doc.hit_at(index, "date_same")
    if hit is None:
        return None
    if hit.entry.name == "year":
        return None if text.year is None else DatePart(index, hit.end, year=text.year, named_year=True)
    place = hit.end + (doc.form(hit.end) in ("في", "خلال", "برسم"))
    year, _, end = tail_year(text, place)
    if year is None:
        return _the_same(text, index, hit.end)
    if year_at(doc, end - 1) is None and text.published is None:
        return None
    part = DatePart(index, end, year=year, digits=has_digits(doc, index, end), named_year=True)
    if text.period is None:
        return part
    first, last = text.period
    days = in_year(first, year - (last.year - first.year)), in_year(last, year)
    return DatePart(
        index, end, year=year, digits=part.digits, named_year=True, days=days, precision=text.precision
    )
