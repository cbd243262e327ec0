"""Ranges and pairs: how neighbouring numbers are joined, and what they share."""

from __future__ import annotations

from rules.candidates import Candidate, dual_unit
from rules.document import Document


def join(doc: Document, found: list[Candidate], taken: bytearray) -> list[tuple[Candidate, bool]]:
    """Ranges become one; the scale and unit of the second number carry over to a bare first one.

    The flag says whether the quantity opens a pair `من A إلى B` under a verb of change.
    """
    out: list[tuple[Candidate, bool]] = []
    index = 0
    while index < len(found):
        one = found[index]
        _begun_by_noun(doc, one)
        two = found[index + 1] if index + 1 < len(found) else None
        before = found[index - 1] if out and out[-1][0] is found[index - 1] and _ended(out) else None
        joint = _joint(doc, one, two, taken, before) if two is not None else None
        if joint is None or two is None or one.high is not None:
            out.append((one, False))
            index += 1
            continue
        if joint == "sum":
            one.value += two.value
            one.last = two.last
            one.rules = [*one.rules, *two.rules, "quantity.sum"]
            found[index + 1] = one
            index += 1
            continue
        if joint == "range":
            _share(one, two, scale=True)
            if one.value < two.value and one.kind == two.kind:
                one.high = two.value
                one.last = two.last
                one.unit = two.unit if two.unit is not None else one.unit
                one.noun = two.noun
                one.rules = [*one.rules, *two.rules, "quantity.range"]
                out.append((one, False))
                index += 2
                continue
            out.append((one, False))
            index += 1
            continue
        _share(one, two, scale=joint in ("from_to", "or"))
        out.append((one, joint == "from_to"))
        index += 1
    return out


def _begun_by_noun(doc: Document, one: Candidate) -> None:
    """`ما بين شهر وثلاثة أشهر`, `من سنتين إلى خمس سنوات`: the low end is the noun itself, one or two of it."""
    if one.kind != "duration" or one.unit is None or one.high is not None:
        return
    place = one.first if doc.words[one.first].conjunction else one.first - 1
    joint = "و" if place == one.first else doc.form(place)
    between = doc.has(place - 2, "بين", "مابين")
    if not (between and joint == "و") and not ((between or doc.form(place - 2) == "من") and joint == "الي"):
        return
    noun = doc.hit_before(place, "unit")
    if noun is not None and noun.end - noun.start == 1:
        low, entry = 1.0, noun.entry
    else:
        dual = dual_unit(doc, place - 1)
        if dual is None:
            return
        low, entry = 2.0, dual
    if entry.values["slug"] == one.unit.entry.values["slug"] and low < one.value:
        one.value, one.high = low, one.value
        one.first = place - 1
        one.rules.append("quantity.range_from_noun")


def _share(one: Candidate, two: Candidate, *, scale: bool) -> None:
    """`3 إلى 4 ملايين`, `25 و30 شخصا`: what the second states holds for a first that states none."""
    if (
        scale
        and one.number.scale == 1.0
        and two.number.scale > 1
        and (two.number.digits or two.number.value > two.number.scale)  # بين 500 وألف is no 500 thousand
        and one.unit is None
        and not one.noun
        and one.value < 1000
        and one.value < two.number.value / two.number.scale * 1000
    ):
        decimal = one.number.value
        one.value = decimal * two.number.scale
    if one.unit is None and not one.noun and two.unit is not None and two.first >= one.last:
        factor = float(two.unit.entry.values.get("factor", 1))
        one.unit = two.unit
        one.value = one.value * factor
        one.rules.append("quantity.shared_unit")


def _ended(out: list[tuple[Candidate, bool]]) -> bool:
    """The last two quantities are a pair `من A إلى B` under a verb of change."""
    return len(out) > 1 and out[-2][1]


def _again(doc: Document, one: Candidate, before: Candidate) -> bool:
    """`من 73 إلى 97 في المائة، ومن 81 إلى 99 في المائة`: the same verb opens another pair of the same kind."""
    joined = doc.form(one.first - 1) == "ومن" or doc.form(one.first - 2) == "و"
    same = doc.sentence(before.first) == doc.sentence(one.first)
    return joined and same and one.first - before.last <= 12


