"""Rates: what a quantity is per (`500 درهم شهريا`, `لكل أسرة`, `الملفات المودعة يوميا … 102.000 ملف`)."""

from __future__ import annotations

from collections.abc import Sequence

from rules.document import Document, Hit
from rules.mentions import Mention

_AGAINST = frozenset(
    {
        "مقابل",
        "بعدما",
        "عوض",
        "بدل",
        "الي",
        "بعد",
        "كان",
        "كانت",
        "قد",
        "تجاوز",
        "بلغ",
        "ان",
        "من",
        "اصبح",
        "صار",
    }
)


def _behind(doc: Document, mention: Mention) -> tuple[str, str] | None:
    """The rate right behind the quantity, one word between allowed: the slug and the id of what says so."""
    for place in range(mention.last, min(mention.last + 2, len(doc))):
        hit = doc.hit_at(place, "rate")
        if hit is not None:
            return hit.entry.name, hit.entry.id
        each = doc.hit_at(place, "rate_each")
        if each is not None:
            noun = doc.hit_at(each.end, "unit")
            if noun is not None:
                return str(noun.entry.values["slug"]), each.entry.id
        if mention.kind == "money" and place == mention.last and doc.form(place).startswith("لل"):
            noun = doc.hit_at(place, "unit")
            if noun is not None and noun.entry.values["kind"] == "measure":
                return str(noun.entry.values["slug"]), "rate.unit_price"
        if not doc.words[place].is_word or doc.words[place].conjunction:
            return None
    return None


def _ahead(doc: Document, mention: Mention, floor: int) -> Hit | None:
    """A rate said before the number in its clause, after token `floor`; a topic's comma (أما …، فقد) parts nothing."""
    first, _ = doc.sentence(mention.first)
    low = max(first, floor, mention.first - 24)
    for hit in reversed(doc.hits_in(low, mention.first, "rate_before")):
        if all(
            doc.form(place + 1)[:1] == "ف"
            for place in range(hit.end, mention.first)
            if doc.form(place) in ("،", "؛", ")")
        ):
            return hit
    for hit in reversed(doc.hits_in(max(low, mention.first - 4), mention.first, "rate")):
        if doc.form(hit.end) in ("من", "الي", "ب", "بلغ", "بلغت"):
            return hit
    return None


def _continues(doc: Document, earlier: Mention, mention: Mention) -> bool:
    """A price of the same thing: paired with the earlier one, set against it, or listed after it."""
    if mention.kind != earlier.kind or mention.unit != earlier.unit or mention.kind == "percent":
        return False
    if earlier.first < doc.sentence(mention.first)[0]:
        return False
    against = any(
        doc.has(place, *_AGAINST) for place in range(max(earlier.last, mention.first - 4), mention.first)
    )
    listed = mention.kind == "money" and (
        doc.words[mention.first].conjunction or doc.form(mention.first - 1) == "و"
    )
    return against or listed


def set_rates(doc: Document, mentions: Sequence[Mention]) -> None:
    """Set `per` on quantities."""
    floor = 0
    earlier: dict[str, Mention] = {}
    for mention in mentions:
        if mention.is_date:
            continue
        end = mention.last
        if mention.kind != "age":
            behind = _behind(doc, mention)
            ahead = (
                None
                if behind is not None or mention.kind in ("percent", "duration")
                else _ahead(doc, mention, floor)
            )
            if behind is not None and behind[0] != mention.unit:
                mention.per = behind[0]
                mention.rules.append(behind[1])
                end += 3  # what this quantity took is not said of the next
            elif ahead is not None:
                mention.per = ahead.entry.name
                mention.rules.append(ahead.entry.id)
        before = earlier.get(mention.kind)
        if before is not None and _continues(doc, before, mention):
            if before.change == "from" and mention.per is not None and before.per is None:
                before.per = mention.per
            elif mention.per is None:
                mention.per = before.per
        earlier[mention.kind] = mention
        floor = end
