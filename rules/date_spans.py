"""Spans: two dates that one expression ties together (`من A إلى B`, `بين A وB`, `2021-2024`, `منذ A وإلى غاية B`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rules.date_parts import DatePart, year_at, year_part
from rules.date_relations import Preposition
from rules.document import Document

Reader = Callable[[int, int], DatePart | None]
"""Reads the part whose anchor is a token, from a first token that it may take."""
_FAR = 6
"""Tokens between the joint and the anchor of the second date."""


def paired_year(doc: Document, part: DatePart, *, loose: bool) -> DatePart | None:
    """The second year of `2021-2024`; `loose` also with spaces, slashes and two digits, as seasons are written."""
    place = part.end
    joint = doc.form(place)
    if part.month is not None or part.year is None or joint not in ("-", "/"):
        return None
    spaced = not doc.glued(place)
    year = year_at(doc, place + 1)
    if year is None:
        form = doc.form(place + 1)
        if not (loose and form.isdigit() and len(form) == 2 and int(form) == (part.year + 1) % 100):
            return None
        year = part.year + 1
    if year <= part.year:
        if not (loose and year == part.year - 1):
            return None
    elif not loose and (spaced or joint == "/") and not part.named_year:
        return None
    return DatePart(place + 1, place + 2, year=max(year, part.year), digits=True, named_year=True)


def second(doc: Document, part: DatePart, before: Preposition, read: Reader) -> DatePart | None:
    """The other end of a span that `part` opens."""
    place = part.end
    if place >= len(doc) or part.last_day is not None:
        return None
    if doc.form(place) == "،" and doc.hit_at(place + 1, "date_relation") is not None:
        place += 1
    hit = doc.hit_at(place, "date_relation")
    if hit is not None and hit.entry.name == "as_of":
        opened = (
            before.relation == "since"
            or (before.relation == "during" and not doc.words[hit.start].conjunction)
            or doc.has(before.start - 1, "من", "بين")
            or doc.has(part.start - 1, "من")
            or doc.has(before.start, "من")
        )
        if opened or (place == part.end and before.relation is None and _same_sort(doc, part, hit.end, read)):
            return _reach(doc, hit.end, read)
        return None
    between = doc.has(before.start - 1, "بين") or doc.has(part.start - 1, "بين")
    if between and (doc.form(place) == "و" or doc.words[place].conjunction):
        return _reach(doc, place + (doc.form(place) == "و"), read)
    return None


def _same_sort(doc: Document, part: DatePart, index: int, read: Reader) -> bool:
    """`يناير إلى ماي 2024`, `2021 إلى 2024`: two of one kind need no `من`."""
    other = read(index, index) if index < len(doc) else None
    return other is not None and (other.month is None, other.day is None) == (
        part.month is None,
        part.day is None,
    )


def _number(doc: Document, index: int) -> bool:
    """Whether a quantity stands between: `في مارس إلى 520 ملفا نهاية سنة 2024` is no span."""
    return doc.words[index].is_number or doc.words[index].numeral is not None


def _reach(doc: Document, index: int, read: Reader) -> DatePart | None:
    """The expression whose anchor stands within a few tokens from `index`."""
    for place in range(index, min(index + _FAR, len(doc))):
        other = read(place, index) or year_part(doc, place, index)
        if other is not None:
            counted = any(_number(doc, token) for token in range(index, other.start))
            return None if counted or other.start > index + 2 else replace(other, named_year=True)
        if doc.form(place) in "،.\n":
            return None
    return None
