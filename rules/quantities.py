"""Quantities: numbers with what they count, joined into ranges and pairs, less what only looks like one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rules.candidates import Candidate, candidate
from rules.document import Document
from rules.mentions import Mention
from rules.numerals import read_number
from rules.ranges import join
from rules.traps import skipped_to
from rules.units import kind_and_unit


def _candidates(doc: Document, taken: bytearray) -> list[Candidate]:
    """The numbers that count something, in order; tokens marked in `taken` belong to dates."""
    found: list[Candidate] = []
    done = 0
    for index in doc.numerals:
        if index < done or taken[index]:
            continue
        number = read_number(doc, index)
        if number is None or any(taken[index : number.end]):
            continue
        made = candidate(doc, number, done)
        skipped = skipped_to(doc, made, found[-1] if found else None)
        if skipped is None:
            found.append(made)
            done = made.last
        else:
            done = max(skipped, number.end)
    return found


def _mention(doc: Document, one: Candidate, earlier: Sequence[Mention]) -> Mention:
    unit, kind = kind_and_unit(doc, one, earlier)
    start, end = doc.span(one.first, one.last)
    word = doc.words[one.first]
    if one.first == one.number.start and word.numeral_at:
        start += doc.letters(one.first, word.numeral_at)
    elif one.first != one.number.start and word.is_word:
        start += _prefix(doc, one.first)
    return Mention(
        first=one.first,
        last=one.last,
        kind=kind,
        start=start,
        end=end,
        value=_tidy(one.value),
        value_high=None if one.high is None else _tidy(one.high),
        unit=unit,
        qualifier="range" if one.high is not None else None,
        rules=one.rules,
    )


def _prefix(doc: Document, index: int) -> int:
    """The prefixed letters of a definite noun (`وبالجهات الـ12`), which are outside the span."""
    form = doc.form(index)
    article = form.find("ال", 0, 4)
    if article > 0 and all(letter in "وفبلك" for letter in form[:article]):
        return doc.letters(index, article)
    return doc.letters(index, 1) if doc.words[index].conjunction else 0


def _tidy(value: float) -> float:
    """Floats that came out of decimal writing: 4.28 million is 4280000, not 4280000.000000001."""
    return float(f"{value:.12g}")


def find_quantities(doc: Document, dates: Iterable[Mention]) -> list[Mention]:
    """Every quantity of the text, in order, with kind, value, unit and, for ranges, its qualifier.

    A pair `من A إلى B` under a verb of change has its `change`. `dates` are the date expressions: what
    they hold counts nothing.
    """
    taken = bytearray(len(doc) + 1)
    for date in dates:
        taken[date.first : date.last] = b"\x01" * (date.last - date.first)
    made: list[Mention] = []
    opened = False
    for one, opens in join(doc, _candidates(doc, taken), taken):
        mention = _mention(doc, one, made)
        if opens or opened:
            mention.change = "from" if opens else "to"
        opened = opens
        made.append(mention)
    return made
