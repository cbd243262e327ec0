"""Candidates: numbers with the unit that stands at them, before it is known whether they count anything."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rules.document import Document, Hit
from rules.lexicon import Entry
from rules.normalise import fold
from rules.numerals import Number, read_number
from rules.words import word

_YEAR = re.compile(r"(?:19|20)\d\d")
_PRONOUNS = ("هما", "ها", "هم", "هن", "نا", "كم", "ه")
# What may stand between من and the whole.
_BEFORE_WHOLE = frozenset(
    fold(form)
    for form in ("هؤلاء", "هذه", "هاد", "بين", "مجموع", "أصل", "أبرز", "أهم", "أكبر", "أفضل", "خيرة")
)
# These end in no pronoun.
_NO_PRONOUN = frozenset({"متهم", "اسهم", "مبهم", "ملهم"})
_PLURALS = ("ين", "ون", "ات")
_NO_ARTICLE = frozenset(
    {"الي", "الا", "التي", "الذي", "الذين", "اللذين", "اللتين", "اللواتي", "اللي", "الان"}
) | frozenset({"التقي", "التقت", "التحق", "التحقت", "التزم", "التزمت", "التمس", "التمست", "التقط", "التقطت"})


@dataclass(slots=True, eq=False)
class Candidate:
    """A number with the unit that was found at it: tokens `[first, last)`."""

    number: Number
    first: int
    """First token; a sign or a definite noun before the number belongs to it."""
    last: int
    """Token after the expression."""
    value: float
    high: float | None = None
    """The high end, once joined into a range."""
    unit: Hit | None = None
    noun: bool = False
    """A noun follows, known or not."""
    rules: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str | None:
        """The kind of its unit, if it has one."""
        return str(self.unit.entry.values["kind"]) if self.unit is not None else None


def candidate(doc: Document, number: Number, floor: int = 0) -> Candidate:
    """What the number counts: a noun behind it, a sign at it, or a definite noun before it.

    Tokens before `floor` belong to the quantity before.
    """
    made = Candidate(number, number.start, number.end, number.value, rules=list(number.rules))
    if _negative(doc, number.start):
        made.value = -made.value
        made.first = number.start - 1
        made.rules.append("quantity.negative")
    end = number.end
    if doc.form(end) == "(" and doc.form(end + 2) == ")":
        repeated = read_number(doc, end + 1)
        if repeated is not None and repeated.value == number.value:
            made.last = end = end + 3
            number = _scaled_behind(doc, made, end)
            end = max(end, number.end)
    hit = _counted(doc, number, end) or _behind_bracket(doc, number)
    if hit is not None:
        return _with_unit(doc, made, hit)
    sign = doc.hit_before(number.start, "unit")
    free = sign is not None and sign.start >= floor
    if (
        sign is not None
        and free
        and sign.end - sign.start == 1
        and sign.entry.values["kind"] in ("percent", "money")
    ):
        symbol = doc.form(sign.start)
        if symbol in ("%", "$", "€", "£") or (symbol.isascii() and symbol.isalpha()):
            made.first = sign.start
            made.unit = sign
            made.rules.append(sign.entry.id)
            return made
    beside = definite(doc.form(number.start - 1)) and number.end == number.start + 1
    if _part_of(doc, made) or ((beside or not noun_at(doc, end)) and _definite(doc, made)):
        return made
    # Two things are a dual: اثنين before a noun names a place (اثنين أكلو) or stands alone.
    two = doc.form(number.start).endswith(("اثنين", "اثنان", "اثنتين", "اثنتان")) and number.value == 2
    other = doc.hit_at(end, "unit")
    if noun_at(doc, end) and (other is None or not other.bare or _measure(doc, other)) and not two:
        made.noun = True
        made.last = end + 1
    return made


def _scaled_behind(doc: Document, made: Candidate, end: int) -> Number:
    """`عشرين (20) مليار درهم`: the scale behind the repetition in brackets."""
    number = made.number
    if end < len(doc) and number.scale == 1.0 and doc.words[end].numeral_class == "scale":
        scale = doc.words[end].numeral_value
        number = number._replace(value=number.value * scale, scale=scale, end=end + 1)
        made.number, made.value, made.last = number, number.value, end + 1
    return number


def with_article(doc: Document, number: Number) -> bool:
    """`الثلاثة ملايين`, `الـ24 ساعة`: the number is definite."""
    return doc.words[number.start].numeral_article or doc.form(number.start - 1) == "ال"


def definite(form: str) -> bool:
    """Whether the word has the article (إلى and التي only look so)."""
    return form.startswith("ال") and form not in _NO_ARTICLE


def unit_at(doc: Document, place: int) -> Hit | None:
    """The unit at `place`; Darija writes its d of possession on the noun (`20 دالناس`, `مليون دسنتيم`)."""
    hit = doc.hit_at(place, "unit")
    if hit is None and doc.form(place).startswith("د") and len(doc.form(place)) > 4:
        for entry, bare, _ in word(doc.form(place)[1:]).singles:
            if bare and entry.group == "unit":
                return Hit(place, place + 1, entry, True)
    return hit


def _counted(doc: Document, number: Number, place: int) -> Hit | None:
    """The unit at `place` that the number before it counts; a singular has the article only where the number has it."""
    hit = unit_at(doc, place)
    if hit is None or hit.entry.values["kind"] == "percent":
        return hit
    if not hit.bare or _measure(doc, hit) or _dates(doc, hit) or doc.slice(place, place + 1) == "M":
        return None  # 2M is a channel
    if definite(doc.form(place)) and not with_article(doc, number):
        # 532 المسجلين is written; 73 القانون and 1 اليوم count nothing, خمس السكان is a fifth.
        counts = number.digits and hit.entry.values["kind"] == "count"
        many = (counts or number.scale > 1) and not singular(doc, hit)
        return hit if many else None
    return hit


def _measure(doc: Document, hit: Hit) -> bool:
    """`500 إجراء` folds to what أجراء (employees) does."""
    return hit.entry.values["slug"] == "employee" and doc.slice(hit.start, hit.start + 1).startswith("إ")


def _dates(doc: Document, hit: Hit) -> bool:
    """`7,8 ملايين سنة 2020`: the word for a year or month belongs to the date behind it."""
    if hit.entry.values["slug"] not in ("year", "month"):
        return False
    return _YEAR.fullmatch(doc.form(hit.end)) is not None or doc.hit_at(hit.end, "month") is not None


def _behind_bracket(doc: Document, number: Number) -> Hit | None:
    """`لـ(10) سنوات`: the number alone in brackets, its noun behind them."""
    if doc.form(number.start - 1) != "(" or doc.form(number.end) != ")":
        return None
    return _counted(doc, number, number.end + 1)


def _part_of(doc: Document, made: Candidate) -> bool:
    """`1500 من الأطباء`, `950 ألفا فقط من هؤلاء المسجلين`, `4500 من مواطني …`: the noun that the number is a part of."""
    number = made.number
    place = number.end + 1 if doc.has(number.end, "فقط") else number.end
    if number.value < 2 or doc.form(place) not in ("من", "ديال", "د"):
        return False
    place += 1
    if doc.form(place) in _BEFORE_WHOLE:
        place += 1
    whole = definite(doc.form(place)) or _many_of(doc, place)
    hit = doc.hit_at(place, "unit")
    if hit is not None:
        if not hit.bare or hit.entry.values["kind"] not in ("count", "money", "measure"):
            return False
        if not whole and doc.form(place) == fold(str(hit.entry.values["forms"][0])):
            return False
        made.unit = hit
        made.last = hit.end
        made.rules.append(hit.entry.id)
    elif not whole or doc.hit_at(place, "time_of_day") or _named_so(doc, number):
        return False
    made.noun = True
    made.rules.append("quantity.part_of")
    return True


def _many_of(doc: Document, place: int) -> bool:
    """`من زملائهم`, `من مكونات النادي`, `من لاعبي الفريق`: a plural made definite by what follows it."""
    form = doc.form(place)
    if not doc.words[min(place, len(doc) - 1)].is_word or "function" in doc.words[place].classes:
        return False
    possessed_plural = len(form) > 5 and form.endswith(("هم", "هن", "ها", "يه", "ايه", "اته"))
    return possessed_plural or (len(form) > 4 and form.endswith(("ات", "ي")))


def _named_so(doc: Document, number: Number) -> bool:
    """`اللجنة 24 من …`, `دور الثمانية من …`, `2. من …`: the number names what stands before it, or numbers a list."""
    before = doc.form(number.start - 1)
    return (number.digits and definite(before)) or before == "." or doc.words[number.start].numeral_article


def _negative(doc: Document, start: int) -> bool:
    """A minus word, or a minus sign that touches the number and nothing before it."""
    if start == 0:
        return False
    sign = doc.words[start - 1]
    if not sign.keys.isdisjoint(("ناقص", "سالب", "منفي")):
        return True
    if sign.form != "-" or not doc.glued(start):
        return False
    return (
        start == 1
        or (not doc.glued(start - 1) and not doc.words[start - 2].is_number)
        or doc.form(start - 2) in ("(", "ب", "و", "ل", "ف")
    )


def _with_unit(doc: Document, made: Candidate, hit: Hit) -> Candidate:
    made.unit = hit
    made.noun = True
    made.last = hit.end
    made.rules.append(hit.entry.id)
    factor = float(hit.entry.values.get("factor", 1))
    # 20 مليون سنتيم: rounding keeps 200000 from becoming 200000.00000000003.
    made.value = round(made.number.value * factor, 6) if factor != 1 else made.value
    half = made.last
    joined = doc.words[half] if half < len(doc) else None
    if (
        joined is not None
        and joined.numeral is not None
        and joined.conjunction
        and joined.numeral.values["class"] == "fraction"
        and hit.entry.values["kind"] in ("duration", "measure", "money")
    ):
        again = doc.hit_at(half + 1, "unit")
        same = again is not None and again.entry.values["slug"] == hit.entry.values["slug"]
        if same or again is None:
            made.value += float(joined.numeral.values["value"])
            made.last = again.end if same and again is not None else half + 1
            made.rules.append(joined.numeral.id)
    return made


def noun_at(doc: Document, index: int) -> bool:
    """Whether the word at `index` can be the noun that the number before it counts."""
    if index >= len(doc):
        return False
    token = doc.words[index]
    if not token.is_word or token.numeral is not None:
        return False
    if "noun" in token.classes:
        return True
    if "function" in token.classes or doc.hit_at(index, "month") is not None:
        return False
    if doc.hit_at(index, "date_edge") is not None:  # 5 ملايين نهاية سنة 2013
        return False
    form = token.form
    if form[0] in "وفبلك" and len(form) > 2:
        return False
    if form.endswith(("هم", "هن")) and len(form) > 4 and form not in _NO_PRONOUN:
        return False  # مليونان حقوقهم مغلقة: what is counted is indefinite
    return not form.startswith("ال") and len(form) > 2 and not _verb(form)


def _verb(form: str) -> bool:
    """Whether the shape of the word is a verb's: `يمثلون`, `ستكون`, `أصبحت`, `تؤكد`; known nouns never come here."""
    if form.endswith(("وا", "تها", "ونها")) or (len(form) > 3 and form[-1] == "ت" and form[-2] != "ا"):
        return True
    noun_ending = form.endswith(("ه", "ات", "ين")) or (form[-1] == "ا" and form[-2] != "ه")
    if form[0] == "ي":
        return not (form[-1] == "ا" and form[-2] not in "وه")
    if form[0] == "ت":
        # Nouns of the shape of تطبيق and تدابير; تستفيد has their long vowel and is a verb.
        return not noun_ending and (form[-2] != "ي" or len(form) < 5 or form.startswith("تست"))
    return form.startswith(("سي", "ست")) and len(form) > 4 and not noun_ending


