"""Units: what kind a quantity is, and where a number without a noun takes its unit from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from rules.bare import age_beside, named_beside, speaks_of
from rules.candidates import Candidate, definite, dual_unit, possessed, singular, unit_at
from rules.document import Document, Hit
from rules.lexicon import Entry
from rules.mentions import Mention

# After a bare number من opens no whole before these.
_NOT_OF = frozenset({"اصل", "مجموع", "اجل", "طرف", "قبل", "خلال", "جانب", "لدن", "بين", ""})
# Where things are counted, not what is counted.
_TIMES = frozenset({"time", "fold"})
_PLACES = frozenset({"region", "province", "commune", "city", "village", "country"})
# Whose years are their age: `أطفال دون 5 سنوات`.
_AGED: frozenset[str | None] = frozenset({"child", "youth", "elderly", "pupil"})
_PEOPLE = _AGED | {
    None,
    "person",
    "beneficiary",
    "woman",
    "man",
    "worker",
    "employee",
    "insured",
    "case",
    "victim",
}
_SPENT = ("مده", "اقدميه", "خبره")
_SPENT_BEFORE = 4
_REACHING = frozenset(
    {"بلغ", "بلغت", "يبلغ", "تبلغ", "تجاوز", "تجاوزت", "يتجاوز", "تتجاوز", "اتم", "اتمت", "اكمل", "اكملت"}
)
# A stretch of time is no age, whoever's age was told before (من بلغ 65 سنة … لمدة 3 سنوات).
# Years at which work ends, after these, unless they are years of it.
_RETIRING = (50, 75)
_AT = frozenset({"علي", "الي", "من", "عند", "في", "ب", "ل", "عن", "حتي", "بدل", "عوض", "غير", "بلوغ", "بين"})
_STRETCH = ("مده", "خلال", "منذ", "طيله", "طوال", "ظرف", "غضون", "قبل", "بعد")


def kind_and_unit(doc: Document, one: Candidate, earlier: Sequence[Mention]) -> tuple[str | None, str]:
    """The unit slug and the kind of a quantity; `earlier` are the quantities before it, in order."""
    hit = one.unit
    if hit is None:
        if "quantity.definite_noun" in one.rules or "quantity.part_of" in one.rules:
            return None, "count"
        if _age_without_noun(doc, one):
            return "year", "age"
        other = doc.has(one.number.end, "اخرين", "اخري", "اخر", "اخرون", "اخريات", "اضافيه", "اضافي")
        # Billions behind an amount go on with it, whatever word follows (منها 7 ملايير تخص …).
        amount = one.number.scale >= 1e9 and bool(earlier) and earlier[-1].kind == "money"
        return _unit_before(doc, one, earlier) if not one.noun or other or amount else (None, "count")
    values = hit.entry.values
    slug, kind = str(values["slug"]), str(values["kind"])
    years = kind == "duration" and slug in ("year", "month")
    if years and (_is_age(doc, one) or _people_of(doc, one, earlier)):
        return slug, "age"
    if values.get("named") is False:
        return None, kind
    if slug == "household" and _beds(doc, one):
        return None, kind
    if slug == "injured" and speaks_of(doc, "illness"):
        return "case", kind
    if slug == "celsius" and not speaks_of(doc, "temperature"):
        return None, "count"
    if slug == "match" and not speaks_of(doc, "sport"):
        return None, kind
    if slug == "point" and (_rate_near(doc, one) or _percent_before(doc, one, earlier)):
        return "percentage_point", "percent"
    return slug, kind


def _age_without_noun(doc: Document, one: Candidate) -> bool:
    """`دون سن الـ21`, `من سن 18 إلى 25`, `في الثلاثين من عمره`: years understood."""
    if one.noun or one.number.scale > 1 or one.value > 120:
        return False
    return age_beside(doc, one.first, one.number.end)


def _beds(doc: Document, one: Candidate) -> bool:
    """`خمسة أسرة`: after a feminine numeral أسرة is the plural of سرير; families would be خمس أسر."""
    word = doc.words[one.number.end - 1]
    few = 3 <= one.value <= 10 and doc.form(one.last - 1) == "اسره"
    return few and (one.number.digits or word.form.endswith("ه"))


def _rate_near(doc: Document, one: Candidate) -> bool:
    first, last = doc.sentence(one.first)
    near = doc.hits_in(first, min(last, one.last + 3), "context")
    return any(hit.entry.name == "rate" for hit in near)


def _people_of(doc: Document, one: Candidate, earlier: Sequence[Mention]) -> bool:
    """`1,3 مليون شخص فوق 60 سنة`: years that bound the people counted right before them."""
    bound = doc.hit_before(one.first, "qualifier")
    if bound is None or not earlier or earlier[-1].last != bound.start or doc.form(bound.start)[0] in "لبو":
        return False
    return earlier[-1].kind == "count" and earlier[-1].unit in _PEOPLE


def _percent_before(doc: Document, one: Candidate, earlier: Sequence[Mention]) -> bool:
    """`إلى 92 في المائة، أي بارتفاع 12 نقطة`: the points are those of the rate."""
    first, _ = doc.sentence(one.first)
    return bool(earlier) and earlier[-1].kind == "percent" and earlier[-1].first >= first


def _is_age(doc: Document, one: Candidate) -> bool:
    after = doc.hit_at(one.last, "age")
    if after is not None and after.entry.name == "after":
        return True
    if doc.has(one.first - 1, *_STRETCH):
        return False
    before = one.first - 1 if doc.form(one.first - 1) == "ال" else one.first
    if _of_retiring(doc, one) or _reached(doc, one):
        return True
    owner = doc.hit_before(before, "age")
    if (owner is not None and owner.entry.name == "owner") or doc.form(one.last) in ("سنا", "كسن"):
        return True
    first, _ = doc.sentence(one.first)
    for hit in doc.hits_in(max(first, one.first - 8), one.first, "age"):
        if any(doc.has(place, *_SPENT) for place in range(hit.end, one.first)):
            continue  # حدد السن في 63 سنة ومدة الاشتراك في 21 سنة
        parted = any(doc.form(place) in ("،", ")") for place in range(hit.end, one.first))
        # تبلغ من العمر 17 سنة، تبلغ من العمر (17) عاما
        of_age = hit.entry.name == "after" and (
            hit.end == one.first or (hit.end, "(") == (one.first - 1, doc.form(one.first - 1))
        )
        if of_age or (hit.entry.name == "before" and (not parted or one.first - hit.end <= 3)):
            return True
    place = one.first
    qualifier = doc.hit_before(place, "qualifier")
    if qualifier is not None or (one.high is not None and doc.form(place - 1) in ("من", "بين")):
        between = doc.form(place - 1) == "بين" and doc.form(place - 2) == "ما"
        place = qualifier.start if qualifier is not None else place - 1 - between
        # طفل متمدرس دون 21 سنة: an adjective may stand between.
        for end in (place, place - 1):
            who = doc.hit_before(end, "unit")
            if who is not None and who.entry.values["slug"] in _AGED:
                return True
    return (
        doc.form(one.first - 1) == "("
        and doc.form(one.last) in (")", "،")
        and doc.form(one.number.end) != ")"
    )


def _reached(doc: Document, one: Candidate) -> bool:
    """`الأجير الذي بلغ 60 سنة`, `المرأة التي تجاوزت 70 سنة`: years that somebody reached."""
    if doc.form(one.first - 1) not in _REACHING or doc.form(one.first - 2) not in ("الذي", "التي"):
        return False
    who = doc.hit_before(one.first - 2, "unit")
    return who is not None and who.entry.values["slug"] in _PEOPLE - {None, "case"}


def _of_retiring(doc: Document, one: Candidate) -> bool:
    """`وافقت النقابات على 65 سنة` where retiring is spoken of: years at which work ends, not years of work."""
    if not _RETIRING[0] <= one.value <= (one.high or one.value) <= _RETIRING[1]:
        return False
    place = one.first
    if (bound := doc.hit_before(place, "qualifier")) is not None:
        place = bound.start
    if doc.form(place - 1) not in _AT or doc.form(one.last) == "من":
        return False
    first, stop = doc.sentence(one.first)
    spent = any(doc.has(at, *_SPENT) for at in range(max(first, place - _SPENT_BEFORE), place))
    return not spent and any(doc.hits_in(first, stop, "retiring"))


def _unit_before(doc: Document, one: Candidate, earlier: Sequence[Mention]) -> tuple[str | None, str]:
    """The unit of a number without a noun: that of the quantity it continues, or of the noun counted before it."""
    first, _ = doc.sentence(one.first)
    said = _said(earlier, first)
    if said and said[-1].kind == "percent" and one.number.scale == 1.0:
        against = doc.form(one.first - 1) in ("مقابل", "عوض", "بدل") and not _of_them(doc, one)
        joined = doc.form(one.first - 1) == "و" or doc.words[one.first].conjunction or against
        if joined and 0 < one.value <= 100:
            one.rules.append("quantity.unit_carried")
            return said[-1].unit, "percent"
    if doc.form(one.number.end) == "من" and doc.form(one.number.end + 1) not in _NOT_OF:
        return None, "count"
    beside = named_beside(doc, one.first) if one.number.digits else None
    if beside is not None:
        one.rules.append("quantity.unit_of_subject")
        return _slug(doc, beside), "count"
    dual = _dual_before(doc, one)
    if dual is not None:
        one.rules.append(dual.id)
        return str(dual.values["slug"]), str(dual.values["kind"])
    last = _continued(doc, one, said)
    people = doc.form(one.first - 1) == "منهم" or doc.form(one.last) == "منهم"
    if last is not None and last.kind == "money" and people:
        last = next((mention for mention in reversed(said) if mention.kind == "count"), None)
    floor = last.last if last is not None else first
    named = _named(doc, one, floor, last)
    if named is not None and not (named[1] == "money" and people):
        return named
    if last is not None and not (_of_them(doc, one) and last.kind == "money" and one.number.scale < 1e6):
        act = doc.hit_before(one.first, "level")
        if act is not None and act.entry.name == "act" and last.unit in ("victim", None):
            return None, "count"
        one.rules.append("quantity.unit_carried")
        whole = last.kind != "count" or one.value == int(one.value) or last.unit == "point"
        return (last.unit if whole else None), last.kind
    slug = _noun_before(doc, one, first) or _possessed_before(doc, one, first)
    if slug is not None and one.value == int(one.value):
        one.rules.append("quantity.unit_of_subject")
        return slug, "count"
    return None, "count"


def _said(earlier: Sequence[Mention], first: int) -> list[Mention]:
    """The quantities of the sentence that begins at token `first`, in order."""
    found = list(takewhile(lambda mention: mention.first >= first, reversed(earlier)))
    return found[::-1]


def _dual_before(doc: Document, one: Candidate) -> Entry | None:
    """`سنتين أو ثلاث`, `مباراتين من أصل 16`: the noun in the dual holds for the number joined to it."""
    before = doc.form(one.first - 1)
    if before in ("او", "الي"):
        return dual_unit(doc, one.first - 2)
    return dual_unit(doc, one.first - 3) if before == "اصل" else None


def _of_them(doc: Document, one: Candidate) -> bool:
    """`310 آلاف منها`: a part of things, not of an amount."""
    return doc.form(one.last) in ("منها", "منهم", "منهن")


def _continued(doc: Document, one: Candidate, said: Sequence[Mention]) -> Mention | None:
    """The quantity that the number goes on with; a stretch of time only where it is no setting (`خلال 24 ساعة`)."""
    for mention in reversed(said):
        if mention.kind == "percent" or (mention.unit in _TIMES and one.number.scale > 1):
            continue
        if mention.kind in ("duration", "age"):
            place = mention.first - 1 if doc.form(mention.first - 1) == "ال" else mention.first
            setting = _sets_time(doc, place)
            if setting or one.value != int(one.value) or not _linked(doc, one):
                continue
        return mention
    return None


def _sets_time(doc: Document, place: int) -> bool:
    """`خلال 24 ساعة`, `منذ أكثر من شهر`: the stretch of time that begins at `place` is a setting."""
    bound = doc.hit_before(place, "qualifier")
    return (
        bound is not None or doc.form(place - 1) in ("في", "ب") or doc.has(place - 1, *_STRETCH, "مدي", "كل")
    )


def _linked(doc: Document, one: Candidate) -> bool:
    """A conjunction or a preposition of change stands at the number."""
    return doc.words[one.first].conjunction or doc.form(one.first - 1) in (
        "و",
        "او",
        "ام",
        "الي",
        "من",
        "ثم",
        "مقابل",
        "عوض",
        "بدل",
    )


def _named(doc: Document, one: Candidate, floor: int, last: Mention | None) -> tuple[str | None, str] | None:
    """What `عدد`, `مجموع` or a noun of money names between the last quantity and the number."""
    heads = doc.hits_in(floor, one.first, "head")
    money = doc.hits_in(floor, one.first, "money_noun")
    if heads and not (money and money[-1].start > heads[-1].end):
        for head in reversed(heads):
            place = head.end
            while place < one.first and definite(doc.form(place)) and _adjective_of_head(doc, place):
                place += 1
            noun = unit_at(doc, place) if place < one.first else None
            owned = possessed(doc.form(place)) if noun is None and place < one.first else None
            if owned is not None:
                one.rules.append("quantity.unit_of_subject")
                return str(owned.values["slug"]), "count"
            if noun is not None and noun.entry.values["kind"] == "count":
                one.rules.append("quantity.unit_of_subject")
                return _slug(doc, noun), "count"
            if place < one.first and (definite(doc.form(place)) or doc.form(place).startswith("لل")):
                return None, "count"
    elif (
        money
        and (
            one.number.scale > 1
            or (last is not None and last.kind == "money")
            or (money[-1].end == one.first and one.value >= 100)
        )
        and _noun_before(doc, one, money[-1].end) is None
    ):
        currency = last.unit if last is not None and last.kind == "money" else None
        one.rules.append("quantity.money_noun")
        return currency, "money"
    return None


def _adjective_of_head(doc: Document, place: int) -> bool:
    """`العدد الإجمالي للحالات`: what stands between عدد and its noun."""
    return doc.has(
        place, "اجمالي", "اجماليه", "تراكمي", "تراكميه", "كلي", "كليه", "عام", "عامه", "حالي", "جديد", "نهائي"
    )


def _noun_before(doc: Document, one: Candidate, first: int) -> str | None:
    """The last noun before the number that stands for many: a definite one or a plural, no adjective, no place."""
    counted = doc.hit_before(one.first, "head")
    named = counted is not None and doc.form(counted.start).endswith(("عددهم", "عددهن"))
    hits = doc.hits_in(max(first, one.first - 25), one.first, "unit")
    # `النساء العاملات في ورشات الحرفيين، وعددهن`: a pronoun goes back to a definite noun.
    spoken_of = [hit for hit in hits if definite(doc.form(hit.start))] if named else hits
    for hit in reversed(spoken_of or hits):
        if hit.entry.values["kind"] != "count" or hit.entry.values["slug"] in _PLACES:
            continue
        if one.number.scale > 1 and hit.entry.values["slug"] in _TIMES:
            continue  # تضاعفت النفقات ثلاث مرات لتبلغ 41 مليارا
        follows = hit.start > first and definite(doc.form(hit.start - 1)) and definite(doc.form(hit.start))
        if not singular(doc, hit) and not (
            follows and hit.entry.values["slug"] in ("registered", "contributor", "insured")
        ):
            return _slug(doc, hit)
    return None


def _possessed_before(doc: Document, one: Candidate, first: int) -> str | None:
    """`وظائفها التي يبلغ عددها 180 ألفا`: the noun with a pronoun that عددها goes back to."""
    head = doc.hits_in(max(first, one.first - 3), one.first, "head")
    if not head or not doc.form(head[-1].start).endswith(("ها", "هم", "هن")):
        return None
    for place in range(head[-1].start - 1, max(first, head[-1].start - 5) - 1, -1):
        entry = possessed(doc.form(place))
        if entry is not None:
            return str(entry.values["slug"])
    return None


def _slug(doc: Document, hit: Hit) -> str | None:
    if hit.entry.values.get("named") is False:
        return None
    slug = str(hit.entry.values["slug"])
    return "case" if slug == "injured" and speaks_of(doc, "illness") else slug
