"""What looks like a quantity and is none: references, ranks, names, scores, clock times, phone numbers, years."""

from __future__ import annotations

import re

from rules.bare import shared, skips_bare
from rules.candidates import Candidate, definite, noun_at
from rules.document import Document, Hit

_ORDINAL = re.compile(r"[وبفل]?(?:ال|ل)(?:حادي|ثاني|ثالث|رابع|خامس|سادس|سابع|ثامن|تاسع)ه?")
_YEAR = re.compile(r"(?:19|20)\d\d")
# `ألف ثلاثة كتب`: he wrote them. A thousand goes on with و.
_WROTE = frozenset({"الف", "والف"})
# What a number that shares the unit of the next may follow; a year follows a word for time.
_OPENINGS = frozenset({"بين", "مابين", "من", "ومن", "الي", "او", "ب", "ل", "و", "وبين"})
# Years of the news; a noun that nobody knows behind one is more often a verb (`2020 شهد`).
_NEAR_YEAR = re.compile(r"20(?:0[5-9]|[12]\d|30)")


def skipped_to(doc: Document, made: Candidate, last: Candidate | None) -> int | None:
    """The token to go on from where the number is no quantity; None where it is one.

    `last` is the quantity before it, if any.
    """
    number = made.number
    start, end = number.start, number.end
    word = doc.words[start]
    plain = number.digits and number.scale == 1.0
    before = doc.form(start - 1)
    if made.kind == "percent":
        return None
    if plain and number.value <= 24 and doc.hit_at(end, "clock") is not None:
        return end + 1
    if doc.hit_before(end, "numbered_name") is not None:
        return end
    name = doc.hit_at(start, "spoken_name")
    if name is not None:
        return max(name.end, end)
    if end < len(doc) and not number.digits and number.scale == 1.0:
        part = doc.words[end].numeral
        if part is not None and part.values["class"] == "fraction" and not doc.words[end].conjunction:
            return end + 1  # ثلاثة أخماس السكان
    if word.form in _WROTE and end == start + 1 and end < len(doc):
        behind = doc.words[end]
        if behind.numeral is not None and not behind.conjunction:
            return end
    if not number.digits and end == start + 1:
        entry = word.numeral
        unit_word = entry is not None and entry.values["class"] == "unit"
        if number.value <= 1 and number.scale == 1.0:
            return end
        if word.numeral_article and word.form.endswith("اثنين"):
            return end
        if (
            unit_word
            and not word.numeral_article
            and not made.noun
            and doc.form(end).startswith("ال")
            and word.form[-1] != "ه"
        ):
            return end  # خمس السكان: a fifth
    if plain:
        if doc.form(end) == ":" and doc.words[end + 1].is_number if end + 1 < len(doc) else False:
            return end + 2
        if before == ":" and start >= 2 and doc.words[start - 2].is_number and doc.glued(start):
            return end
        form = word.form
        if form[0] == "0" and form.isdigit() and len(form) > 1 and (len(form) > 2 or not made.noun):
            return _past_digits(doc, end)
        if form.isdigit() and len(form) >= 8 and not made.noun:
            return end
    if _trapped(doc, made):
        return _past_reference(doc, end)
    if plain:
        score = _score(doc, made)
        if score is not None:
            return score
        if _law_number(doc, made):
            return end
    if plain and made.unit is None and _names_year(doc, made):
        return end
    if (
        plain
        and doc.words[start - 1].is_word
        and start > 0
        and before.isascii()
        and made.unit is None
        and not doc.hit_before(start, "unit")
    ):
        return end  # iPhone 12
    if plain and made.unit is None and _numbering(doc, made):
        return end
    if plain and made.unit is None:
        pair = _reference_pair(doc, made)
        if pair is not None:
            return pair
    if made.unit is None and not made.noun:
        return skips_bare(doc, made, last)
    return None


def _names_year(doc: Document, made: Candidate) -> bool:
    """A bare year, and one before a word that is no counted noun by its shape."""
    form = doc.form(made.number.start)
    bound = doc.hit_before(made.number.start, "qualifier")
    if bound is not None and bound.entry.name in ("more_than", "less_than", "at_least", "at_most"):
        return False
    if not made.noun:
        opened = doc.form(made.number.start - 1) in _OPENINGS
        return _YEAR.fullmatch(form) is not None and not (opened and shared(doc, made.number.end))
    if "quantity.part_of" in made.rules or _NEAR_YEAR.fullmatch(form) is None:
        return False
    noun = doc.form(made.number.end)
    return not noun.endswith(("ا", "ه", "ات"))


def _past_digits(doc: Document, end: int) -> int:
    while end < len(doc) and (doc.words[end].is_number or doc.form(end) in "-+/"):
        end += 1
    return end


def _past_reference(doc: Document, end: int) -> int:
    """After `القانون رقم 51`: the rest of its number (`-17`, `.22`) and those joined to it (`، 7 و40`, `(2018) و41`)."""
    while end + 1 < len(doc):
        place = _past_bracket(doc, end)
        joint = doc.form(place)
        if (
            joint not in ("-", "/", ".", "و", "،", "الي")
            or not doc.words[min(place + 1, len(doc) - 1)].is_number
        ):
            return end
        if joint in ("،", "الي", "و") and doc.hit_at(place + 2, "unit") is not None:
            return end
        end = place + 2
    return end


