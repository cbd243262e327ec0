"""Units: what kind a quantity is, and where a number without a noun takes its unit from."""

from __future__ import annotations

from collections.abc import Sequence

from rules.candidates import Candidate
from rules.document import Document
from rules.mentions import Mention


def kind_and_unit(doc: Document, one: Candidate, earlier: Sequence[Mention]) -> tuple[str | None, str]:
    """The unit slug and the kind of a quantity; `earlier` are the quantities before it, in order."""
    hit = one.unit
    if hit is None:
        other = doc.has(one.number.end, "اخرين", "اخري", "اخر", "اخرون", "اخريات", "اضافيه", "اضافي")
        # Billions behind an amount go on with it, whatever word follows (منها 7 ملايير تخص …).
        amount = one.number.scale >= 1e9 and bool(earlier) and earlier[-1].kind == "money"
        return _unit_before(doc, one, earlier) if not one.noun or other or amount else (None, "count")
    values = hit.entry.values
    slug, kind = str(values["slug"]), str(values["kind"])
    if kind == "duration":
        if slug in ("year", "month") and _is_age(doc, one):
            return slug, "age"
        return (None if slug in ("decade", "century") else slug), kind
    if slug == "injured" and _context(doc, "illness"):
        return "case", kind
    if slug == "celsius" and not _context(doc, "temperature"):
        return None, "count"
    if slug == "match" and not _context(doc, "sport"):
        return None, kind
    if slug == "point" and _rate_near(doc, one):
        return "percentage_point", "percent"
    return slug, kind


def _context(doc: Document, name: str) -> bool:
    """Whether the text speaks of `context.<name>` anywhere."""
    return any(hit.entry.name == name for hit in doc.group("context"))


def _rate_near(doc: Document, one: Candidate) -> bool:
    first, _ = doc.sentence(one.first)
    return any(hit.entry.name == "rate" for hit in doc.hits_in(first, one.first, "context"))


def _is_age(doc: Document, one: Candidate) -> bool:
    after = doc.hit_at(one.last, "age")
    if after is not None and after.entry.name == "after":
        return True
    first, _ = doc.sentence(one.first)
    for hit in doc.hits_in(max(first, one.first - 8), one.first, "age"):
        parted = any(doc.form(place) in ("،", ")") for place in range(hit.end, one.first))
        if hit.entry.name == "before" and (not parted or one.first - hit.end <= 3):
            return True
    return doc.form(one.first - 1) == "(" and doc.form(one.last) in (")", "،")


def _unit_before(doc: Document, one: Candidate, earlier: Sequence[Mention]) -> tuple[str | None, str]:
    """The unit of a number without a noun: that of the quantity it continues, or of the noun counted before it."""
    first, _ = doc.sentence(one.first)
    if earlier and earlier[-1].kind == "percent" and earlier[-1].first >= first and one.number.scale == 1.0:
        joined = doc.form(one.first - 1) == "و" or doc.words[one.first].conjunction
        if joined and 0 < one.value <= 100:
            one.rules.append("quantity.unit_carried")
            return earlier[-1].unit, "percent"
    last = next(
        (m for m in reversed(earlier) if m.kind in ("count", "money", "age", "duration", "measure")), None
    )
    if last is not None and last.first < first:
        last = None
    floor = last.last if last is not None else first
    for hit in reversed(doc.hits_in(floor, one.first, "head")):
        noun = doc.hit_at(hit.end, "unit")
        if noun is not None and noun.entry.values["kind"] == "count":
            one.rules.append("quantity.unit_of_subject")
            slug = str(noun.entry.values["slug"])
            return ("case" if slug == "injured" and _context(doc, "illness") else slug), "count"
        if hit.end < one.first and doc.words[hit.end].is_word and doc.form(hit.end).startswith("ال"):
            return None, "count"
    money = doc.hits_in(floor, one.first, "money_noun")
    if money:
        currency = last.unit if last is not None and last.kind == "money" else None
        one.rules.append("quantity.money_noun")
        return currency, "money"
    if last is not None:
        one.rules.append("quantity.unit_carried")
        return last.unit, last.kind
    nouns = [hit for hit in doc.hits_in(first, one.first, "unit") if hit.entry.values["kind"] == "count"]
    if nouns:
        one.rules.append("quantity.unit_of_subject")
        slug = str(nouns[-1].entry.values["slug"])
        return ("case" if slug == "injured" and _context(doc, "illness") else slug), "count"
    return None, "count"
