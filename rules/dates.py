"""Date expressions: days, months, years, parts of a year and spans, with the relation their preposition states.

Moroccan month names come first, numeric dates are day first. A day and month without a year take it from the
article's date: the nearest such day not after it, or the next one where the words look ahead.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rules.document import Document
from rules.mentions import Mention
from rules.numerals import read_number

_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMERIC = re.compile(r"(\d{1,2})([.])(\d{1,2})\2((?:19|20)\d\d)")
_LONG_AHEAD = 200  # days: a past reading older than this gives way where the words look ahead


@dataclass(frozen=True, slots=True)
class _Spec:
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


def _add_months(year: int, month: int, count: int) -> tuple[int, int]:
    index = year * 12 + month - 1 + count
    return index // 12, index % 12 + 1


def _last_day(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


class _Finder:
    """Finds the date expressions of one document."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.published = doc.published

    # -- parts -------------------------------------------------------------------------------------------------

    def year_at(self, index: int) -> int | None:
        doc = self.doc
        if index >= len(doc):
            return None
        form = doc.words[index].form
        if doc.words[index].is_number and _YEAR.fullmatch(form):
            return int(form)
        return None

    def name(self, index: int, group: str) -> str | None:
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

    def numeric(self, index: int) -> _Spec | None:
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
            if not all(form.isdigit() for form in forms):
                return None
            if len(forms[0]) == 4:
                forms.reverse()
            parts = (int(forms[0]), int(forms[1]), int(forms[2]))
            end = index + 5
        day, month, year = parts
        if not (1900 <= year <= 2100 and 1 <= month <= 12 and 1 <= day <= _last_day(year, month)):
            return None
        return _Spec(index, end, year=year, month=month, day=day, precision="day", digits=True)

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
            doc.form(joint) in ("و", "-", "/", "الى", "ل", "،") or doc.glued(at) and doc.form(joint) == "و"
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
        doc = self.doc
        if index - 1 < floor:
            return None, index
        word = doc.words[index - 1]
        if word.is_number and word.form.isdigit() and len(word.form) <= 2 and 1 <= int(word.form) <= 31:
            return int(word.form), index - 1
        ordinal = doc.hit_before(index, "date_day")
        if ordinal is not None and ordinal.start >= floor:
            return int(ordinal.entry.name), ordinal.start
        if word.numeral is not None and word.numeral.values["class"] in ("unit", "ten", "tens"):
            for start in range(max(floor, index - 3), index):
                number = read_number(doc, start)
                if number is not None and number.end == index and 1 <= number.value <= 31:
                    return int(number.value), start
        return None, index

    def month(self, index: int, floor: int) -> _Spec | None:
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
                _Spec(
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
        spec = _Spec(
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

    def edged(self, spec: _Spec, floor: int) -> _Spec:
        """The expression with `متم`, `نهاية`, `بداية`, `مطلع` before it."""
        edge = self.doc.hit_before(spec.start, "date_edge")
        if edge is not None and edge.start >= floor and spec.day is None:
            return replace(spec, start=edge.start, edge=edge.entry.name)
        return spec

    def year(self, index: int, floor: int) -> _Spec | None:
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
            _Spec(start, index + 1, year=year, precision="year", digits=True, named_year=named), floor
        )
        if named or spec.edge is not None:
            return replace(spec, named_year=True)
        return spec

    def part(self, index: int) -> _Spec | None:
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
            return _Spec(
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

    def counted_months(self, index: int) -> _Spec | None:
        doc = self.doc
        if doc.has(index, "الاشهر", "الشهور", "اشهر", "شهور"):
            number = read_number(doc, index + 1)
            place = number.end if number is not None else index + 1
        else:
            number = read_number(doc, index)
            if number is None or not doc.has(number.end, "اشهر", "شهور", "شهرا", "شهر"):
                return None
            place = number.end + 1
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
        return _Spec(
            index, end, year=year, month=month, months=months, suffix=suffix, precision="span", digits=True
        )

    def spec(self, index: int, floor: int) -> _Spec | None:
        return self.numeric(index) or self.part(index) or self.month(index, floor) or self.year(index, floor)

    # -- resolving ---------------------------------------------------------------------------------------------

    def resolve_year(self, spec: _Spec, *, ahead: bool) -> int | None:
        """The year of an expression that states none, from the article's date."""
        published = self.published
        if spec.year is not None:
            return spec.year
        if published is None or spec.month is None:
            return None
        if spec.suffix == "this":
            return published.year
        day = spec.last_day or spec.day or 1
        year = published.year
        moment = date(year, spec.month, min(day, _last_day(year, spec.month)))
        if spec.suffix == "next":
            return year if moment > published else year + 1
        if moment > published:
            near = (moment - published).days
            if spec.suffix != "last" and (ahead or near <= 6) and near < 365 - 60:
                return year
            return year - 1
        if ahead and spec.suffix is None and (published - moment).days > _LONG_AHEAD:
            return year + 1
        return year

    def bounds(self, spec: _Spec, *, ahead: bool) -> tuple[date, date] | None:
        year = self.resolve_year(spec, ahead=ahead)
        if year is None:
            return None
        if spec.month is None:
            first, last = date(year, 1, 1), date(year, 12, 31)
        elif spec.day is not None:
            if spec.day > _last_day(year, spec.month) or (spec.last_day or 1) > _last_day(year, spec.month):
                return None
            first = date(year, spec.month, spec.day)
            last = date(year, spec.month, spec.last_day or spec.day)
        else:
            first = date(year, spec.month, 1)
            end_year, end_month = _add_months(year, spec.month, spec.months - 1)
            last = date(end_year, end_month, _last_day(end_year, end_month))
        if spec.edge == "end":
            return last, last
        if spec.edge == "start":
            return first, first
        return first, last

    def ahead(self, index: int) -> bool:
        """Whether the words before token `index` in its sentence look ahead."""
        doc = self.doc
        start, _ = doc.sentence(index)
        if any(hit.entry.name == "planned" for hit in doc.hits_in(start, index, "modality")):
            return True
        return any(_FUTURE.fullmatch(doc.words[place].form) for place in range(start, index))

    def relation(self, index: int, floor: int) -> tuple[str | None, int]:
        """The relation that the preposition before token `index` states, and where that preposition begins."""
        doc = self.doc
        place = index
        for _ in range(3):
            hit = doc.hit_before(place, "date_relation")
            if hit is not None and hit.start >= floor:
                return hit.entry.name, hit.start
            word = doc.hit_before(place, "date_word")
            if word is not None and word.entry.name in ("day", "month", "year") and word.start >= floor:
                place = word.start
                continue
            weekday = doc.hit_before(place, "weekday")
            if weekday is not None and weekday.start >= floor:
                place = weekday.start
                continue
            break
        return None, index

    # -- putting together --------------------------------------------------------------------------------------

    def mention(
        self,
        start: int,
        end: int,
        first: date | None,
        last: date | None,
        relation: str,
        precision: str,
        rule: str,
        *,
        relative: bool,
    ) -> Mention:
        begin, finish = self.doc.span(start, end)
        word = self.doc.words[start]
        if word.is_word and word.conjunction and not word.form.startswith(("في", "فا")):
            begin += 1
        return Mention(
            first=start,
            last=end,
            kind="date",
            start=begin,
            end=finish,
            when_start=first,
            when_end=last,
            when_relation=relation,
            precision=precision,
            relative=relative,
            rules=[rule],
        )

    def second(self, spec: _Spec) -> tuple[_Spec, str] | None:
        """The other end of a span that `spec` opens: `إلى غاية B`, `وB` after بين, `-2025`."""
        doc = self.doc
        place = spec.end
        relation, opened = self.relation(spec.start, max(0, spec.start - 4))
        before = doc.form(opened - 1)
        between = doc.has(opened - 1, "بين") or doc.has(spec.start - 1, "بين")
        if place >= len(doc):
            return None
        if doc.form(place) == "،" and doc.hit_at(place + 1, "date_relation") is not None:
            place += 1
        form = doc.form(place)
        if form == "-" and spec.month is None and self.year_at(place + 1) is not None and doc.glued(place):
            other = self.year(place + 1, place + 1)
            return (
                (other, "dash")
                if other is not None
                and other.year is not None
                and spec.year is not None
                and other.year > spec.year
                else None
            )
        hit = doc.hit_at(place, "date_relation")
        if (
            hit is not None
            and hit.entry.name == "as_of"
            and (
                relation == "since"
                or before == "من"
                or doc.has(spec.start - 1, "من")
                or doc.has(opened, "من")
                or relation == "during"
            )
        ):
            return self.reach(hit.end, "to")
        if between and (form == "و" or doc.words[place].conjunction):
            return self.reach(place + 1 if form == "و" else place, "and")
        return None

    def reach(self, index: int, joint: str) -> tuple[_Spec, str] | None:
        """The expression whose anchor stands within a few tokens from `index`."""
        for place in range(index, min(index + 6, len(self.doc))):
            other = self.spec(place, index)
            if other is not None:
                if other.start > index + 2:
                    return None
                return replace(other, named_year=True), joint
            if self.doc.form(place) in "،.\n":
                return None
        return None

    def finish(self, spec: _Spec, floor: int) -> Mention | None:
        doc = self.doc
        relation, opened = self.relation(spec.start, floor)
        if self.in_name(spec):
            return self.mention(spec.start, spec.end, None, None, "on", spec.precision, "date.name", relative=True)
        if relation == "as_of" and doc.form(opened) in ("الى", "ل") and spec.month is None:
            relation = None
        if relation is None and doc.form(spec.start - 1) == "من" and doc.has(spec.end, "دابا", "اليوم", "الان"):
            relation = "since"
        ahead = relation in ("by", "as_of") or spec.suffix == "next" or self.ahead(spec.start)
        span = self.second(spec)
        if span is not None:
            other, _ = span
            if other.year is None and spec.year is not None:
                other = replace(other, year=spec.year)
            end = self.bounds(other, ahead=ahead)
            if end is not None:
                opening = spec
                if spec.year is None:
                    opening = replace(spec, year=end[1].year)
                    begin = self.bounds(opening, ahead=ahead)
                    if begin is not None and begin[0] > end[1]:
                        opening = replace(spec, year=end[1].year - 1)
                begin = self.bounds(opening, ahead=ahead)
                if begin is not None and begin[0] <= end[1]:
                    start = opened if doc.has(opened - 1, "بين") else spec.start
                    start = start - 1 if doc.has(start - 1, "بين", "من") else start
                    return self.mention(
                        start, other.end, begin[0], end[1], "between", "span", "date.span", relative=False
                    )
        if spec.month is None and not self.year_counts(spec, floor):
            return None
        found = self.bounds(spec, ahead=ahead)
        if found is None:
            return self.mention(
                spec.start, spec.end, None, None, "on", spec.precision, "date.unresolved", relative=True
            )
        first, last = found
        if spec.last_day is not None:
            between = (
                relation in ("since",)
                or doc.has(spec.start - 1, "بين", "من")
                or doc.form(spec.end - 1) == "-"
                or self.dashed(spec)
            )
            return self.mention(
                spec.start,
                spec.end,
                first,
                last,
                "between" if between else "during",
                "span",
                "date.days",
                relative=False,
            )
        relation = self.settle(spec, relation, last)
        if relation == "since":
            start: date | None = first
            end_day: date | None = None
        elif relation == "by":
            start, end_day = None, last
        elif relation == "as_of" and spec.edge is None:
            start, end_day = last, last
        else:
            start, end_day = first, last
        precision = spec.precision
        return self.mention(
            spec.start,
            spec.end,
            start,
            end_day,
            relation,
            precision,
            f"date.{precision}",
            relative=not spec.digits,
        )

    def in_name(self, spec: _Spec) -> bool:
        """A day in a name (`شارع 2 مارس`, `خطاب 20 غشت`), which no year follows."""
        if spec.day is None or spec.year is not None:
            return False
        hit = self.doc.hit_before(spec.start, "date_name")
        return hit is not None and hit.entry.name == "day"

    def dashed(self, spec: _Spec) -> bool:
        return any(self.doc.form(place) in ("-", "الى") for place in range(spec.start, spec.end))

    def settle(self, spec: _Spec, relation: str | None, last: date) -> str:
        """The relation of a single expression, from its preposition, its edge and the article's date."""
        if (
            relation == "as_of"
            and self.doc.form(spec.start - 1) == "الى"
            and spec.edge is None
            and spec.month is None
        ):
            relation = None
        if relation in ("since", "by"):
            return relation
        if relation == "as_of":
            return "by" if self.published is not None and last > self.published else "as_of"
        if spec.edge in ("end", "start"):
            return "as_of"
        return "on" if spec.precision == "day" else "during"

    def year_counts(self, spec: _Spec, floor: int) -> bool:
        """Whether a bare year is a date here: after a word for year or a preposition of time, and not in a name."""
        if spec.named_year:
            return True
        doc = self.doc
        before = spec.start - 1
        if before < floor:
            return False
        if doc.hit_before(spec.start, "date_relation") is not None:
            return True
        if doc.has(before, "بين", "من", "مقارنه", "صيف", "ربيع", "خريف", "شتاء") and doc.form(before) != "-":
            return True
        form = doc.form(before)
        if form in ("ب", "ل", "مع") and (doc.glued(spec.start) or form == "مع"):
            return doc.has(before - 1, "مقارنه", "بالمقارنه", "قياسا") or form == "ل"
        if form == "و" or (form == "،"):
            earlier = self.year_at(before - 1)
            return earlier is not None and before - 1 in self.years
        return False

    def find(self) -> list[Mention]:
        doc = self.doc
        found: list[Mention] = []
        self.years: set[int] = set()
        floor = 0
        index = 0
        while index < len(doc):
            word = doc.words[index]
            if not (word.is_number or word.heads or word.numeral is not None):
                index += 1
                continue
            spec = self.spec(index, floor)
            mention = self.finish(spec, floor) if spec is not None else None
            if mention is None:
                mention = self.relative(index)
            if mention is None:
                index += 1
                continue
            if spec is not None and spec.year is not None:
                self.years.update(range(spec.start, spec.end))
            found.append(mention)
            floor = index = max(mention.last, index + 1)
        return found

    # -- relative ----------------------------------------------------------------------------------------------

    def relative(self, index: int) -> Mention | None:
        """`اليوم`, `أمس`, `السنة الجارية`, `الشهر الماضي`, a weekday: what dates quantities without a number."""
        doc = self.doc
        hit = doc.hit_at(index, "date_relative")
        if hit is None:
            weekday = doc.hit_at(index, "weekday")
            if weekday is None:
                return None
            return self.weekday(weekday.start, weekday.end, int(weekday.entry.name))
        name = hit.entry.name
        end = hit.end
        following = doc.hit_at(end, "weekday")
        if following is not None and name in ("today", "yesterday", "tomorrow"):
            end = following.end
        published = self.published
        if name in ("today", "yesterday", "tomorrow"):
            day = None
            if published is not None:
                day = published + timedelta(days={"today": 0, "yesterday": -1, "tomorrow": 1}[name])
                if following is not None and day.weekday() != int(following.entry.name):
                    back = (published.weekday() - int(following.entry.name)) % 7
                    day = published - timedelta(days=back)
            return self.mention(hit.start, end, day, day, "on", "day", f"date.{name}", relative=True)
        if published is None:
            return self.mention(hit.start, end, None, None, "during", "year", f"date.{name}", relative=True)
        unit, shift = name.split("_")
        step = {"this": 0, "last": -1, "next": 1}[shift]
        if unit == "year":
            first, last = date(published.year + step, 1, 1), date(published.year + step, 12, 31)
        else:
            year, month = _add_months(published.year, published.month, step)
            first, last = date(year, month, 1), date(year, month, _last_day(year, month))
        edge = doc.hit_before(hit.start, "date_edge")
        start = hit.start
        relation, _ = self.relation(edge.start if edge is not None else start, 0)
        if edge is not None:
            start = edge.start
            first, last = (last, last) if edge.entry.name == "end" else (first, first)
        if relation == "since":
            return self.mention(start, end, first, None, "since", unit, f"date.{name}", relative=True)
        if relation == "by":
            return self.mention(start, end, None, last, "by", unit, f"date.{name}", relative=True)
        return self.mention(
            start,
            end,
            first,
            last,
            "as_of" if edge is not None else "during",
            unit,
            f"date.{name}",
            relative=True,
        )

    def weekday(self, start: int, end: int, weekday: int) -> Mention:
        day = None
        if self.published is not None:
            day = self.published - timedelta(days=(self.published.weekday() - weekday) % 7)
        return self.mention(start, end, day, day, "on", "day", "date.weekday", relative=True)


_HOMOGRAPHS = frozenset({"اب", "ايار", "ماي", "اوت", "مارس", "جوان", "تموز", "اذار", "شباط"})
_FUTURE = re.compile(r"[وف]?س[يتن][ا-ي]{3,}")


def find_dates(doc: Document) -> list[Mention]:
    """Every date expression of the text, in order; relative ones (`relative=True`) date quantities and are no claims."""
    return _Finder(doc).find()