def _definite(doc: Document, made: Candidate) -> bool:
    """`الأيام التسعة`, `الساعات الـ24`, `أطفالها السبعة`: the definite noun before a definite number."""
    start = made.number.start
    token = doc.words[start]
    if token.numeral_article and token.numeral_at == 0:
        head = _definite_noun(doc, start)
        if head is not None and made.value >= 20 and singular(doc, head):
            return False  # الهدف العشرين
        if head is None and not _definite_unknown(doc, made):
            return False
    elif doc.form(start - 1) == "ال" and made.number.digits and start > 1:
        head = _definite_noun(doc, start - 1)
        if head is None:
            if not definite(doc.form(start - 2)) or not doc.form(start - 2).endswith(_PLURALS):
                return False
        elif singular(doc, head):
            return False
    else:
        return False
    made.noun = True
    made.rules.append("quantity.definite_noun")
    if head is not None:
        made.unit = head
        made.first = head.start
        made.rules.append(head.entry.id)
    return True


def _definite_unknown(doc: Document, made: Candidate) -> bool:
    """A definite noun that the lexicon does not have."""
    before = doc.words[made.number.start - 1] if made.number.start > 0 else None
    if before is None or not before.is_word or made.number.value <= 2:
        return False
    if before.form.endswith(("اوه", "ايه")) and len(before.form) > 5:
        return True  # أبناؤه الثلاثة
    if before.form in ("فيهم", "بهم", "لهم", "عنهم", "عليهم", "معهم"):
        return definite(doc.form(made.number.start - 2)) or doc.form(made.number.start - 2).startswith("لل")
    if before.form.endswith(_PRONOUNS[:-1]) and "function" not in before.classes and len(before.form) > 4:
        return True
    return any(definite(stem) for stem in before.stems)


