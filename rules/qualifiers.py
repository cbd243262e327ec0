"""Qualifiers: approximators and bounds before, around and behind a quantity.

An approximator stands right before its number. A verb of bound (تجاوز, لم يتعد) may have its subject between, and
reaches the next quantity of its sentence unless a verb of level (بلغ) comes first.
"""

from __future__ import annotations

from collections.abc import Sequence

from rules.clauses import clause_start
from rules.document import Document, Hit
from rules.mentions import Mention

_REACH = 24
"""Tokens between a verb of bound and its number."""
_STEPS = frozenset({"ب", "ل", "ف", "الي", "قدره", "قدرها", "عن", "علي", "("})


def start_of_number(doc: Document, mention: Mention) -> int:
    """The first token of what belongs to the number: its approximator, the letters glued before it."""
    place = mention.first
    while place > 0:
        hit = doc.hit_before(place, "qualifier") or doc.hit_before(place, "qualifier_verb")
        if hit is not None and hit.entry.name != "exact":
            place = hit.start
        elif doc.form(place - 1) in ("ب", "ل", "ف", "د") and doc.glued(place):
            place -= 1
        else:
            return place
    return place


def _before(doc: Document, mention: Mention) -> Hit | None:
    place = mention.first
    for _ in range(3):
        hit = doc.hit_before(place, "qualifier")
        if hit is not None:
            return hit
        verb = doc.hit_before(place, "qualifier_verb")
        if verb is not None:
            return verb
        if place > 0 and doc.form(place - 1) in _STEPS:
            place -= 1
            continue
        break
    return None


def _verb(doc: Document, mention: Mention, floor: int) -> Hit | None:
    """The nearest verb of bound or level before the number in its clause, after token `floor`."""
    low = max(clause_start(doc, mention.first), floor, mention.first - _REACH)
    hits = doc.hits_in(low, mention.first, "qualifier_verb")
    return hits[-1] if hits else None


def _denied(doc: Document, hit: Hit) -> bool:
    """`لم تكن ميزانيته تتعدى`: the negation stands apart from the verb."""
    if hit.entry.name != "more_than":
        return False
    low = max(doc.sentence(hit.start)[0], hit.start - 8)
    return any(
        doc.has(place, "لم", "لا", "لن", "ليس", "ليست")
        and (place == hit.start - 1 or doc.has(place + 1, "يكن", "تكن", "يعد", "تعد"))
        for place in range(low, hit.start)
    )


def _after(doc: Document, mention: Mention) -> Hit | None:
    """A bound behind the quantity, an adjective between allowed; one that a number follows belongs to that."""
    for place in range(mention.last, min(mention.last + 2, len(doc))):
        hit = doc.hit_at(place, "qualifier_after")
        if hit is not None:
            word = doc.words[hit.end] if hit.end < len(doc) else None
            return (
                None
                if word is not None and (word.is_number or word.numeral is not None or word.form == "من")
                else hit
            )
        if not doc.words[place].is_word or doc.words[place].conjunction:
            return None
    return None


def _estimate(doc: Document, mention: Mention, floor: int) -> Hit | None:
    """`تقدر المتأخرات بملياري درهم`: the number takes the ب of the verb."""
    word = doc.words[mention.first]
    taken = (mention.first > 0 and doc.form(mention.first - 1) == "ب") or (
        word.numeral_at > 0 and "ب" in word.form[: word.numeral_at]
    )
    if not taken:
        return None
    first, _ = doc.sentence(mention.first)
    hits = doc.hits_in(max(first, floor, mention.first - _REACH), mention.first, "qualifier_by")
    return hits[-1] if hits else None


def set_qualifiers(doc: Document, mentions: Sequence[Mention]) -> None:
    """Set `qualifier` on every quantity (ranges keep `range`); `exact` where nothing qualifies it."""
    floor = 0
    earlier: Mention | None = None
    for mention in mentions:
        if mention.is_date:
            continue
        if mention.qualifier == "range":
            floor, earlier = mention.last, mention
            continue
        hit = _after(doc, mention) or _before(doc, mention)
        if hit is None or hit.entry.name == "exact":
            hit = _estimate(doc, mention, floor) or (hit if hit is not None else _verb(doc, mention, floor))
        if hit is not None and hit.entry.name != "exact":
            mention.qualifier = "at_most" if _denied(doc, hit) else hit.entry.name
            mention.rules.append(hit.entry.id)
        elif earlier is not None and _shares(doc, earlier, mention):
            mention.qualifier = earlier.qualifier
        else:
            mention.qualifier = "exact"
        floor, earlier = mention.last, mention


def _shares(doc: Document, earlier: Mention, mention: Mention) -> bool:
    """An approximator before two coordinated numbers with one unit noun at the end holds for both."""
    if "quantity.shared_unit" not in earlier.rules or earlier.qualifier in (None, "exact", "range"):
        return False
    return mention.first - earlier.last <= 1 and (
        doc.form(earlier.last) in ("و", "او") or doc.words[mention.first].conjunction
    )
