"""Change: the two ends of a movement (`from`, `to`) and its size (`increase`, `decrease`).

Verbs and nouns of change govern in their clause: what follows إلى is where it went, what follows من or بعدما كان
where it came from, what follows ب, بنسبة, قدره how far. Coordinated figures share the change of the first.
"""

from __future__ import annotations

from collections.abc import Sequence

from rules.candidates import definite
from rules.document import Document, Hit
from rules.governors import governor, is_noun, is_rate, is_verb
from rules.mentions import Mention
from rules.qualifiers import start_of_number

_SIZES = ("increase", "decrease")
_SIGNS = {"+": "increase", "-": "decrease"}
_COMMAS = ("،", "؛", ")")
_PREFIXES = frozenset({"ب", "ل", "وب", "ول", "فب", "فل"})
_NEAR = 5
"""Tokens between a noun of change and the verb that states its level."""
_PURPOSE = ("لي", "لت")
"""How a verb of purpose or result begins: ليصل, لتبلغ."""
_DENIALS = frozenset({"لا", "لم", "لن", "الا"})
_RELATIVE = frozenset({"الذي", "التي", "اللذين", "الذين", "اللتين"})
_LINKS = frozenset(
    {
        "من",
        "في",
        "علي",
        "عن",
        "الي",
        "حتي",
        "منذ",
        "خلال",
        "بعد",
        "قبل",
        "بين",
        "ان",
        "بان",
        "لان",
        "مع",
        "لدي",
    }
    | {"كل", "ضمن", "منها", "منهم", "اي", "و", "او", ":"}
    | _RELATIVE
)
"""What parts a verb from a bare measure behind its subject (ارتفع السعر 2 في المائة)."""


def set_changes(doc: Document, mentions: Sequence[Mention]) -> None:
    """Set `change` on quantities; what `find_quantities` read as the first of a pair is `from` already."""
    quantities = [mention for mention in mentions if not mention.is_date]
    for index, mention in enumerate(quantities):
        if mention.change is not None:
            continue
        first, _ = doc.sentence(mention.first)
        earlier = quantities[index - 1] if index and quantities[index - 1].first >= first else None
        shared = _shared(doc, earlier, mention) if earlier is not None else None
        if shared is not None:
            mention.change = shared
            mention.rules.append("change.listed")
            continue
        signed = _signed(doc, mention)
        if signed is not None:
            mention.change = signed
            mention.rules.append("change.signed")
            continue
        place = start_of_number(doc, mention)
        head = governor(doc, mention.first, place)
        if head is None:
            continue
        previous = earlier if earlier is not None and earlier.first >= head.start else None
        found = _role(doc, mention, place, head, previous)
        if found is None:
            continue
        mention.change = found
        mention.rules.append(head.entry.id)
        _complete(doc, quantities[:index], mention, head)


def _signed(doc: Document, mention: Mention) -> str | None:
    """`3,9 ملايين أجير (+4,8%)`: a percentage with its sign, alone in brackets, is the size of a change."""
    if mention.kind != "percent":
        return None
    place = mention.first if doc.form(mention.first) in _SIGNS else mention.first - 1
    if doc.form(place) not in _SIGNS or doc.form(place - 1) != "(" or doc.form(mention.last) != ")":
        return None
    return _SIGNS[doc.form(place)]


def _complete(doc: Document, before: Sequence[Mention], mention: Mention, head: Hit) -> None:
    """What the role of a figure says of the one before it under the same word of change."""
    if not before or before[-1].first < head.start:
        return
    previous = before[-1]
    if mention.change == "from" and _alike(previous, mention) and previous.change in (None, *_SIZES):
        previous.change = "to"
        previous.rules.append("change.compared")
    elif mention.change == "to":
        for one in reversed(before[-3:]):
            if one.first < head.start or one.change is not None:
                continue
            # من 14 درهما، المطبق سنة 2019، إلى 15 درهما: the start, with material behind it.
            if (
                doc.form(start_of_number(doc, one) - 1) in ("من", "ومن")
                and one.qualifier != "range"
                and _alike(one, mention, loose=True)
            ):
                one.change = "from"
                one.rules.append("change.start")
                return


def _alike(one: Mention, two: Mention, *, loose: bool = False) -> bool:
    """Whether two figures measure the same thing; `loose` allows a missing unit."""
    if one.kind == two.kind and one.unit == two.unit:
        return True
    return loose and (one.unit is None or two.unit is None)


def _clear(doc: Document, start: int, end: int) -> bool:
    """No comma between tokens `start` and `end`, brackets and what stands between two commas passed over."""
    commas = 0
    depth = 0
    for place in range(start, end):
        form = doc.form(place)
        if form == "(":
            depth += 1
        elif form == ")":
            if depth == 0:
                return False
            depth -= 1
        elif depth == 0 and form in _COMMAS:
            commas += 1
    return commas == 0


