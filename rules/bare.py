"""Bare numbers: a number without a noun counts what was named before it in its sentence, or it names and numbers."""

from __future__ import annotations

from rules.candidates import Candidate, candidate, definite, dual_unit, singular
from rules.document import Document, Hit
from rules.numerals import read_number

_PRONOUNS = ("منهم", "منها", "منهن", "منا")
_JOINTS = frozenset({"و", "او", "الي", "-", "حتي", "ل", "ام"})
# What a bare number may follow where something was counted before it.
_LINKS = frozenset(
    (
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
        "؛",
        "ثم",
        "اصل",
        "فقط",
        ":",
        "علي",
        "عند",
        "عن",
        "في",
        "مقابل",
        "عوض",
        "بدل",
        "تحديدا",
        "وتحديدا",
        "بالتحديد",
        "بالضبط",
        "وبالضبط",
    )
)
# Links so common that a small number behind them is more often no quantity.
_WEAK = frozenset({"،", ":", "من", "ب", "ف", "ل", "في", "ثم", "؛"})
_WHERE = frozenset({"في", "علي", "داخل", "خارج", "لدي", "تحت", "عند"})
_OTHERS = (
    "الاخرون",
    "الاخرين",
    "الاخري",
    "الاخريات",
    "الباقين",
    "الباقون",
    "الباقيه",
    "المتبقيه",
    "المتبقين",
)
_OVER = ("فوق", "دون", "تحت", "تجاوزوا", "جاوزوا", "تجاوزن")
_STOPS = ("،", ".", "؛", "\n", "")
_COPULAS = ("كان", "كانت", "ليس", "هو", "هي", "يبقي", "اصبح", "صار")


def skips_bare(doc: Document, made: Candidate, last: Candidate | None) -> int | None:
    """The token to go on from where a number without a noun is no quantity; None where it is one.

    `last` is the quantity before it, if any.
    """
    number = made.number
    start, end = number.start, number.end
    if number.scale > 1:
        return None
    first, stop = doc.sentence(start)
    if start == first and end >= stop:
        return end
    if doc.form(end) == "علي" and end + 1 < len(doc) and doc.words[end + 1].is_number:
        other = read_number(doc, end + 1)
        if other is not None and candidate(doc, other).unit is None:
            return end + 2  # 12 على 20
    if doc.form(start - 1) == "علي" and last is not None and last.value == made.value:
        return end  # 24 ساعة على 24
    named = last is not None and last.first >= first and (last.noun or last.unit is not None)
    counted = named or _counted_before(doc, start)
    each = end + 1 if doc.form(end) == "لكل" else end + 2 if doc.form(end + 1) == "كل" else end
    if each > end and _is_numeral(doc, each):
        return None  # أربعة من كل عشرة، 20 لكل مائة ألف
    if number.value <= 120 and age_beside(doc, start, end):
        return None
    if (
        last is not None
        and last.last == start - 1
        and doc.form(start - 1) == "الي"
        and age_beside(doc, last.first, last.last)
    ):
        return None  # من سن 18 إلى 25
    reads = _digits_count if number.digits else _words_count
    return None if reads(doc, made, counted) else end


def _digits_count(doc: Document, made: Candidate, counted: bool) -> bool:
    """Whether bare digits are a quantity."""
    start, end, value = made.number.start, made.number.end, made.number.value
    first, _ = doc.sentence(start)
    if start == first:
        return doc.form(end) in _PRONOUNS or shared(doc, end)
    before = doc.words[start - 1]
    after = doc.form(end)
    if after in _JOINTS and doc.hit_at(end + 2, "month") is not None:
        return False  # في 15 أو 16 أكتوبر
    if after in _PRONOUNS or doc.hit_before(start, "partitive") is not None:
        return True
    if doc.hit_before(start, "qualifier") is not None or shared(doc, end):
        return True
    if before.form in _LINKS:
        if before.form in _WEAK and value < 10 and not counted:
            return False
        return counted or value >= 100 or _next_counts(doc, end)
    head = doc.hit_before(start, "head")
    if doc.hit_before(start, "level") is not None or (head is not None and doc.form(head.start - 1) != "في"):
        told = after in _WHERE or after.startswith("ب")
        return counted or value >= (10 if told else 100)
    if value >= 100 and doc.hit_before(start, "money_noun") is not None:
        return True
    if _predicated(doc, start) or (value >= 10 and named_beside(doc, start) is not None):
        return True
    listed = after in ("،", "", ".", "\n", "؛", ")", "(", "-") or after.startswith("و")
    if before.is_word and listed and counted and _in_list(doc, start):
        return True
    # In a report of a match a number in brackets is the minute.
    if before.form != "(" or not counted or value < 10 or speaks_of(doc, "sport"):
        return False
    told = end < len(doc) and doc.words[end].is_word and "function" not in doc.words[end].classes
    return after == ")" or (told and not after.startswith("ب") and not definite(after))


