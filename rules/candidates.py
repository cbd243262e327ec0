"""Candidates: numbers with the unit that stands at them, before it is known whether they count anything."""

from __future__ import annotations

from dataclasses import dataclass, field

from rules.document import Document, Hit
from rules.numerals import Number, read_number


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


def candidate(doc: Document, number: Number) -> Candidate:
    """What the number counts: a noun behind it, a sign at it, or a definite noun before it."""
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
    hit = doc.hit_at(end, "unit")
    if hit is not None and (hit.bare or hit.entry.values["kind"] == "percent"):
        return _with_unit(doc, made, hit)
    part = _part_of(doc, number)
    if part is not None:
        return _with_unit(doc, made, part)
    sign = doc.hit_before(number.start, "unit")
    if sign is not None and sign.end - sign.start == 1 and sign.entry.values["kind"] in ("percent", "money"):
        symbol = doc.form(sign.start)
        if symbol in ("%", "$", "€", "£") or (symbol.isascii() and symbol.isalpha()):
            made.first = sign.start
            made.unit = sign
            made.rules.append(sign.entry.id)
            return made
    word = doc.words[number.start]
    if word.numeral_article and not noun_at(doc, end):
        head = _definite_noun(doc, number.start)
        if head is not None:
            made.unit = head
            made.first = head.start
            made.noun = True
            made.rules += [head.entry.id, "quantity.definite_noun"]
            return made
    if noun_at(doc, end):
        made.noun = True
        made.last = end + 1
    return made


def _part_of(doc: Document, number: Number) -> Hit | None:
    """`1500 من الأطباء`, `950 ألفا فقط من هؤلاء المسجلين`: the definite noun that the number is a part of."""
    place = number.end + 1 if doc.has(number.end, "فقط") else number.end
    if doc.form(place) not in ("من", "ديال", "د"):
        return None
    place += 1
    if doc.form(place) in ("هولاء", "هذه", "هاد", "بين", "مجموع", "اصل"):
        place += 1
    hit = doc.hit_at(place, "unit")
    if (
        hit is None
        or not hit.bare
        or hit.entry.values["kind"] != "count"
        or not doc.form(place).startswith("ال")
    ):
        return None
    trap = doc.hit_before(number.start, "trap")
    return None if trap is not None and trap.entry.name == "reference" else hit


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
        or doc.form(start - 2) in "(ب"
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
    word = doc.words[index]
    if not word.is_word or word.numeral is not None:
        return False
    if "noun" in word.classes:
        return True
    if "function" in word.classes or doc.hit_at(index, "month") is not None:
        return False
    form = word.form
    if form[0] in "وفبلك" and len(form) > 2:
        return False
    # A word in ي that is no known noun is a verb (يمثلون); so are the commonest in ت, which the lexicon lists.
    return not form.startswith(("ال", "ي")) and len(form) > 2


def _definite_noun(doc: Document, index: int) -> Hit | None:
    """The definite noun before `الخمسة`, adjectives between them passed over."""
    for place in range(index - 1, max(-1, index - 4), -1):
        if not doc.words[place].is_word:
            return None
        hit = doc.hit_at(place, "unit")
        if hit is not None:
            return hit if any(stem.startswith("ال") for stem in doc.words[place].stems) else None
        if not any(stem.startswith("ال") for stem in doc.words[place].stems):
            return None
    return None