def _letters(doc: Document, index: int) -> str:
    """The letters written on the number at token `index`: و ب ل, glued or before a tatweel."""
    word = doc.words[index]
    if word.numeral is not None and word.numeral_at:
        letters = word.form[: word.numeral_at]
    else:
        letters = doc.form(index - 1) if doc.glued(index) else ""
    return letters if letters in _PREFIXES else ""


def _shared(doc: Document, previous: Mention, mention: Mention) -> str | None:
    """The change that a figure shares with the one before it, in a list, in brackets or restated."""
    change = previous.change
    if change is None or doc.hits_in(previous.last, mention.first, "change"):
        return None
    between = range(previous.last, mention.first)
    if any(doc.form(place) in ("؛", ".", ":") for place in between):
        return None
    size = change in _SIZES
    if doc.form(mention.first - 1) == "(" and mention.first - previous.last == 1:
        return change if size and mention.unit not in ("time",) else None
    if size and _bound(doc, previous, mention):
        return change
    if change == "to" and _together(doc, previous, mention):
        return change
    if not _alike(previous, mention):
        restated = size and doc.has(previous.last, "او", "اي") and _opens(doc, mention, mention.first)
        return change if restated and mention.kind == "percent" else None
    joined = doc.words[mention.first].conjunction or doc.form(mention.first - 1) == "و"
    if size and joined and _has_purpose(doc, mention) and not _has_purpose(doc, previous):
        return None
    if change == "from":
        against = any(doc.has(place, "مقابل", "عوض") for place in range(previous.first - 4, previous.first))
        return change if joined and against and mention.first - previous.last <= 2 else None
    if not size:
        return None
    if joined or mention.unit in ("time", "fold"):
        return change
    return change if _listed(doc, previous, mention) else None


def _has_purpose(doc: Document, mention: Mention) -> bool:
    """`بتراجع قدره ملياران عن السنة الجارية، و5 ملايير لدعم السكن`: a sum with its own purpose is no other size."""
    return mention.kind == "money" and doc.form(mention.last)[:1] == "ل" and doc.form(mention.last) != "لكل"


def _together(doc: Document, previous: Mention, mention: Mention) -> bool:
    """`إلى 80 قتيلا وأكثر من 300 جريح`: two counts joined by و reach their ends together."""
    place = start_of_number(doc, mention)
    joined = doc.words[place].conjunction or doc.form(place - 1) == "و"
    return joined and place - previous.last <= 1 and previous.kind == mention.kind == "count"


def _bound(doc: Document, previous: Mention, mention: Mention) -> bool:
    """`بنسبة 15 في المائة بحد أدنى 150 درهما`: the bound of the size is a size."""
    hit = doc.hit_at(previous.last, "qualifier")
    return hit is not None and hit.end == mention.first and doc.has(hit.start, "بحد", "بحد")


def _listed(doc: Document, previous: Mention, mention: Mention) -> bool:
    """`في الصناعة بـ4 في المائة، والبنوك بـ3,9 في المائة`: the next thing with its size, no verb between."""
    if mention.first - previous.last > 16 or not _opens(doc, mention, mention.first):
        return False
    start = previous.last
    while start < mention.first and not _joins(doc, start, previous.last):
        if doc.words[start].is_number or doc.hit_at(start, "change_reach") is not None:
            return False
        start += 1
    if start >= mention.first:
        return False
    return not any(_verbal(doc, place) for place in range(start, mention.first))


def _joins(doc: Document, index: int, behind: int) -> bool:
    """Whether a conjunction opens the next thing of a list at token `index`: وفيات only looks like one."""
    form = doc.form(index)
    if form in ("ثم", "و") or (form.startswith("وال") and len(form) > 4):
        return True
    return doc.words[index].conjunction and (index == behind or doc.form(index - 1) == "،")


def _verbal(doc: Document, index: int) -> bool:
    """Whether a token looks like a verb or opens a clause: it ends a list of things with their sizes."""
    form = doc.form(index)
    if form.endswith("ت") and not form.endswith("ات") and len(form) > 4 and "ال" not in form[:3]:
        return True
    return doc.has(
        index, "فيما", "بينما", "حيث", "مساهما", "مساهمه", "بلغ", "سجل", "حقق", "كان", "مقابل", "منها", "منهم"
    )


def _role(doc: Document, mention: Mention, place: int, head: Hit, previous: Mention | None) -> str | None:
    """What a governed figure is: where it came from, where it went, how far."""
    instead = _instead(doc, mention, place, head)
    if instead is not None:
        if instead.entry.values.get("against") and not _answers(doc, previous, mention):
            return None
        return "from"
    if _returns(doc, mention, place, head, previous) or _departs(doc, mention, place, head):
        return "from"
    if _aims(doc, mention, place, head):
        return _target(doc, mention, place, head, previous)
    return _size(doc, mention, place, head, previous)


