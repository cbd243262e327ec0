"""Dates without a number of their own: `اليوم`, `أمس`, `السنة الجارية`, `الشهر الماضي`, a weekday.

They date quantities and are no claims.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from rules.date_parts import add_months, last_day_of, name_at, shift_of
from rules.date_relations import governing_verb, preposition
from rules.document import Document, Hit

_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}


class Relative(NamedTuple):
    """A relative date: tokens `[start, end)` and what it stands for."""

    start: int
    end: int
    first: date | None
    last: date | None
    relation: str
    precision: str
    rule: str


def relative_date(doc: Document, index: int) -> Relative | None:
    """The relative date that token `index` begins."""
    hit = doc.hit_at(index, "date_relative")
    if hit is not None and not _names_a_day(doc, hit):
        return _day(doc, hit) if hit.entry.name in _DAYS else _period(doc, hit)
    bare = doc.hit_at(index, "date_bare")
    if bare is not None:
        return _period(doc, bare) if _has_edge_alone(doc, bare) else None
    weekday = doc.hit_at(index, "weekday")
    if weekday is None:
        return None
    return _weekday(doc, weekday)


def _weekday(doc: Document, hit: Hit) -> Relative:
    """The last such day, the article's own included; with `الماضي` the one before it, with `المقبل` the next."""
    suffix = name_at(doc, hit.end, "date_suffix")
    end = hit.end + (suffix in ("last", "next"))
    day = None
    if doc.published is not None:
        back = (doc.published.weekday() - int(hit.entry.name)) % 7
        if suffix == "next":
            back -= 7
        elif suffix == "last" and back == 0:
            back = 7
        day = doc.published - timedelta(days=back)
    return Relative(hit.start, end, day, day, "on", "day", "date.weekday")


def _names_a_day(doc: Document, hit: Hit) -> bool:
    """`في اليوم` is a rate, `اليوم العالمي` and `اليوم الموالي` are other days: none is the day of the article."""
    if hit.entry.name != "today" or doc.form(hit.start).endswith("يومه"):
        return False
    if doc.hit_at(hit.end, "date_other_day") is not None:
        return True
    return hit.end - hit.start == 1 and doc.form(hit.start - 1) in ("في", "ف")


def _has_edge_alone(doc: Document, hit: Hit) -> bool:
    """`نهاية السنة`, `بداية الشهر`: the edge of the article's own, where nothing says which (`نهاية السنة الدراسية`)."""
    if doc.hit_before(hit.start, "date_edge") is None or hit.end >= len(doc):
        return doc.hit_before(hit.start, "date_edge") is not None
    follower = doc.words[hit.end]
    return not (follower.is_number or follower.form[:2] in ("ال", "لل") or doc.hit_at(hit.end, "date_suffix"))


def _day(doc: Document, hit: Hit) -> Relative:
    published = doc.published
    name = hit.entry.name
    following = doc.hit_at(hit.end, "weekday")
    end = following.end if following is not None else hit.end
    day = None
    if published is not None:
        day = published + timedelta(days=_DAYS[name])
        if following is not None and day.weekday() != int(following.entry.name):
            day = published - timedelta(days=(published.weekday() - int(following.entry.name)) % 7)
    relation = "as_of" if preposition(doc, hit.start, 0).relation == "as_of" else "on"
    return Relative(hit.start, end, day, day, relation, "day", f"date.{name}")


def _period(doc: Document, hit: Hit) -> Relative:
    """The month or year, or its edge, that lies `shift` from the article's."""
    name = hit.entry.name
    published = doc.published
    rule = f"date.{name}"
    if published is None:
        return Relative(hit.start, hit.end, None, None, "during", "year", rule)
    unit, step = name.partition("_")[0], shift_of(name)
    if unit == "year":
        first, last = date(published.year + step, 1, 1), date(published.year + step, 12, 31)
    else:
        year, month = add_months(published.year, published.month, step)
        first, last = date(year, month, 1), date(year, month, last_day_of(year, month))
    edge = doc.hit_before(hit.start, "date_edge")
    start = edge.start if edge is not None else hit.start
    before = preposition(doc, start, 0)
    relation = before.relation
    if relation == "as_of" and before.plain and edge is None and governing_verb(doc, before) != "extend":
        relation = None
    if edge is not None:
        if edge.entry.name == "middle":
            return Relative(start, hit.end, None, None, "during", unit, rule)
        first, last = (last, last) if edge.entry.name == "end" else (first, first)
    if relation == "since":
        return Relative(start, hit.end, first, None, "since", unit, rule)
    if relation == "by":
        return Relative(start, hit.end, None, last, "by", unit, rule)
    if relation == "as_of":
        return _until(Relative(start, hit.end, last, last, "as_of", unit, rule), published)
    return Relative(start, hit.end, first, last, "as_of" if edge is not None else "during", unit, rule)


def _until(found: Relative, published: date) -> Relative:
    """`إلى غاية نهاية السنة`: a limit that lies ahead of the article is one to reach."""
    ahead = found.last is not None and found.last > published
    return found._replace(first=None, relation="by") if ahead else found
