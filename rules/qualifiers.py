"""Qualifiers: approximators and bounds before, around and behind a quantity.

An approximator stands right before its number. A verb of bound (تجاوز, لم يتعد) may have its subject between, and
reaches the next quantity of its clause unless a verb of level (بلغ) comes first; some take عن or إلى right before the
number (تزيد قيمتها عن 20 مليارا, قد تصل المدة إلى 30 سنة). A bound may also stand behind (فما فوق, على الأقل).
"""

from __future__ import annotations

from collections.abc import Sequence

from rules.clauses import clause_start
from rules.document import Document, Hit
from rules.mentions import Mention

_REACH = 24
"""Tokens between a verb of bound and its number."""
_APART = 12
"""Tokens between a verb of bound and its عن or إلى."""
_BEHIND = 4
"""Tokens between a quantity and a bound behind it."""
_LIMIT = 6
"""Tokens between a denied verb and أكثر من."""
_PLACES = frozenset({"country", "city", "region", "province", "commune", "village"})
_DIRECTED = (
    "صادرات",
    "توجيه",
    "تصدير",
    "توجه",
    "يتجه",
    "تتجه",
    "رحلات",
    "رحله",
    "وجهات",
    "يصدر",
    "تصدر",
    "تصدرها",
)
_STEPS = frozenset(
    {
        "سن",
        "السن",
        "ال",
        "ب",
        "ل",
        "ف",
        "الي",
        "قدره",
        "قدرها",
        "عن",
        "علي",
        "(",
        "نسبه",
        "عتبه",
        "حاجز",
        "معدل",
    }
)
_PREPOSITIONS = frozenset(
    {"ب", "ل", "وب", "ول", "في", "منذ", "خلال", "بعد", "قبل", "مده", "لمده", "بمعدل", "بفارق"}
)
"""What stands before a number that is no object of a verb of bound."""
_MARKS = ("سقف", "عتبه", "حاجز")
"""What is passed: `تخطت السقف الرمزي ل25 ألفا`."""
_SUMS = ("مجموعه", "مجموعها", "مجموعهم")
_RATES = ("نسبه", "معدل", "نسبتهم", "نسبتها")
_RELATIVES = frozenset({"التي", "الذي", "الذين", "اللواتي"})
_NOT = ("لم", "لا", "لن", "ليس", "ليست")
_WITHOUT = ("عدم", "دون", "بدون", "وعدم", "بعدم", "لعدم")


def start_of_number(doc: Document, mention: Mention) -> int:
    """The first token of what belongs to the number: its approximator, the letters glued before it."""
    place = mention.first
    if doc.form(place - 1) in _SUMS and doc.form(place - 2) == "ما":
        place -= 2  # إلى ما مجموعه 5 ملايير
    while place > 0:
        hit = (
            doc.hit_before(place, "qualifier")
            or doc.hit_before(place, "qualifier_ceiling")
            or doc.hit_before(place, "qualifier_verb")
        )
        if hit is not None and hit.entry.name != "exact":
            place = hit.start
        elif doc.form(place - 1) in ("ب", "ل", "ف", "د") and doc.glued(place):
            place -= 1
        else:
            return place
    return place


def _before(doc: Document, mention: Mention) -> Hit | None:
    """The approximator or bound right before the number, a preposition between allowed."""
    place = mention.first
    for _ in range(3):
        hits = [
            doc.hit_before(place, group) for group in ("qualifier", "qualifier_ceiling", "qualifier_verb")
        ]
        found = [hit for hit in hits if hit is not None and not _leads(doc, hit, mention)]
        if found:
            # لا يحقق أكثر من 50: the longer phrase decides.
            return min(found, key=lambda hit: hit.start)
        if place > 0 and doc.form(place - 1) in _STEPS:
            place -= 1
            continue
        if doc.form(place - 1) == "بعد" and doc.hit_before(place - 1, "qualifier_verb") is not None:
            place -= 1  # لم نتجاوز بعد 4 في المائة
            continue
        break
    return None


