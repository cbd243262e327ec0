"""Parts of date expressions: what days, months, years, quarters and halves a text states, before they are resolved."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace

from rules.document import Document
from rules.numerals import read_number

_DAY = re.compile(r"0?[1-9]|[12]\d|3[01]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMERIC = re.compile(r"(\d{1,2})([.])(\d{1,2})\2((?:19|20)\d\d)")
_HOMOGRAPHS = frozenset({"اب", "ايار", "ماي", "اوت", "مارس", "جوان", "تموز", "اذار", "شباط"})


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
    suffix: str | None = None
    precision: str = "year"
    digits: bool = False
    """Holds a digit, or a month with a year: a claim of its own."""
    named_year: bool = False
    """A word for year or a preposition of time stands before a bare year."""


def add_months(year: int, month: int, count: int) -> tuple[int, int]:
    """The year and month that lie `count` months after a month."""
    index = year * 12 + month - 1 + count
    return index // 12, index % 12 + 1


def last_day_of(year: int, month: int) -> int:
    """The number of days of a month."""
    return calendar.monthrange(year, month)[1]


class PartReader:
    """Reads the parts of date expressions from one document. `floor` is the first token that a part may take."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.published = doc.published

    # -- parts -------------------------------------------------------------------------------------------------

    def year_at(self, index: int) -> int | None:
        """The year that token `index` writes, 1900 to 2099."""
        doc = self.doc
        if index >= len(doc):
            return None
        form = doc.words[index].form
        if doc.words[index].is_number and _YEAR.fullmatch(form):
            return int(form)
        return None

    def name(self, index: int, group: str) -> str | None:
        """Which entry of `group` stands at token `index`."""
        hit = self.doc.hit_at(index, group)
        return hit.entry.name if hit is not None else None

    def tail_year(self, index: int) -> tuple[int | None, str | None, int]:
        """`[من] [سنة] 2024`, `[من] السنة الجارية`, `الماضي` after a month or a part of a year: year, suffix, end."""
        doc = self.doc
        place = index
        if doc.has(place, "من") and doc.form(place) == "من":
            place += 1
        relative = doc.hit_at(place, "date_relative")
        if relative is not None and relative.entry.name.startswith("year_"):
            shift = {"year_this": 0, "year_last": -1, "year_next": 1}[relative.entry.name]
            if self.published is not None:
                return self.published.year + shift, None, relative.end
            return None, None, relative.end
        word = doc.hit_at(place, "date_word")
        if word is not None and word.entry.name == "year":
            place = word.end
        year = self.year_at(place)
        if year is not None:
            return year, None, place + 1
        if doc.form(index) == "،" and self.year_at(index + 1) is not None and not self.counts(index + 2):
            return self.year_at(index + 1), None, index + 2
        suffix = doc.hit_at(index, "date_suffix")
        if suffix is not None:
            after = suffix.end
            year = self.year_at(after)
            return (
                (year, suffix.entry.name, after + 1) if year is not None else (None, suffix.entry.name, after)
            )
        return None, None, index

    def counts(self, index: int) -> bool:
        """Whether a counted noun, a scale or a percent stands at `index`, so that 2000 before it is no year."""
        doc = self.doc
        if doc.hit_at(index, "unit") is not None:
            return True
        word = doc.words[index] if index < len(doc) else None
        return word is not None and word.numeral is not None and word.numeral.values["class"] == "scale"

    # -- expressions -------------------------------------------------------------------------------------------

    def numeric(self, index: int) -> DatePart | None:
        """`10 - 04 - 2023`, `10/04/2023`, `2023-04-10`, `10.04.2023`."""
        doc = self.doc
        word = doc.words[index]
        if not word.is_number:
            return None
        match = _NUMERIC.fullmatch(word.form)
        if match:
            parts = (int(match[1]), int(match[3]), int(match[4]))
            end = index + 1
        else:
            if (
                index + 5 > len(doc)
                or doc.form(index + 1) not in ("-", "/")
                or doc.form(index + 3) != doc.form(index + 1)
            ):
                return None
            forms = [doc.form(index), doc.form(index + 2), doc.form(index + 4)]
            if not all(form.isdigit() and len(form) <= 4 for form in forms):
                return None
            if len(forms[0]) == 4:
                forms.reverse()
            parts = (int(forms[0]), int(forms[1]), int(forms[2]))
            end = index + 5
        day, month, year = parts
        if not (1900 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= last_day_of(year, month)):
            return None
        return DatePart(index, end, year=year, month=month, day=day, precision="day", digits=True)

    def days_before(self, index: int, floor: int) -> tuple[int, int, int | None] | None:
        """The day or days that stand before the month at `index`: first token, first day, last day."""
        doc = self.doc
        place = index
        word = doc.hit_before(place, "date_word")
        if word is not None and word.entry.name == "month" and word.start >= floor:
            place = word.start
        if place - 1 >= floor and doc.form(place - 1) == "من":
            place -= 1
        day, at = self.day_before(place, floor)
        if day is None:
            return None
        joint = at - 1
        if joint >= floor and (
            doc.form(joint) in ("و", "-", "/", "الي", "ل", "،") or (doc.glued(at) and doc.form(joint) == "و")
        ):
            glue = doc.form(joint)
            earlier, earlier_at = self.day_before(joint, floor)
            while glue in ("و", "،") and earlier is not None and doc.form(earlier_at - 1) in ("و", "،"):
                more, more_at = self.day_before(earlier_at - 1, floor)
                if more is None or more >= earlier:
                    break
                earlier, earlier_at = more, more_at
            if earlier is not None and earlier < day and (glue != "،" or earlier_at < joint - 1):
                return earlier_at, earlier, day
            if earlier is not None and glue == "-" and earlier < day:
                return earlier_at, earlier, day
        return at, day, None

    def day_before(self, index: int, floor: int) -> tuple[int | None, int]:
        """The day that ends before token `index`, in digits or words, and its first token."""
        doc = self.doc
        if index - 1 < floor:
            return None, index
        word = doc.words[index - 1]
        if _DAY.fullmatch(word.form):
            return int(word.form), index - 1
        ordinal = doc.hit_before(index, "date_day")
        if ordinal is not None and ordinal.start >= floor and not doc.has(ordinal.start - 1, "اسبوع", "نصف"):
            return int(ordinal.entry.name), ordinal.start
        if word.numeral is not None and word.numeral.values["class"] in ("unit", "ten", "tens"):
            for start in range(max(floor, index - 3), index):
                number = read_number(doc, start)
                if number is not None and number.end == index and 1 <= number.value <= 31:
                    return int(number.value), start
        return None, index

    def month(self, index: int, floor: int) -> DatePart | None:
        """A month at `index` with its days before and its year behind."""
        doc = self.doc
        hit = doc.hit_at(index, "month")
        if hit is None:
            return None
        month = int(hit.entry.name)
        days = self.days_before(index, floor)
        year, suffix, end = self.tail_year(hit.end)
        start = index
        if days is None:
            word = doc.hit_before(start, "date_word")
            if word is not None and word.entry.name == "month" and word.start >= floor:
                start = word.start
            if doc.form(index) in _HOMOGRAPHS and year is None and start == index:
                return None
            months = 1
            joined = self.joined_month(start, floor)
            if joined is not None and year is not None:
                start, first = joined
                months = (month - first) % 12 + 1
                month = first
                if month + months > 13:
                    year -= 1
            return self.edged(
                DatePart(
                    start,
                    end,
                    year=year,
                    month=month,
                    months=months,
                    suffix=suffix,
                    precision="month" if months == 1 else "span",
                    digits=year is not None,
                ),
                floor,
            )
        at, day, last = days
        spec = DatePart(
            at,
            end,
            year=year,
            month=month,
            day=day,
            last_day=last,
            suffix=suffix,
            precision="day" if last is None else "span",
            digits=True,
        )
        weekday = doc.hit_before(at, "weekday")
        if weekday is not None and weekday.start >= floor:
            spec = replace(spec, start=weekday.start)
        return spec

    def joined_month(self, index: int, floor: int) -> tuple[int, int] | None:
        """`شهري أكتوبر و` before a month: first token and the earlier month."""
        doc = self.doc
        if index - 1 < floor or not (doc.words[index].conjunction or doc.form(index - 1) == "و"):
            return None
        before = index if doc.words[index].conjunction else index - 1
        earlier = doc.hit_before(before, "month")
        if earlier is None or earlier.start < floor:
            return None
        word = doc.hit_before(earlier.start, "date_word")
        start = word.start if word is not None and word.entry.name == "month" else earlier.start
        return start, int(earlier.entry.name)

    def edged(self, spec: DatePart, floor: int) -> DatePart:
        """The expression with `متم`, `نهاية`, `بداية`, `مطلع` before it."""
        edge = self.doc.hit_before(spec.start, "date_edge")
        if edge is not None and edge.start >= floor and spec.day is None:
            return replace(spec, start=edge.start, edge=edge.entry.name)
        return spec

    def year(self, index: int, floor: int) -> DatePart | None:
        """A year after a word for year or a preposition of time: `سنة 2024`, `في 2025`, `متم 2024`."""
        doc = self.doc
        year = self.year_at(index)
        if year is None:
            return None
        word = doc.hit_before(index, "date_word")
        if (word is None or word.entry.name != "year") and self.counts(index + 1):
            return None
        start, named = index, False
        if word is not None and word.entry.name == "year" and word.start >= floor:
            start, named = word.start, True
        spec = self.edged(
            DatePart(start, index + 1, year=year, precision="year", digits=True, named_year=named), floor
        )
        if named or spec.edge is not None:
            return replace(spec, named_year=True)
        return spec

    def part(self, index: int) -> DatePart | None:
        """`الفصل الأول من سنة 2024`, `النصف الثاني من 2023`, `الأشهر الثلاثة الأولى من سنة 2020`."""
        doc = self.doc
        hit = doc.hit_at(index, "date_part")
        if hit is not None:
            ordinal = self.name(hit.end, "date_ordinal")
            if ordinal is None:
                return None
            size = 3 if hit.entry.name == "quarter" else 6
            count = 12 // size
            number = count if ordinal == "last" else int(ordinal)
            year, suffix, end = self.tail_year(hit.end + 1)
            if number > count or end == hit.end + 1 or (year is None and suffix is None):
                return None
            return DatePart(
                index,
                end,
                year=year,
                month=(number - 1) * size + 1,
                months=size,
                suffix=suffix,
                precision=hit.entry.name,
                digits=year is not None,
            )
        return self.counted_months(index)

    def counted_months(self, index: int) -> DatePart | None:
        """`الأشهر الثلاثة الأولى من سنة 2020`, `التسعة أشهر الأولى من سنة 2021`."""
        doc = self.doc
        if doc.has(index, "الاشهر", "الشهور", "اشهر", "شهور"):
            number = read_number(doc, index + 1)
            place = number.end if number is not None else index + 1
        elif any(
            doc.has(place, "اشهر", "شهور", "شهرا", "شهر") for place in (index + 1, index + 2, index + 3)
        ):
            number = read_number(doc, index)
            if number is None or not doc.has(number.end, "اشهر", "شهور", "شهرا", "شهر"):
                return None
            place = number.end + 1
        else:
            return None
        if number is None or not 1 < number.value < 12:
            return None
        ordinal = self.name(place, "date_ordinal")
        if ordinal not in ("1", "last"):
            return None
        year, suffix, end = self.tail_year(place + 1)
        if year is None:
            return None
        months = int(number.value)
        month = 1 if ordinal == "1" else 13 - months
        return DatePart(
            index, end, year=year, month=month, months=months, suffix=suffix, precision="span", digits=True
        )

    def day_of_month(self, index: int) -> DatePart | None:
        """`26 من الشهر الجاري`; of several days (`الـ26 والـ27 من الشهر الجاري`) each."""
        doc = self.doc
        word = doc.words[index]
        if self.published is None or not _DAY.fullmatch(word.form):
            return None
        place = index + 1
        while place < index + 4 and (doc.form(place) in ("و", "وال", "ال") or doc.form(place).isdigit()):
            place += 1
        if doc.form(place) != "من":
            return None
        hit = doc.hit_at(place + 1, "date_relative")
        if hit is None or not hit.entry.name.startswith("month_"):
            return None
        shift = {"month_this": 0, "month_last": -1, "month_next": 1}[hit.entry.name]
        year, month = add_months(self.published.year, self.published.month, shift)
        end = hit.end if place == index + 1 else index + 1
        return DatePart(index, end, year=year, month=month, day=int(word.form), precision="day", digits=True)

    def read(self, index: int, floor: int) -> DatePart | None:
        """The part whose anchor (numeral, month, year) stands at token `index`."""
        return (
            self.numeric(index)
            or self.day_of_month(index)
            or self.part(index)
            or self.month(index, floor)
            or self.year(index, floor)
        )