def _past_bracket(doc: Document, place: int) -> int:
    """The token after a short bracket that begins at `place`, else `place`."""
    if doc.form(place) == "(":
        for close in range(place + 1, min(place + 6, len(doc))):
            if doc.form(close) == ")":
                return close + 1
    return place


def _score(doc: Document, made: Candidate) -> int | None:
    """`3 - 1`, `(1-1)`: a result, no range; the token after it."""
    end = made.number.end
    if doc.form(end) == "لصفر":
        return end + 1
    if doc.form(end) not in ("-", "/") or end + 1 >= len(doc):
        return None
    if doc.form(end + 1) == "صفر":
        return end + 2
    if not doc.words[end + 1].is_number:
        return None
    other = doc.words[end + 1].form
    if not (other.isdigit() and doc.words[made.number.start].form.isdigit()):
        return None
    after = end + 2
    if _YEAR.fullmatch(other) and _YEAR.fullmatch(doc.form(made.number.start)):
        return after  # موسم 2019 / 2020
    if (
        (doc.hit_at(after, "unit") is not None and not definite(doc.form(after)))
        or noun_at(doc, after)
        or doc.words[min(after, len(doc) - 1)].numeral is not None
    ):
        return None
    return after


def _trap_before(doc: Document, start: int) -> tuple[Hit, int] | None:
    """The trap that stands at the number, `ال`, `رقم`, `ـ`, a bracket or a quotation mark between, and the token after it."""
    place = start
    for _ in range(3):
        hit = doc.hit_before(place, "trap")
        if hit is not None:
            return hit, place
        before = doc.form(place - 1)
        if place == 0 or before not in ("-", "ال", "(", ":", "رقم", '"', "."):
            return None
        if before in (":", "(", ".") and place == start:
            return None
        place -= 1
    hit = doc.hit_before(place, "trap")
    return None if hit is None else (hit, place)


def _trapped(doc: Document, made: Candidate) -> bool:
    start = made.number.start
    if "quantity.definite_noun" in made.rules and made.value < 20:
        return False  # المراتب الخمس الأولى; القرن العشرين is an ordinal
    found = _trap_before(doc, start)
    if found is None:
        return _coordinated_ordinal(doc, made)
    hit, place = found
    name = hit.entry.name
    if doc.hit_at(hit.start, "head") is not None and doc.hit_before(hit.start, "level") is not None:
        return False  # بلغ العدد 300 قفة
    head = doc.words[hit.start]
    part = "quantity.part_of" in made.rules
    if name == "name":
        return (
            made.unit is None
            or part
            or hit.end - hit.start > 1
            or place < start
            or doc.form(start - 1) in ("كوفيد", "كوب", "مرحبا", "مونديال", "covid")
        )
    if name == "day":
        return not made.noun and made.unit is None
    if (made.unit is not None and not part) or made.number.scale > 1:
        # المادة 12 درهما is nonsense, عدد 25 شخصا is not.
        return (
            name == "reference"
            and head.form.startswith("ال")
            and made.kind == "count"
            and doc.form(hit.end - 1) in ("رقم", "عدد")
        )
    return True


def _coordinated_ordinal(doc: Document, made: Candidate) -> bool:
    """`الدقيقة الرابعة والسبعين`: a ten with the article and و goes on with the ordinal before it."""
    word = doc.words[made.number.start]
    if word.form in ("عشر", "عشره") and _ORDINAL.fullmatch(doc.form(made.number.start - 1)):
        return True  # الحادية عشرة صباحا
    if not (word.numeral_article and word.conjunction and made.number.start > 0):
        return False
    entry = word.numeral
    before = doc.words[made.number.start - 1]
    return entry is not None and entry.values["class"] == "tens" and before.numeral is None


def _reference_pair(doc: Document, made: Candidate) -> int | None:
    """`المواد … من 156 إلى 164`: two plain numbers behind a reference, words between; the token after them."""
    start, end = made.number.start, made.number.end
    if doc.form(start - 1) != "من" or doc.form(end) != "الي" or end + 1 >= len(doc):
        return None
    if not doc.words[end + 1].is_number or doc.hit_at(end + 2, "unit") is not None:
        return None
    first, _ = doc.sentence(start)
    for hit in doc.hits_in(max(first, start - 8), start, "trap"):
        if hit.entry.name == "reference" and doc.hit_at(hit.start, "head") is None:
            return end + 2
    return None


def _law_number(doc: Document, made: Candidate) -> bool:
    """`103-13 قانون`: the number of a law written before the word."""
    start, end = made.number.start, made.number.end
    if doc.form(start - 1) == "-" and doc.glued(start):
        return doc.form(end) == "قانون"
    return (
        doc.form(end) == "-"
        and doc.words[min(end + 1, len(doc) - 1)].is_number
        and doc.form(end + 2) == "قانون"
    )


def _numbering(doc: Document, made: Candidate) -> bool:
    """`1 - سجل في …`, `2) …` at the start of a line."""
    start = made.number.start
    end = made.number.end
    at_start = start == 0 or doc.form(start - 1) in ("\n", "(")
    if doc.form(end) == "-" and end + 1 < len(doc) and doc.words[end + 1].is_number:
        return False  # (15-59 سنة)
    return at_start and doc.form(end) in ("-", ")", ".", "/", ":") and made.number.value < 50