def _leads(doc: Document, hit: Hit, mention: Mention) -> bool:
    """`توجه الصادرات نحو 74 بلدا`: towards places, and not about so many."""
    if doc.form(hit.start) != "نحو" or mention.unit not in _PLACES:
        return False
    low = max(clause_start(doc, hit.start), hit.start - _APART)
    return any(doc.has(at, *_DIRECTED) for at in range(low, hit.start))


def _verb(doc: Document, mention: Mention, floor: int) -> Hit | None:
    """The nearest verb of bound or level before the number in its clause, after token `floor`."""
    if mention.unit == "time" or _prepositional(doc, mention):
        return None
    # و20 في المائة is coordinated and no object.
    if doc.words[mention.first].conjunction or doc.form(mention.first - 1) == "و":
        return None
    low = max(clause_start(doc, mention.first), floor, mention.first - _REACH)
    hits = doc.hits_in(low, mention.first, "qualifier_verb")
    if hits and _of_the_subject(doc, hits[-1], mention):
        return None
    if not hits or any(doc.has(place, "قد", "بحضور") for place in range(hits[-1].end + 1, mention.first)):
        return None
    return hits[-1]


def _of_the_subject(doc: Document, verb: Hit, mention: Mention) -> bool:
    """`لم تتعد نسبة المصرح بهم 12 شهرا 46 في المائة`: a stretch of time tells whose rate it is."""
    return mention.kind in ("duration", "age") and doc.has(verb.end, *_RATES)


def _tells_whose(doc: Document, mention: Mention, floor: int) -> bool:
    """Whether a verb of bound before the stretch of time has a rate for its subject, and goes on."""
    hits = doc.hits_in(max(clause_start(doc, mention.first), floor), mention.first, "qualifier_verb")
    return bool(hits) and _of_the_subject(doc, hits[-1], mention)


def _prepositional(doc: Document, mention: Mention) -> bool:
    """Whether a preposition leads to the number: `خلال 24 ساعة`, `بفارق 7 مليارات`."""
    word = doc.words[mention.first]
    letters = word.form[: word.numeral_at] if word.numeral is not None else ""
    before = doc.form(mention.first - 1)
    if "ل" in (before, letters) and any(
        doc.has(at, *_MARKS) for at in range(mention.first - 4, mention.first)
    ):
        return False
    return before in _PREPOSITIONS or letters in _PREPOSITIONS


def _apart(doc: Document, mention: Mention, floor: int) -> Hit | None:
    """`تزيد قيمتها عن 20 مليارا`, `قد تصل هذه المدة إلى 30 سنة`, `غرامات في حق الشركات تصل إلى 8`."""
    place = mention.first - 1
    low = max(clause_start(doc, mention.first), floor, place - _APART)
    for words, group in ((("عن", "علي"), "qualifier_apart"), (("الي",), "qualifier_up_to")):
        if doc.form(place) in words:
            hits = doc.hits_in(low, place, group)
            if hits and not any(doc.form(at) in words for at in range(hits[-1].end, place)):
                return hits[-1]
    reach = doc.hit_before(mention.first, "qualifier_verb")
    if reach is not None and doc.form(place) == "الي" and doc.has(reach.start, "تصل", "يصل"):
        hits = doc.hits_in(low, reach.start, "qualifier_penalty")
        return hits[-1] if hits else None
    return None


def _ceiling(doc: Document, hit: Hit) -> Hit:
    """`تجاوز سقف ألف`, `يلامس سقف 30`: the verb before a ceiling decides."""
    if hit.entry.group != "qualifier_ceiling":
        return hit
    verbs = doc.hits_in(max(clause_start(doc, hit.start), hit.start - 8), hit.start, "qualifier_verb")
    return verbs[-1] if verbs and verbs[-1].entry.name != "exact" else hit