def singular(doc: Document, hit: Hit) -> bool:
    """The noun stands in the first form of its entry, the singular."""
    singular = fold(str(hit.entry.values["forms"][0]))
    return any(stem == singular for stem in doc.words[hit.start].stems)


def dual_unit(doc: Document, index: int) -> Entry | None:
    """The unit of a noun in the dual: `سنتين`, `مباراتان`."""
    form = doc.form(index)
    if not form.endswith(("ين", "ان")) or doc.hit_at(index, "unit") is not None:
        return None
    for single in (form[:-2], form[:-3] + "ه" if form[-3:-2] == "ت" else ""):
        for entry, bare, _ in word(single).singles if len(single) > 2 else ():
            if bare and entry.group == "unit":
                return entry
    return None


def _definite_noun(doc: Document, index: int) -> Hit | None:
    """The definite noun before `الخمسة`, adjectives between them passed over; a pronoun makes a noun definite too."""
    for place in range(index - 1, max(-1, index - 4), -1):
        token = doc.words[place]
        if not token.is_word:
            return None
        hit = doc.hit_at(place, "unit")
        known = any(definite(stem) for stem in token.stems)
        if hit is not None:
            # جهات المملكة الاثنتا عشرة: what follows a plural makes it definite.
            return hit if known or (place == index - 2 and not singular(doc, hit)) else None
        if not known:
            entry = possessed(token.form)
            return None if entry is None else Hit(place, place + 1, entry, True)
    return None


def possessed(form: str) -> Entry | None:
    """The unit of a noun with a pronoun: `أطفالها`."""
    for pronoun in _PRONOUNS:
        if form.endswith(pronoun) and len(form) > len(pronoun) + 2:
            stem = form.removesuffix(pronoun)
            # أجرائه: the hamza sits on ي or و before a pronoun.
            for noun in (stem, stem[:-1] + "ء" if stem[-1] in "يو" else ""):
                for entry, bare, _ in word(noun).singles if noun else ():
                    if bare and entry.group == "unit" and entry.values["kind"] == "count":
                        return entry
    return None
