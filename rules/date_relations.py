"""The relation that stands at a date: its preposition, what stands behind it, and where the date lies."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from rules.date_parts import DatePart
from rules.document import Document

_REACH = 9
"""Tokens between a verb and the `إلى` that it governs."""


class Preposition(NamedTuple):
    """What stands before a date."""

    relation: str | None
    """None where it states none."""
    start: int
    """Where it begins; without one, where the words for day and weekday before the date begin."""
    plain: bool
    """`إلى` alone, whose sense its verb decides."""


def preposition(doc: Document, index: int, floor: int) -> Preposition:
    """The preposition before the date at token `index`, over words for day, month, year and weekday."""
    place = index
    for _ in range(4):
        hit = doc.hit_before(place, "date_relation")
        if hit is not None and hit.start >= floor:
            plain = hit.end - hit.start == 1 and doc.has(hit.start, "الي")
            return Preposition(hit.entry.name, hit.start, plain)
        word = doc.hit_before(place, "date_word") or doc.hit_before(place, "weekday")
        if word is None:
            relative = doc.hit_before(place, "date_relative")
            word = relative if relative is not None and "_" not in relative.entry.name else None
        if word is not None and word.start >= floor:
            place = word.start
        elif doc.form(place - 1) in ("(", "،") and place - 1 > floor and doc.hit_before(place - 1, "weekday"):
            place -= 1
        else:
            break
    return Preposition(None, place, False)


def governed(doc: Document, found: Preposition, part: DatePart) -> str | None:
    """The relation, with what the verb before a plain `إلى` makes of it.

    `يعود إلى` and `تأجل إلى` give the time itself, `تمديد إلى` a limit. Without such a verb a day or a month behind
    `إلى` is a limit, a year (`بالنسبة إلى سنة 2019`) is not.
    """
    if not found.plain:
        return found.relation
    verb = governing_verb(doc, found)
    if verb is not None:
        return found.relation if verb == "extend" else None
    return found.relation if part.month is not None else None


def governing_verb(doc: Document, found: Preposition) -> str | None:
    """What the verb before `إلى` does with the date: `origin`, `move` or `extend`."""
    first, _ = doc.sentence(found.start)
    verbs = doc.hits_in(max(first, found.start - _REACH), found.start, "date_verb")
    return verbs[-1].entry.name if verbs else None


def from_alone(doc: Document, part: DatePart) -> bool:
    """`من فاتح غشت`, `من 2019 لدابا` without an end: since. Behind an ordinal or a part من says of what it is one."""
    if doc.form(part.start - 1) != "من":
        return False
    if doc.has(part.end, "دابا", "اليوم", "الان", "فصاعدا"):
        return True
    whole = doc.words[part.start - 2] if part.start > 1 else None
    if part.month is None or whole is None or not whole.is_word or whole.numeral is not None:
        return False
    return (
        not any(stem.startswith("ال") for stem in whole.stems)
        and doc.hit_before(part.start - 1, "date_word") is None
    )


def settled(doc: Document, part: DatePart, relation: str | None, last: date) -> str:
    """The relation of a single expression, from its preposition, its edge, what follows and the article's day."""
    if relation in (None, "during") and doc.hit_at(part.end, "date_limit") is not None:
        return "by"
    if relation in ("since", "by"):
        return relation
    if relation == "as_of":
        return "by" if doc.published is not None and last > doc.published else "as_of"
    if part.edge in ("end", "start"):
        return "as_of"
    return "on" if part.precision == "day" else "during"