def age_beside(doc: Document, first: int, end: int) -> bool:
    """The word for age stands right before the number, or behind it: `سن الـ21`, `الثلاثين من عمره`."""
    before = first - 1 if doc.form(first - 1) == "ال" else first
    hit = doc.hit_before(before, "age")
    if hit is not None and hit.entry.name == "before" and doc.has(hit.end - 1, "سن"):
        return True
    if doc.words[first].numeral_article and doc.form(first - 1) in _OVER:
        return True  # مسن فوق الستين
    after = doc.hit_at(end, "age")
    return after is not None and after.entry.name == "after" and doc.form(end) == "من"


def named_beside(doc: Document, start: int) -> Hit | None:
    """`الحالات النشيطة 19050`, `الإصابات 607`: the definite plural right before the number, an adjective passed over."""
    for place in (start - 1, start - 2):
        if not definite(doc.form(place)):
            return None
        hit = doc.hit_at(place, "unit")
        if hit is not None:
            return hit if hit.entry.values["kind"] == "count" and not singular(doc, hit) else None
    return None


def speaks_of(doc: Document, name: str) -> bool:
    """Whether the text speaks of `context.<name>` anywhere."""
    return any(hit.entry.name == name for hit in doc.group("context"))


def _in_list(doc: Document, start: int) -> bool:
    """`…: طنجة 73، العيون 66`, `وبالإعدادي 19281`: a list of places or parts with their numbers."""
    first, stop = doc.sentence(start)
    near = [*range(max(first, start - 6), start - 1), *range(start + 1, min(start + 7, stop))]
    if not any(doc.words[place].is_number for place in near):
        return False
    if doc.form(start - 1).startswith(("بال", "وبال")):
        return True
    return any(doc.form(place) == ":" for place in range(first, start))


def _words_count(doc: Document, made: Candidate, counted: bool) -> bool:
    """Whether a bare number word is a quantity."""
    start, end = made.number.start, made.number.end
    word = doc.words[start]
    if word.numeral_article:
        return counted and doc.form(end) in _OTHERS
    if doc.form(end) in _PRONOUNS or (made.number.value > 1 and shared(doc, end)):
        return True
    first, _ = doc.sentence(start)
    before = doc.form(start - 1) if start > first else ""
    if before in ("او", "الي") and dual_unit(doc, start - 2) is not None:
        return True  # ساعتين أو ثلاث
    if before in ("بين", "من", "الي", "او") and _next_counts(doc, end):
        return True
    if before in ("،", "؛", ":") and counted:
        return doc.form(end) in _WHERE or doc.form(end).startswith("ب")
    ends = before in _COPULAS or doc.form(end) in _STOPS
    if ends and any(doc.hits_in(max(first, start - 8), start, "head")):
        return True
    joined = before in ("او", "و", "بين", "الي", "من", "اصل", "في", "ثم", "عوض", "بدل") or word.conjunction
    return counted and (joined or doc.hit_before(start, "partitive") is not None)


def _predicated(doc: Document, start: int) -> bool:
    """`بلغت الإصابات 607`, `وصل عدد الحالات النشطة 13933`: verb, definite subject, number."""
    if not definite(doc.form(start - 1)):
        return False
    first, _ = doc.sentence(start)
    for place in range(start - 2, max(first, start - 8) - 1, -1):
        if not doc.words[place].is_word:
            return False
        if doc.hit_at(place, "level") is not None:
            return any(
                hit.entry.values["kind"] == "count" for hit in doc.hits_in(place, start, "unit")
            ) or any(doc.hits_in(place, start, "head"))
    return False


def _next_counts(doc: Document, end: int) -> bool:
    """A joint and another number follow, whose unit this one shares."""
    if end < len(doc) and doc.words[end].numeral is not None and doc.words[end].conjunction:
        return True
    if doc.form(end) not in _JOINTS or end + 1 >= len(doc):
        return False
    return _is_numeral(doc, end + 1)


def _is_numeral(doc: Document, index: int) -> bool:
    word = doc.words[min(index, len(doc) - 1)]
    return word.is_number or word.numeral is not None


def shared(doc: Document, end: int) -> bool:
    """`70 إلى 75%`, `3.93 و3.85 في المائة`: the next number, joined to this one, has the unit of both."""
    word = doc.words[min(end, len(doc) - 1)]
    if doc.form(end) in ("وازيد", "واكثر") and doc.form(end + 1) == "من":
        place = end + 2
    elif _next_counts(doc, end):
        place = end if word.numeral is not None and word.conjunction else end + 1
    else:
        return False
    if place >= len(doc):
        return False
    number = read_number(doc, place)
    return number is not None and candidate(doc, number).unit is not None


def _counted_before(doc: Document, start: int) -> bool:
    """Something that can be counted is named before the number in its sentence."""
    first, _ = doc.sentence(start)
    return any(
        hit.entry.values["kind"] in ("count", "money", "duration", "measure")
        for hit in doc.hits_in(first, start, "unit")
    ) or any(doc.hits_in(first, start, "head"))