def _joint(
    doc: Document, one: Candidate, two: Candidate, taken: bytearray, before: Candidate | None
) -> str | None:
    """How two neighbouring numbers are joined: `range`, `from_to`, `and`, `or`, or not."""
    gap = two.first - one.last
    words = [doc.form(place) for place in range(one.last, two.first)]
    opening = _opening(doc, one)
    if (
        opening == "from"
        and before is not None
        and _again(doc, one, before)
        and _reaches(doc, one, two, taken)
    ):
        return "from_to"
    if opening == "from" and _reaches(doc, one, two, taken) and _changed(doc, one):
        return "from_to"
    joined_and = (gap == 0 and doc.words[two.first].conjunction and not doc.words[two.first].is_number) or (
        words[:1] == ["و"] and gap == 1
    )
    if joined_and and _carries_on(one, two):
        return "sum"
    if opening == "between" and (
        joined_and
        or words in (["الي"], ["-"], ["و", "ب"], ["كحد", "ادني", "و"])
        or (words[:1] == ["و"] and _soft(doc, one.last + 1, two.first))
    ):
        return "range" if _compatible(one, two) else None
    if opening == "between" and gap <= 3 and words[:1] and words[0] in ("وازيد", "واكثر"):
        return "range"
    if words in (
        ["الي"],
        ["حتي"],
        ["-"],
        ["الي", "غايه"],
        ["ل"],
        ["الي", "حوالي"],
        ["الي", "نحو"],
        ["الي", "اكثر", "من"],
        ["الي", "ازيد", "من"],
        ["الي", "ما", "يقارب"],
        ["الي", "حدود"],
    ) or (words[:1] == ["الي"] and _soft(doc, one.last + 1, two.first)):
        if not _compatible(one, two):
            return None
        if opening == "from" and _changed(doc, one):
            return "from_to"
        if words == ["ل"] and opening != "from":
            return None
        if opening == "from" or words in (["-"],) or (one.unit is None and not one.noun):
            return "range" if _soft(doc, one.last, two.first) or len(words) == 1 else None
        return None
    if words in (["او"], ["ام"]):
        return "or" if _compatible(one, two) else None
    if words in (["وازيد", "من"], ["واكثر", "من"]):
        return "range" if one.unit is None else None
    if joined_and:
        return "and" if one.unit is None and not one.noun else None
    if words == ["،"]:
        # `58 ألفا، 40 في المائة منهم`: no percentage has a scale.
        shares = one.unit is None and not one.noun and one.number.scale == 1.0
        return "and" if shares and two.kind == "percent" else None
    return None


def _carries_on(one: Candidate, two: Candidate) -> bool:
    """`212 مليار درهم و363 مليونا`: the amount goes on below its scale, the currency said once, in the middle."""
    return (
        one.kind == "money"
        and one.unit is not None
        and one.unit.entry.values.get("factor", 1) == 1
        and one.last == one.unit.end > one.number.end
        and 1000 <= two.number.scale < one.number.scale
        and two.value < one.number.scale
        and (two.unit is None and not two.noun)
    )


def _reaches(doc: Document, one: Candidate, two: Candidate, taken: bytearray) -> bool:
    """`من 7,8 ملايين مستفيد خلال سنة 2020 إلى 24,9 مليون`: إلى stands before the second, a date may come between."""
    if not _compatible(one, two) or two.first - one.last > 14:
        return False
    place = two.first
    for back in range(two.first - 1, max(one.last, two.first - 5) - 1, -1):
        if doc.form(back) == "الي":
            place = back
            break
    else:
        return False
    between = [index for index in range(one.last, place) if not taken[index]]
    return (
        len(between) <= 4
        and not any(doc.form(index) in ("،", "؛") for index in between)
        and _soft(doc, place + 1, two.first)
    )


def _soft(doc: Document, start: int, end: int) -> bool:
    """Only an approximator stands between."""
    place = start
    while place < end:
        hit = doc.hit_at(place, "qualifier") or doc.hit_at(place, "qualifier_verb")
        if hit is None or hit.end > end:
            return False
        place = hit.end
    return True


def _compatible(one: Candidate, two: Candidate) -> bool:
    if one.unit is not None and two.unit is not None:
        return (
            one.unit.entry.values["slug"] == two.unit.entry.values["slug"] or one.kind == two.kind == "count"
        )
    return not (one.noun and one.unit is None) or two.unit is None


def _opening(doc: Document, one: Candidate) -> str | None:
    place = one.first
    for _ in range(3):
        qualifier = doc.hit_before(place, "qualifier") or doc.hit_before(place, "qualifier_verb")
        if qualifier is None:
            break
        place = qualifier.start
    if doc.form(place - 1) in ("نسبه", "سن", "مبلغ", "معدل", "قيمه", "حدود", "عتبه"):
        place -= 1
    if doc.has(place - 1, "بين", "مابين"):
        return "between"
    if doc.form(place - 1) == "من" or (
        doc.has(place - 1, "من") and doc.words[place - 1].form in ("من", "ومن")
    ):
        return "from"
    return None


def _changed(doc: Document, one: Candidate) -> bool:
    """A verb or noun of change governs `من … إلى …`: in the same clause, what is set off by brackets or commas passed over."""
    first, _ = doc.sentence(one.first)
    depth = 0
    place = one.first - 1
    least = max(first, one.first - 40)
    while place >= least:
        form = doc.form(place)
        if form == ")":
            depth += 1
        elif form == "(":
            depth -= 1
        elif form == "،" and depth <= 0 and not doc.words[place + 1].form.startswith("ب"):
            if place != one.first - 2:
                return False
            # ارتفعت ب1,3 نقطة، من 11,8 إلى 13: a comma right before من parts nothing.
            place = _set_off(doc, place, least)
        elif doc.hit_at(place, "change") is not None:
            return True
        place -= 1
    return False


def _set_off(doc: Document, comma: int, least: int) -> int:
    """`انتقلت الحصيلة، خلال هذه الفترة، من X إلى Y`: the comma before a short phrase that ends at `comma`, else `comma`."""
    for place in range(comma - 1, max(least, comma - 9) - 1, -1):
        if doc.form(place) == "،":
            return place
        if not doc.words[place].is_word and not doc.words[place].is_number:
            break
    return comma