def _instead(doc: Document, mention: Mention, place: int, head: Hit) -> Hit | None:
    """`عوض 30`, `بعدما كانت في حدود 7`: what names the earlier value, two words between allowed."""
    for back in (mention.first, place, place - 1, place - 2):
        hit = doc.hit_before(back, "change_from")
        if hit is not None and hit.start >= head.start:
            return hit
    return None


def _answers(doc: Document, previous: Mention | None, mention: Mention) -> bool:
    """Whether the figure is set against one that the change led to."""
    return previous is not None and previous.change == "to" and _alike(previous, mention)


def _returns(doc: Document, mention: Mention, place: int, head: Hit, previous: Mention | None) -> bool:
    """`إلى 23 مليارا من 33 مليارا`, `منخفضة من 98 درهما`: the start behind the end."""
    if doc.form(place - 1) != "من":
        return False
    if head.end == place - 1 and is_verb(head):
        return True
    if previous is None:
        return False
    return previous.change == "to" and _alike(previous, mention, loose=True) and place - previous.last <= 2


def _departs(doc: Document, mention: Mention, place: int, head: Hit) -> bool:
    """`انتقل الأجل من 11 يوما إلى أسبوع`: the end is told without a number."""
    if not is_verb(head) or doc.form(place - 1) != "من" or mention.qualifier == "range":
        return False
    end = mention.last + 1
    if doc.form(mention.last) != "الي" or end >= len(doc):
        return False
    unit = doc.hit_at(end, "unit")
    return unit is not None and unit.entry.values["kind"] == mention.kind


def _aims(doc: Document, mention: Mention, place: int, head: Hit) -> bool:
    """Whether إلى, ل or ليبلغ leads to the figure."""
    if _letters(doc, mention.first).endswith("ل"):
        return not is_rate(head) and _clear(doc, head.end, mention.first)
    # غادي يطلع لقرابة 720: the preposition is written on the approximator.
    if place < mention.first and doc.form(place)[0] == "ل" and doc.hit_at(place, "qualifier") is not None:
        return not is_rate(head) and is_verb(head) and _clear(doc, head.end, place)
    # ليناهز 5, ليقترب من 5: the approximator is the verb.
    if place < mention.first and doc.form(place).startswith(_PURPOSE):
        return True
    # لتستقر في حدود 5: في belongs to both.
    hits = (doc.hit_before(at, group) for at in (place, place + 1) for group in ("change_to", "change_reach"))
    return any(hit is not None and hit.start >= head.end for hit in hits)


def _target(doc: Document, mention: Mention, place: int, head: Hit, previous: Mention | None) -> str | None:
    """The end of the movement; a level that a noun of change reaches is its size, a level of its own clause none."""
    kinds = head.entry.values.get("kinds")
    if head.entry.values.get("reach") is False or (kinds is not None and mention.kind not in kinds):
        return None
    if previous is not None and previous.change == "to" and not _follows(doc, previous, place):
        return None
    low = previous.last if previous is not None else head.end
    reaches = doc.hits_in(max(low, head.end), place, "change_reach")
    # يصل معدل النمو إلى 4: the growth rate is a size.
    if is_rate(head) and not reaches and doc.hits_in(head.start - 3, head.start, "change_reach"):
        return _direction(head)
    if not reaches or doc.form(reaches[-1].start).startswith(_PURPOSE):
        return "to"
    return _level(doc, mention, head, reaches[-1])


def _level(doc: Document, mention: Mention, head: Hit, reach: Hit) -> str | None:
    """What a figure is that something reaches (`وصل إلى`, `بلغ`) behind a word of change."""
    relative = [place for place in range(head.end, reach.start) if doc.form(place) in _RELATIVE]
    if is_rate(head):
        return _direction(head)
    near = reach.start - head.end <= _NEAR and _clear(doc, head.end, reach.start)
    later = doc.form(reach.start).startswith("س")
    if is_noun(head) and near and not later and (not relative or relative[0] - head.end <= 1):
        return _direction(head)
    if relative and doc.form(mention.first - 1) == "الي":
        return "to"
    return None


def _direction(head: Hit) -> str | None:
    direction = head.entry.values.get("direction")
    return {"up": "increase", "down": "decrease"}.get(str(direction))


def _follows(doc: Document, previous: Mention, place: int) -> bool:
    """`إلى 20 … ثم إلى 10`, `إلى 1,9 في طنجة وإلى 2,3 في برشيد`: another end of the same movement."""
    if _clear(doc, previous.last, place):
        return True
    return doc.form(place - 1) == "والي" or doc.has(place - 2, "ثم") or doc.has(place - 1, "ثم")


