"""Change: the two ends of a movement (`from`, `to`) and its size (`increase`, `decrease`).

Verbs and nouns of change govern in their clause: what follows إلى is where it went, what follows من or بعدما كان
where it came from, what follows ب, بنسبة, قدره how far.
"""

from __future__ import annotations

from collections.abc import Sequence

from rules.clauses import clause_start
from rules.document import Document, Hit
from rules.mentions import Mention
from rules.qualifiers import start_of_number

_REACH = 40
_SIZE = frozenset(
    {
        "بنسبه",
        "نسبته",
        "نسبتها",
        "بمقدار",
        "مقداره",
        "مقدارها",
        "قدره",
        "قدرها",
        "بقيمه",
        "بمبلغ",
        "بمعدل",
        "بواقع",
        "ب",
    }
    | {"بحوالي", "بنحو", "بازيد", "باكثر", "بناقص", "بزائد", "بحدود", "بما", "بقرابه", "بزهاء"}
)
_LEVEL = frozenset(
    {
        "بلغ",
        "بلغت",
        "تبلغ",
        "يبلغ",
        "نسبه",
        "يقدر",
        "تقدر",
        "سنوي",
        "سنويه",
        "في",
        "حدود",
        "معدله",
        "معدلها",
        "مجموعه",
        "مجموعها",
    }
    | {"قيمتها", "قيمته", "تصل", "يصل", "تناهز", "يناهز", "ناقص", "اضافيه", "اضافي"}
)


def _governor(doc: Document, mention: Mention, place: int) -> Hit | None:
    """The nearest verb or noun of change before token `place` in its clause."""
    low = max(clause_start(doc, mention.first), place - _REACH)
    hits = doc.hits_in(low, place, "change")
    if not hits:
        return None
    nearest = hits[-1]
    # يتراجع النمو ب5: the noun is the subject of the verb.
    if (
        len(hits) > 1
        and nearest.entry.values.get("noun")
        and not hits[-2].entry.values.get("noun")
        and nearest.start - hits[-2].end <= 1
    ):
        return hits[-2]
    return nearest


def _clear(doc: Document, start: int, end: int) -> bool:
    """No comma between tokens `start` and `end`."""
    return not any(doc.form(place) in ("،", "؛", ")") for place in range(start, end))


def set_changes(doc: Document, mentions: Sequence[Mention]) -> None:
    """Set `change` on quantities; what `find_quantities` read as the first of a pair is `from` already."""
    quantities = [mention for mention in mentions if not mention.is_date]
    for index, mention in enumerate(quantities):
        if mention.change is not None:
            continue
        previous = quantities[index - 1] if index else None
        if previous is not None and previous.first < doc.sentence(mention.first)[0]:
            previous = None
        if previous is not None and _listed(doc, previous, mention):
            mention.change = previous.change
            mention.rules.append("change.listed")
            continue
        place = start_of_number(doc, mention)
        governor = _governor(doc, mention, place)
        if governor is None:
            continue
        if previous is not None and previous.first < governor.start:
            previous = None
        found = _role(doc, mention, place, governor, previous)
        if found is None:
            continue
        mention.change = found
        mention.rules.append(governor.entry.id)
        if (
            found == "from"
            and previous is not None
            and _alike(previous, mention)
            and previous.change in (None, "increase", "decrease")
        ):
            previous.change = "to"


def _alike(one: Mention, two: Mention) -> bool:
    return one.kind == two.kind and one.unit == two.unit


def _listed(doc: Document, previous: Mention, mention: Mention) -> bool:
    """`بانخفاض قدره 6 بالمائة …، و8 بالمائة …`: a coordinated figure shares the change."""
    if previous.change not in ("increase", "decrease") or not _alike(previous, mention):
        return False
    joined = (
        doc.words[mention.first].conjunction
        or doc.form(mention.first - 1) == "و"
        or mention.unit in ("time", "fold")
    )
    return joined and not doc.hits_in(previous.last, mention.first, "change")


def _role(doc: Document, mention: Mention, place: int, governor: Hit, previous: Mention | None) -> str | None:
    before = doc.form(place - 1)
    word = doc.words[mention.first]
    prefix = word.form[: word.numeral_at] if word.numeral is not None else ""
    sign = doc.form(mention.first - 1) if doc.glued(mention.first) else ""
    for back in range(3):
        instead = doc.hit_before(place - back, "change_from")
        if instead is not None and instead.start > governor.start:
            if instead.entry.values.get("against") and (
                previous is None or previous.change != "to" or not _alike(previous, mention)
            ):
                return None
            return "from"
    if sign == "ل" or prefix.endswith("ل") or doc.hit_before(place, "change_to") is not None:
        if previous is not None and previous.change == "to" and not _clear(doc, previous.last, place):
            return None
        return "to"
    direction = governor.entry.values.get("direction")
    if direction not in ("up", "down"):
        return None
    size = "increase" if direction == "up" else "decrease"
    opens = doc.form(place) in _SIZE or before in _SIZE or sign == "ب" or prefix.endswith("ب")
    # A comma right before بنسبة does not part it from its verb.
    end = place - 1 if before == "،" and opens else place
    end = place - 2 if before in _SIZE and doc.form(place - 2) == "،" else end
    if not _clear(doc, governor.end, end):
        return None
    if (
        governor.entry.values.get("object")
        and mention.kind in ("percent", "money", "count")
        and previous is None
    ):
        return size
    if mention.unit in ("time", "fold") and previous is None:
        return size
    direct = governor.end == place
    level = bool(governor.entry.values.get("noun")) and (before in _LEVEL or doc.form(place) in _LEVEL)
    if not (direct or opens or level) or (previous is not None and not direct):
        return None
    return size