def _denied(doc: Document, hit: Hit) -> bool:
    """`لم تكن ميزانيته تتعدى`, `عدم تجاوز 50`: the negation stands apart from the verb."""
    if hit.entry.name != "more_than":
        return False
    if hit.entry.group == "qualifier":
        limits = doc.hits_in(
            max(clause_start(doc, hit.start), hit.start - _LIMIT), hit.start, "qualifier_limit"
        )
        if not limits or any(doc.form(at) in _RELATIVES for at in range(limits[-1].end, hit.start)):
            return False  # لا تمثل المقاولات التي تشغل أكثر من 500 أجير سوى …
        return doc.has(hit.start, "اكثر", "ازيد", "كثر")
    if doc.has(hit.start - 1, *_WITHOUT) or (
        doc.has(hit.start - 1, "ان") and doc.has(hit.start - 2, *_WITHOUT)
    ):
        return True
    low = max(doc.sentence(hit.start)[0], hit.start - 8)
    return any(
        doc.has(place, *_NOT)
        and (
            place == hit.start - 1
            or doc.has(place + 1, "يكن", "تكن", "يعد", "تعد", "يكاد", "تكاد", "يمكن", "يجوز", "ينبغي", "يجب")
        )
        for place in range(low, hit.start)
    )


def _after(doc: Document, mention: Mention) -> Hit | None:
    """A bound behind the quantity, adjectives and a rate between allowed; one that a number follows belongs to that."""
    for place in range(mention.last, min(mention.last + _BEHIND, len(doc))):
        hit = doc.hit_at(place, "qualifier_after")
        if hit is None and place == mention.last and doc.form(place) == "،":
            hit = doc.hit_at(place + 1, "qualifier_after")
            if hit is not None and doc.form(hit.end) not in ("،", "", ")", "؛"):
                return None
        if hit is not None:
            return None if _opens_number(doc, hit.end) else hit
        word = doc.words[place]
        if not word.is_word or word.conjunction or word.numeral is not None:
            return None
    return None


def _opens_number(doc: Document, index: int) -> bool:
    """Whether a number, or من before one, stands at token `index`."""
    word = doc.words[index] if index < len(doc) else None
    return word is not None and (word.is_number or word.numeral is not None or word.form == "من")


def _estimate(doc: Document, mention: Mention, floor: int) -> Hit | None:
    """`تقدر المتأخرات بملياري درهم`: the number takes the ب of the verb."""
    word = doc.words[mention.first]
    taken = (mention.first > 0 and doc.form(mention.first - 1) in ("ب", "بما")) or (
        word.numeral_at > 0 and "ب" in word.form[: word.numeral_at]
    )
    if not taken:
        return None
    low = max(clause_start(doc, mention.first), floor, mention.first - _REACH)
    hits = doc.hits_in(low, mention.first, "qualifier_by")
    if not hits or doc.has(hits[-1].start - 1, "حسب", "علي", "وفق", "قدر", "مدي"):
        return None
    return hits[-1]


def _hit(doc: Document, mention: Mention, floor: int) -> Hit | None:
    """The phrase that qualifies the quantity; None or an `exact` one where nothing bounds it."""
    hit = _after(doc, mention) or _before(doc, mention)
    if hit is not None and hit.entry.name != "exact":
        return _ceiling(doc, hit)
    apart = _apart(doc, mention, floor) or _estimate(doc, mention, floor)
    if apart is not None or hit is not None:
        return apart or hit
    return _verb(doc, mention, floor)


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
        hit = _hit(doc, mention, floor)
        if hit is not None and hit.entry.name != "exact":
            mention.qualifier = "at_most" if _denied(doc, hit) else hit.entry.name
            mention.rules.append(hit.entry.id)
        elif earlier is not None and _shares(doc, earlier, mention):
            mention.qualifier = earlier.qualifier
        else:
            mention.qualifier = "exact"
        # A duration behind a preposition (خلال 24 ساعة) ends the reach of no verb.
        if mention.kind != "duration" or not (
            _prepositional(doc, mention) or _tells_whose(doc, mention, floor)
        ):
            floor = mention.last
        earlier = mention


def _shares(doc: Document, earlier: Mention, mention: Mention) -> bool:
    """An approximator before two coordinated numbers with one unit noun at the end holds for both."""
    if "quantity.shared_unit" not in earlier.rules or earlier.qualifier in (None, "exact", "range"):
        return False
    return mention.first - earlier.last <= 1 and (
        doc.form(earlier.last) in ("و", "او") or doc.words[mention.first].conjunction
    )