def _opens(doc: Document, mention: Mention, place: int) -> bool:
    """ب, بنسبة, قدره lead to the figure, adjectives and a verb of level between allowed."""
    if _letters(doc, mention.first).endswith("ب"):
        return True
    if place < mention.first and doc.form(place)[0] == "ب":
        return True
    for back in range(place, max(0, place - 4), -1):
        if doc.hit_before(back, "change_size") is not None:
            return True
        if doc.form(back - 1) in _LINKS or not doc.words[back - 1].is_word:
            return False
    return False


def _size(doc: Document, mention: Mention, place: int, head: Hit, previous: Mention | None) -> str | None:
    """How far the movement went: `increase` or `decrease`."""
    size = _direction(head)
    if size is None:
        return None
    opens = _opens(doc, mention, place)
    if not _reached(doc, head, place, opens=opens):
        return None
    direct = head.end == place
    if head.entry.values.get("things") and not opens and not _measures(mention):
        return None
    if head.entry.values.get("object"):
        if direct and doc.form(mention.last) == "من" and definite(doc.form(mention.last + 1)):
            return None  # فقدت 12 في المائة من الأسر حقها: the share is the subject
        return size if mention.kind == "percent" and previous is None and not opens else None
    if direct:
        return size
    if previous is not None and not _passes(previous, mention, opens=opens):
        return None
    if mention.unit in ("time", "fold") or opens or _between(doc, place, head) or _bounds(doc, mention, head):
        return size if not _owned(doc, head, place) else None
    return size if _bare(doc, mention, place, head) else None


def _measures(mention: Mention) -> bool:
    return mention.kind == "percent" or mention.unit in ("time", "fold", "point")


def _passes(previous: Mention, mention: Mention, *, opens: bool) -> bool:
    """Whether a figure between the word of change and this one leaves it its size."""
    if previous.kind in ("duration", "age") and previous.change is None:
        return opens or mention.unit in ("time", "fold")
    return opens and mention.kind == "percent" and previous.kind != "percent"


def _reached(doc: Document, head: Hit, place: int, *, opens: bool) -> bool:
    """No comma parts the word of change from the figure; one right before بنسبة, or a pair around a phrase, does not."""
    if _clear(doc, head.end, place):
        return True
    if not opens:
        return False
    commas = [at for at in range(head.end, place) if doc.form(at) in _COMMAS]
    return len(commas) <= 2 and "؛" not in map(doc.form, commas) and place - commas[-1] <= 3


def _between(doc: Document, place: int, head: Hit) -> bool:
    """`نموا في حدود 3`, `زيادة تراوحت بين 42 و44`: only words of level stand between a noun of change and its size."""
    if not is_noun(head):
        return False
    return (
        doc.hit_before(place, "change_level") is not None
        or (place > head.end and doc.hit_at(place, "change_level") is not None)
        or doc.hit_before(place, "change_reach") is not None
    )


def _bounds(doc: Document, mention: Mention, head: Hit) -> bool:
    """`زيادة عامة في المعاشات لا تقل عن 10 في المائة`: a verb of bound that agrees with the noun of change."""
    hit = doc.hit_before(mention.first, "qualifier_verb")
    if hit is None or hit.entry.name == "exact" or not is_noun(head) or is_verb(head):
        return False
    if hit.start - head.end > _NEAR or any(doc.form(at) in _RELATIVE for at in range(head.end, hit.start)):
        return False
    feminine = doc.form(head.end - 1).endswith(("ه", "ات"))
    verb = doc.form(hit.start + (doc.form(hit.start) in _DENIALS))
    return verb.startswith("ت" if feminine else "ي")


def _owned(doc: Document, head: Hit, place: int) -> bool:
    """`تضاعف حجم الحاجيات الذي قدر ب82`, `هذا التراجع مرده إلى التبرع بمليار`: the figure is of something else."""
    relative = [at for at in range(head.end, place) if doc.form(at) in _RELATIVE]
    if relative and relative[-1] - head.end > 1 and place - relative[-1] <= 4:
        return doc.hit_at(relative[-1] + 1, "change_size") is None
    owner = is_noun(head) and doc.has(head.start - 1, "هذا", "هذه", "ذلك")
    return owner and any(doc.form(at) == "الي" for at in range(head.end, place))


def _bare(doc: Document, mention: Mention, place: int, head: Hit) -> bool:
    """`ارتفع سعر السهم 2 في المائة`, `نسبة نمو اقتصادي 3 في المائة`: a measure behind the subject, nothing between."""
    approximate = place < mention.first and mention.kind == "money"
    if not (mention.kind == "percent" or approximate) or not (is_verb(head) or is_rate(head)):
        return False
    if place - head.end > 8:
        return False
    return not any(
        doc.form(at) in _LINKS or doc.hit_at(at, "change_reach") or doc.words[at].numeral is not None
        for at in range(head.end, place)
    )
