"""What looks like a quantity and is none: references, ranks, names, scores, clock times, phone numbers, years."""

from __future__ import annotations

import re

from rules.candidates import Candidate, noun_at
from rules.document import Document

_YEAR = re.compile(r"(?:19|20)\d\d")
_JOINTS = frozenset({"و", "او", "الي", "-", "حتي", "ل"})


def skipped_to(doc: Document, made: Candidate) -> int | None:
    """The token to go on from where the number is no quantity; None where it is one."""
    number = made.number
    start, end = number.start, number.end
    word = doc.words[start]
    plain = number.digits and number.scale == 1.0
    before = doc.form(start - 1)
    if made.kind == "percent":
        return None
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
        if form[0] == "0" and form.isdigit() and len(form) > 1:
            return _past_digits(doc, end)
        if form.isdigit() and len(form) >= 8 and not made.noun:
            return end
        score = _score(doc, made)
        if score is not None:
            return score
    if _trapped(doc, made):
        return _past_reference(doc, end)
    if plain and made.unit is None and not made.noun and _YEAR.fullmatch(word.form):
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
    if made.unit is None and not made.noun:
        return _skips_bare(doc, made)
    return None


def _past_digits(doc: Document, end: int) -> int:
    while end < len(doc) and (doc.words[end].is_number or doc.form(end) in "-+/"):
        end += 1
    return end


def _past_reference(doc: Document, end: int) -> int:
    """After `القانون رقم 51`: the rest of its number (`-17`, `.22`, `و40`)."""
    while end + 1 < len(doc) and doc.form(end) in ("-", "/", ".", "و") and doc.words[end + 1].is_number:
        end += 2
    return end


def _score(doc: Document, made: Candidate) -> int | None:
    """`3 - 1`, `(1-1)`: a result, no range; the token after it."""
    end = made.number.end
    if doc.form(end) not in ("-", "/") or end + 1 >= len(doc) or not doc.words[end + 1].is_number:
        return None
    other = doc.words[end + 1].form
    if not (other.isdigit() and doc.words[made.number.start].form.isdigit()):
        return None
    after = end + 2
    if (
        doc.hit_at(after, "unit") is not None
        or noun_at(doc, after)
        or doc.words[min(after, len(doc) - 1)].numeral is not None
    ):
        return None
    return after


def _trapped(doc: Document, made: Candidate) -> bool:
    start = made.number.start
    place = start
    for _ in range(3):
        if place > 0 and doc.form(place - 1) in ("-", "ال", "(", ":", "رقم", '"', "."):
            if doc.form(place - 1) in (":", "(", ".") and place == start:
                break
            hit = doc.hit_before(place, "trap")
            if hit is not None:
                break
            place -= 1
        else:
            break
    hit = doc.hit_before(place, "trap")
    if hit is None:
        return False
    name = hit.entry.name
    head = doc.words[hit.start]
    if name == "name":
        return (
            made.unit is None
            or hit.end - hit.start > 1
            or place < start
            or doc.form(start - 1) in ("كوفيد", "كوب", "مرحبا", "مونديال", "covid")
        )
    if made.unit is not None or made.number.scale > 1:
        # المادة 12 درهما is nonsense, عدد 25 شخصا is not.
        return (
            name == "reference"
            and head.form.startswith("ال")
            and made.kind == "count"
            and doc.form(hit.end - 1) in ("رقم", "عدد")
        )
    return True


def _numbering(doc: Document, made: Candidate) -> bool:
    """`1 - سجل في …`, `2) …` at the start of a line."""
    start = made.number.start
    at_start = start == 0 or doc.form(start - 1) in ("\n", "(")
    return at_start and doc.form(made.number.end) in ("-", ")", ".", "/", ":") and made.number.value < 50


def _skips_bare(doc: Document, made: Candidate) -> int | None:
    """A number without a noun counts what was named before it in its sentence; elsewhere it names or numbers."""
    number = made.number
    start, end = number.start, number.end
    word = doc.words[start]
    if number.scale > 1:
        return None
    first, last = doc.sentence(start)
    if start == first and end >= last:
        return end
    before = doc.words[start - 1] if start > 0 else None
    after = doc.form(end)
    if after == "علي" and end + 1 < len(doc) and doc.words[end + 1].is_number:
        return end + 2  # 12 على 20
    if not number.digits:
        if word.numeral_article:
            plural = doc.form(start - 1)
            definite = plural.startswith("ال") or "ال" + plural[2:] in doc.words[start - 1].stems
            return None if start > first and definite and word.numeral_at == 0 and number.value > 2 else end
        pronoun = after in ("منهم", "منها", "منهن", "منه")
        joined = (
            before is not None and before.form in ("او", "و", "بين", "الي", "من", "اصل")
        ) or word.conjunction
        shared = before is not None and before.form in ("بين", "من", "الي", "او") and _next_counts(doc, end)
        return None if pronoun or shared or (joined and _counted_before(doc, start)) else end
    if before is None:
        return end
    if before.form in (
        "ب",
        "ل",
        "و",
        "الي",
        "او",
        "بين",
        "من",
        "ف",
        "د",
        "ك",
        "،",
        "اصل",
        "فقط",
        "بلغ",
        "بلغت",
        ":",
        "علي",
        "عند",
        "عن",
    ) or after in ("منهم", "منها", "منهن"):
        if (
            before.form in ("،", ":", "من", "ب", "ف", "ل")
            and number.value < 10
            and not _counted_before(doc, start)
            and after not in ("منهم", "منها")
        ):
            return end
        return None if _counted_before(doc, start) or number.value >= 100 or _next_counts(doc, end) else end
    if doc.hit_before(start, "qualifier") is not None:
        return None
    listed = after in ("،", "", ".", "\n", "؛", ")") or doc.form(end).startswith("و")
    if (
        before.is_word
        and listed
        and _counted_before(doc, start)
        and ":" in [doc.form(place) for place in range(first, start)]
    ):
        return None
    if before.form == "(" and after == ")" and _counted_before(doc, start) and number.value >= 10:
        return None
    return end


def _next_counts(doc: Document, end: int) -> bool:
    """A joint and another number with a unit follow, whose unit this one shares."""
    if end < len(doc) and doc.words[end].numeral is not None and doc.words[end].conjunction:
        return True
    if doc.form(end) not in _JOINTS or end + 1 >= len(doc):
        return False
    word = doc.words[end + 1]
    return word.is_number or word.numeral is not None


def _counted_before(doc: Document, start: int) -> bool:
    first, _ = doc.sentence(start)
    return any(
        hit.entry.values["kind"] in ("count", "money", "duration", "measure")
        for hit in doc.hits_in(first, start, "unit")
    ) or any(doc.hits_in(first, start, "head"))
