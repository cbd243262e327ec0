"""Date expressions: days, months, years, parts of a year and spans, with the relation their preposition states.

Moroccan month names come first, numeric dates are day first. What a text states is read in `date_days`, `date_months`,
`date_periods` and `date_parts`; `date_calendar` makes days of it, `date_relations` and `date_spans` read what stands
around it; dates without a number are read in `relative_dates`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from rules.date_calendar import bounds, looks_ahead, looks_back
from rules.date_days import day_of_month, hijri, numeric
from rules.date_months import either_day, month_part, numbered_month
from rules.date_names import counted_noun, day_in_name, year_in_name
from rules.date_parts import DatePart, DateText, year_at, year_part
from rules.date_periods import period
from rules.date_relations import Preposition, from_alone, governed, governing_verb, preposition, settled
from rules.date_spans import paired_year, second
from rules.document import Document
from rules.mentions import Mention
from rules.relative_dates import Relative, relative_date

_GROUPS = (
    "month",
    "date_word",
    "date_edge",
    "date_part",
    "date_months",
    "date_day",
    "date_relative",
    "date_same",
    "weekday",
)
"""What an expression can begin with."""
_PERIODS = frozenset({"month", "quarter", "half", "span"})
_COUNTED = 3
"""Tokens of a numeral before the months that it counts."""
_LED = 7
"""Tokens between a weekday and the month that its date ends with: `الثلاثاء 22 ويوم الخميس 24 شتنبر`."""
_YEAR_DIGITS, _DAY_DIGITS = 4, 2
_SEASONS = ("صيف", "ربيع", "خريف", "شتاء")
_COMPARED = ("مقارنه", "بالمقارنه", "قياسا")


class _Finder:
    """Finds the date expressions of one document."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.published = doc.published
        self.text = DateText(doc)
        self.last: Mention | None = None
        self.periods: set[int] = set()
        """Where a part of a year can begin."""
        self.relatives: set[int] = set()
        """Where a relative date can begin."""
        self.years: set[int] = set()
        """Tokens of the expressions that held a year, which `2021 و2022` goes on from."""

    def read(self, index: int, floor: int) -> DatePart | None:
        """The part whose anchor (numeral, month, year) stands at token `index`."""
        doc, text = self.doc, self.text
        found = period(text, index, floor) if index in self.periods else None
        if not doc.words[index].is_number:
            return found or month_part(text, index, floor)
        if found is not None or (found := numeric(doc, index)) is not None:
            return found
        size = len(doc.form(index))
        if size == _YEAR_DIGITS:
            return hijri(doc, index) or year_part(doc, index, floor)
        if size > _DAY_DIGITS:
            return None
        return day_of_month(text, index) or either_day(text, index) or numbered_month(doc, index)

    def find(self) -> list[Mention]:
        """Every date expression, in order."""
        found: list[Mention] = []
        floor = 0
        for index in self.anchors():
            if index < floor:
                continue
            part = self.read(index, floor)
            mention = self.finish(part, floor) if part is not None else None
            if mention is None:
                mention = self.relative(index)
            if mention is None:
                continue
            if part is not None and part.year is not None:
                self.years.update(range(part.start, part.end))
            self.remember(mention)
            self.last = mention
            found.append(mention)
            floor = max(mention.last, index + 1)
        return found

    def anchors(self) -> list[int]:
        """The tokens that a date expression can hang on: numbers, months, quarters, weekdays, relative words."""
        doc = self.doc
        numerals = set(doc.numerals)
        for hit in doc.group("unit"):
            if hit.entry.name == "month":
                before = numerals.intersection(range(hit.start - _COUNTED, hit.start))
                self.text.counted.update(before, (hit.start,))
        self.periods = self.text.counted | doc.beginnings("date_part", "date_months", "date_same")
        self.relatives = doc.beginnings("date_relative", "date_bare", "weekday")
        digits = {index for index in numerals if doc.words[index].is_number}
        return sorted(digits | self.periods | self.relatives | doc.beginnings("month"))

    def remember(self, mention: Mention) -> None:
        """Keep what later expressions lean on: `السنة نفسها`, `19 منه`, `الفترة نفسها`."""
        day = mention.when_start or mention.when_end
        if day is None or "date.weekday" in mention.rules:
            return
        text = self.text
        text.year = (mention.when_end or day).year
        if mention.precision in ("day", "month") or (mention.precision == "span" and mention.when_end):
            last = mention.when_end or day
            text.month = (last.year, last.month)
        first, end = mention.when_start, mention.when_end
        if mention.precision in _PERIODS and first and end and first < end and first.year == end.year:
            text.period, text.precision = (first, end), mention.precision or "span"

    # -- one expression ----------------------------------------------------------------------------------------

    def finish(self, part: DatePart, floor: int) -> Mention | None:
        """The mention of `part` and what stands around it; None where it is no date."""
        doc = self.doc
        before = preposition(doc, part.start, floor)
        if day_in_name(doc, part):
            return self.mention((part.start, part.end), (None, None), "on", part.precision, "date.name")
        relation = governed(doc, before, part)
        if relation is None and from_alone(doc, part):
            relation = "since"
        part = self.shared_year(part)
        ahead = past = False
        if part.year is None:
            ahead = relation in ("by", "as_of") or part.suffix == "next"
            ahead = ahead or looks_ahead(self.text, part.start, part.end)
            past = looks_back(doc, part.start)
        span = self.span(part, before, ahead=ahead, past=past)
        if span is not None:
            return span
        named = part.month is None and part.days is None and not self.year_counts(part, before, floor)
        if named and not year_in_name(doc, part):
            return None
        found = bounds(part, self.published, ahead=ahead, past=past)
        if found is None:
            return self.mention((part.start, part.end), (None, None), "on", part.precision, "date.unresolved")
        if named:
            return self.mention((part.start, part.end), found, "during", part.precision, "date.name")
        return self.single(part, before, relation, found)

    def shared_year(self, part: DatePart) -> DatePart:
        """`3 يناير و5 فبراير 2024`: a day takes the year of the one that a joint ties to it."""
        doc, place = self.doc, part.end
        joined = doc.form(place) in ("و", "او", "،") or (place < len(doc) and doc.words[place].conjunction)
        if part.year is not None or part.day is None or part.month is None or part.suffix or not joined:
            return part
        for anchor in range(place, min(place + _LED, len(doc))):
            other = self.read(anchor, place)
            if other is not None:
                tied = other.start <= place + 2 and other.day is not None and other.year is not None
                return replace(part, year=other.year) if tied else part
        return part

    def single(
        self, part: DatePart, before: Preposition, relation: str | None, found: tuple[date, date]
    ) -> Mention:
        """The mention of an expression that is no span of two."""
        doc = self.doc
        first, last = found
        if part.last_day is not None:
            dashed = any(doc.form(place) in ("-", "الي") for place in range(part.start, part.end))
            tied = dashed or relation == "since" or doc.has(before.start - 1, "بين", "من")
            relation = "between" if tied else "during"
            return self.mention((part.start, part.end), found, relation, "span", "date.days", claimed=True)
        if part.edge == "middle" and not part.digits:
            return self.mention((part.start, part.end), (None, None), "during", part.precision, "date.middle")
        rule = "date.middle" if part.edge == "middle" else f"date.{part.precision}"
        relation = settled(doc, part, relation, last)
        begins: date | None = first
        ends: date | None = last
        if relation == "since":
            ends = None
        elif relation == "by":
            begins = None
        elif relation == "as_of" and part.edge is None:
            begins = last
        return self.mention(
            (part.start, part.end),
            (begins, ends),
            relation,
            part.precision,
            rule,
            claimed=part.digits,
        )

    def span(self, part: DatePart, before: Preposition, *, ahead: bool, past: bool) -> Mention | None:
        """The mention of a span that `part` opens; the years of a name are no claim."""
        doc = self.doc
        name = part.month is None and not part.named_year and year_in_name(doc, part)
        other = paired_year(doc, part, loose=name)
        years = other is not None
        if other is None:
            outer = self.text.period, self.text.precision
            self.note_period(part, ahead=ahead, past=past)
            other = second(doc, part, before, self.read)
            self.text.period, self.text.precision = outer
        if other is None:
            return None
        ends = self.ends(part, other, ahead=ahead, past=past)
        if ends is None:
            return None
        start = before.start if doc.has(before.start - 1, "بين") and not years else part.start
        start -= doc.has(start - 1, "بين", "من")
        return self.mention((start, other.end), ends, "between", "span", "date.span", claimed=not name)

    def note_period(self, part: DatePart, *, ahead: bool, past: bool) -> None:
        """`بين الفصل الثاني من 2019 والفترة نفسها من 2020`: the first end is the period that the second repeats."""
        found = bounds(part, self.published, ahead=ahead, past=past)
        self.text.month = (found[0].year, found[0].month) if found and part.month else self.text.month
        self.text.year = found[1].year if found else self.text.year
        if found is not None and part.precision in _PERIODS and found[0] < found[1]:
            self.text.period, self.text.precision = found, part.precision

    def ends(self, part: DatePart, other: DatePart, *, ahead: bool, past: bool) -> tuple[date, date] | None:
        """First and last day of a span; the end without a year takes that of the other, or the one after it."""
        lent = other.year is None and part.year is not None and other.month is not None
        if other.year is None and part.year is not None:
            other = replace(other, year=part.year)
        end = bounds(other, self.published, ahead=ahead, past=past)
        if end is None:
            return None
        begin = bounds(part, self.published, ahead=ahead, past=past)
        if lent and other.year is not None and begin is not None and begin[0] > end[1]:
            # `من فاتح شتنبر 2019 إلى متم غشت المنصرم`
            other = replace(other, year=other.year + 1)
            end = bounds(other, self.published, ahead=ahead, past=past) or end
        if part.year is None and part.days is None:
            part = replace(part, year=end[1].year)
            begin = bounds(part, self.published, ahead=ahead, past=past)
            if begin is not None and begin[0] > end[1]:
                part = replace(part, year=end[1].year - 1)
        if part.year is not None and other.year is not None and other.year < part.year:
            part = replace(part, year=other.year)
        begin = bounds(part, self.published, ahead=ahead, past=past)
        return (begin[0], end[1]) if begin is not None and begin[0] <= end[1] else None

    def year_counts(self, part: DatePart, before: Preposition, floor: int) -> bool:
        """Whether a bare year is a date here: after a word for year or a preposition of time, and not in a name."""
        if part.named_year:
            return True
        doc = self.doc
        place = part.start - 1
        if place < floor or counted_noun(doc, part):
            return False
        if doc.hit_before(part.start, "date_relation") is not None:
            return not before.plain or governing_verb(doc, before) is not None
        if doc.hit_before(part.start, "qualifier") is not None:
            return False
        form = doc.form(place)
        if form == "من" or doc.has(place, *_SEASONS, _COMPARED[0]):
            return True
        if form in ("ب", "ل", "ف", "مع") and (doc.glued(part.start) or form == "مع"):
            return form in ("ل", "ف") or doc.has(place - 1, *_COMPARED)
        return form in ("و", "،") and year_at(doc, place - 1) is not None and place - 1 in self.years

    # -- relative ----------------------------------------------------------------------------------------------

    def relative(self, index: int) -> Mention | None:
        """The relative date at `index`, unless a date with a number begins with it."""
        found = relative_date(self.doc, index) if index in self.relatives else None
        if found is None or self.leads(index, found) or self.closes(index):
            return None
        days = found.first, found.last
        return self.mention((found.start, found.end), days, found.relation, found.precision, found.rule)

    def leads(self, index: int, found: Relative) -> bool:
        """Whether what begins at `index` belongs to the number behind it: `الاثنين 3 ماي`, `السنة الماضية 2019`."""
        doc = self.doc
        place = found.end + (doc.form(found.end) in ("(", "،"))
        if place >= len(doc) or not (
            doc.words[place].is_number
            or doc.hit_at(place, "date_day") is not None
            or (found.rule != "date.weekday" and doc.hit_at(place, "weekday") is not None)
        ):
            return False
        for anchor in range(place, min(place + _LED, len(doc))):
            part = self.read(anchor, index)
            if part is not None:
                if part.day is None:
                    return part.start < found.end and part.year is not None
                return part.start < found.end + (found.precision == "day")
        return False

    def closes(self, index: int) -> bool:
        """Whether `إلى اليوم` closes a span that a date before it opened: `منذ دجنبر 2023 إلى اليوم`."""
        before = preposition(self.doc, index, 0)
        last = self.last
        return (
            last is not None
            and last.when_relation == "since"
            and before.relation == "as_of"
            and before.start == last.last
        )

    # -- putting together --------------------------------------------------------------------------------------

    def mention(
        self,
        place: tuple[int, int],
        days: tuple[date | None, date | None],
        relation: str,
        precision: str,
        rule: str,
        *,
        claimed: bool = False,
    ) -> Mention:
        """The mention of tokens `place`; one that is not claimed only dates quantities."""
        start, end = place
        if self.doc.form(end) == ")" and any(self.doc.form(token) == "(" for token in range(start, end)):
            end += 1
        begin, finish = self.doc.span(start, end)
        return Mention(
            first=start,
            last=end,
            kind="date",
            start=begin + self.conjoined(start),
            end=finish,
            when_start=days[0],
            when_end=days[1],
            when_relation=relation,
            precision=precision,
            relative=not claimed,
            rules=[rule],
        )

    def conjoined(self, index: int) -> bool:
        """Whether the first letter of token `index` is a conjunction and not the word's own (`فبراير`, `فاتح`)."""
        doc = self.doc
        if not (doc.words[index].is_word and doc.words[index].conjunction):
            return False
        hits = (doc.hit_at(index, group) for group in _GROUPS)
        return not any(hit is not None and hit.bare for hit in hits) and doc.form(index) != "في"


def find_dates(doc: Document) -> list[Mention]:
    """Every date expression of the text, in order; relative ones (`relative=True`) date quantities and are no claims."""
    return _Finder(doc).find()
