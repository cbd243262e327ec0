"""Date expressions: days, months, years, parts of a year and spans, with the relation their preposition states.

Moroccan month names come first, numeric dates are day first. A day and month without a year take it from the
article's date: the nearest such day not after it, or the next one where the words look ahead.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from rules.date_parts import DatePart, PartReader, add_months, last_day_of
from rules.document import Document
from rules.mentions import Mention

_LONG_AHEAD = 200  # days: a past reading older than this gives way where the words look ahead


class _Finder:
    """Finds the date expressions of one document."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.published = doc.published
        self.reader = PartReader(doc)

    # -- resolving ---------------------------------------------------------------------------------------------

    def resolve_year(self, spec: DatePart, *, ahead: bool) -> int | None:
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
        moment = date(year, spec.month, min(day, last_day_of(year, spec.month)))
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

    def bounds(self, spec: DatePart, *, ahead: bool) -> tuple[date, date] | None:
        year = self.resolve_year(spec, ahead=ahead)
        if year is None:
            return None
        if spec.month is None:
            first, last = date(year, 1, 1), date(year, 12, 31)
        elif spec.day is not None:
            if spec.day > last_day_of(year, spec.month) or (spec.last_day or 1) > last_day_of(
                year, spec.month
            ):
                return None
            first = date(year, spec.month, spec.day)
            last = date(year, spec.month, spec.last_day or spec.day)
        else:
            first = date(year, spec.month, 1)
            end_year, end_month = add_months(year, spec.month, spec.months - 1)
            last = date(end_year, end_month, last_day_of(end_year, end_month))
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
        place: tuple[int, int],
        days: tuple[date | None, date | None],
        relation: str,
        precision: str,
        *,
        rule: str,
        relative: bool,
    ) -> Mention:
        start, end = place
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
            when_start=days[0],
            when_end=days[1],
            when_relation=relation,
            precision=precision,
            relative=relative,
            rules=[rule],
        )

    def second(self, spec: DatePart) -> tuple[DatePart, str] | None:
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
        if (
            form == "-"
            and spec.month is None
            and self.reader.year_at(place + 1) is not None
            and doc.glued(place)
        ):
            other = self.reader.year(place + 1, place + 1)
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

    def reach(self, index: int, joint: str) -> tuple[DatePart, str] | None:
        """The expression whose anchor stands within a few tokens from `index`."""
        for place in range(index, min(index + 6, len(self.doc))):
            other = self.reader.read(place, index)
            if other is not None:
                if other.start > index + 2:
                    return None
                return replace(other, named_year=True), joint
            if self.doc.form(place) in "،.\n":
                return None
        return None

    def finish(self, spec: DatePart, floor: int) -> Mention | None:
        doc = self.doc
        relation, opened = self.relation(spec.start, floor)
        if self.in_name(spec):
            return self.mention(
                (spec.start, spec.end), (None, None), "on", spec.precision, rule="date.name", relative=True
            )
        if relation == "as_of" and doc.form(opened) in ("الي", "ل") and spec.month is None:
            relation = None
        if (
            relation is None
            and doc.form(spec.start - 1) == "من"
            and doc.has(spec.end, "دابا", "اليوم", "الان")
        ):
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
                        (start, other.end),
                        (begin[0], end[1]),
                        "between",
                        "span",
                        rule="date.span",
                        relative=False,
                    )
        if spec.month is None and not self.year_counts(spec, floor):
            return None
        found = self.bounds(spec, ahead=ahead)
        if found is None:
            return self.mention(
                (spec.start, spec.end),
                (None, None),
                "on",
                spec.precision,
                rule="date.unresolved",
                relative=True,
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
                (spec.start, spec.end),
                (first, last),
                "between" if between else "during",
                "span",
                rule="date.days",
                relative=False,
            )
        relation = self.settle(spec, relation, last)
        begins: date | None = first
        ends: date | None = last
        if relation == "since":
            begins, ends = first, None
        elif relation == "by":
            begins, ends = None, last
        elif relation == "as_of" and spec.edge is None:
            begins, ends = last, last
        precision = spec.precision
        return self.mention(
            (spec.start, spec.end),
            (begins, ends),
            relation,
            precision,
            rule=f"date.{precision}",
            relative=not spec.digits,
        )

    def in_name(self, spec: DatePart) -> bool:
        """A day in a name (`شارع 2 مارس`, `خطاب 20 غشت`), which no year follows."""
        if spec.day is None or spec.year is not None:
            return False
        hit = self.doc.hit_before(spec.start, "date_name")
        return hit is not None and hit.entry.name == "day"

    def dashed(self, spec: DatePart) -> bool:
        return any(self.doc.form(place) in ("-", "الي") for place in range(spec.start, spec.end))

    def settle(self, spec: DatePart, relation: str | None, last: date) -> str:
        """The relation of a single expression, from its preposition, its edge and the article's date."""
        if (
            relation == "as_of"
            and self.doc.form(spec.start - 1) == "الي"
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

    def year_counts(self, spec: DatePart, floor: int) -> bool:
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
        if form in ("و", "،"):
            earlier = self.reader.year_at(before - 1)
            return earlier is not None and before - 1 in self.years
        return False

    def anchors(self) -> list[int]:
        """The tokens that a date expression can hang on: numerals, months, quarters, weekdays, relative words."""
        places = set(self.doc.numerals)
        for hit in self.doc.grouped(("month", "date_part", "date_relative", "weekday")):
            places.add(hit.start)
        for hit in self.doc.group("unit"):
            if hit.entry.name == "month":
                places.add(hit.start)
        return sorted(places)

    def find(self) -> list[Mention]:
        doc = self.doc
        found: list[Mention] = []
        self.years: set[int] = set()
        floor = 0
        for index in self.anchors():
            if index < floor:
                continue
            spec = self.reader.read(index, floor)
            mention = self.finish(spec, floor) if spec is not None else None
            if mention is None:
                mention = self.relative(index)
            if mention is None:
                continue
            if spec is not None and spec.year is not None:
                self.years.update(range(spec.start, spec.end))
            found.append(mention)
            floor = max(mention.last, index + 1)
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
            relation, _ = self.relation(hit.start, 0)
            settled = "as_of" if relation == "as_of" else "on"
            return self.mention(
                (hit.start, end), (day, day), settled, "day", rule=f"date.{name}", relative=True
            )
        if published is None:
            return self.mention(
                (hit.start, end), (None, None), "during", "year", rule=f"date.{name}", relative=True
            )
        unit, shift = name.split("_")
        step = {"this": 0, "last": -1, "next": 1}[shift]
        if unit == "year":
            first, last = date(published.year + step, 1, 1), date(published.year + step, 12, 31)
        else:
            year, month = add_months(published.year, published.month, step)
            first, last = date(year, month, 1), date(year, month, last_day_of(year, month))
        edge = doc.hit_before(hit.start, "date_edge")
        start = hit.start
        relation, _ = self.relation(edge.start if edge is not None else start, 0)
        if edge is not None:
            start = edge.start
            first, last = (last, last) if edge.entry.name == "end" else (first, first)
        if relation == "since":
            return self.mention(
                (start, end), (first, None), "since", unit, rule=f"date.{name}", relative=True
            )
        if relation == "by":
            return self.mention((start, end), (None, last), "by", unit, rule=f"date.{name}", relative=True)
        return self.mention(
            (start, end),
            (first, last),
            "as_of" if edge is not None else "during",
            unit,
            rule=f"date.{name}",
            relative=True,
        )

    def weekday(self, start: int, end: int, weekday: int) -> Mention:
        day = None
        if self.published is not None:
            day = self.published - timedelta(days=(self.published.weekday() - weekday) % 7)
        return self.mention((start, end), (day, day), "on", "day", rule="date.weekday", relative=True)


_FUTURE = re.compile(r"[وف]?س[يتن][ا-ي]{3,}")


def find_dates(doc: Document) -> list[Mention]:
    """Every date expression of the text, in order; relative ones (`relative=True`) date quantities and are no claims."""
    return _Finder(doc).find()
