"""Numerals: digits, words in every form, and the two mixed (`15 مليون و702 ألف و592`).

A number is one or more steps joined by و, each a group below a thousand (or digits) with its scales; every step counts
below the scale of the one before. What does not fit so is another number: `25 و26 يونيو`, `350 و400`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rules.digits import digits_value
from rules.document import Document
from rules.words import Word

_PLAIN = re.compile(r"[1-9]\d{0,2}")
_GROUP = re.compile(r"\d{3}(?:[.,٫]\d+)?")
_SIGNIFICANT = 15  # digits that a float holds: 4.28 times a million is 4280000, not 4280000.000000001


class Number(NamedTuple):
    """A number in the text: tokens `[start, end)`."""

    start: int
    end: int
    value: float
    scale: float
    """The last scale word's value (1000, 1e6 …); 1 without one."""
    digits: bool
    """Written with digits, at least in part."""
    rules: tuple[str, ...]


class _Part(NamedTuple):
    """What was read from somewhere: its value, the token after it, its scale."""

    value: float
    end: int
    scale: float = 1.0


def read_number(doc: Document, start: int) -> Number | None:
    """The number that starts at token `start`, or None. Vague plurals (`آلاف`) and fractions of a noun are none."""
    if start in doc.numbers:
        known = doc.numbers[start]
        return known if isinstance(known, Number) else None
    reader = _Reader(doc)
    found = reader.number(start)
    number = None
    if found is not None:
        value = float(f"{found.value:.{_SIGNIFICANT}g}")
        number = Number(start, found.end, value, found.scale, reader.digits, tuple(reader.rules))
    doc.numbers[start] = number
    return number


def _bare(word: Word) -> bool:
    """The numeral has no letter before it, so it can go on a numeral rather than begin one."""
    return word.numeral_at == 0 and not word.numeral_article


class _Reader:
    """Reads one number, left to right, noting the lexicon entries that it meets."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.words = doc.words
        self.digits = False
        self.rules: list[str] = []

    # -- looking -----------------------------------------------------------------------------------------------

    def kind(self, index: int) -> str:
        """The class of the numeral at `index`, "digits", or ""."""
        if index >= len(self.words):
            return ""
        word = self.words[index]
        return "digits" if word.is_number else word.numeral_class

    def joined(self, index: int) -> int | None:
        """The token that و joins at `index`: itself (`وخمسين`), or the next (`و 200`, `و200`)."""
        if index >= len(self.words):
            return None
        word = self.words[index]
        if word.form == "و":
            return index + 1 if index + 1 < len(self.words) else None
        if word.numeral_at == 1 and word.form[0] == "و":
            return index
        # وأحد عشر folds to what واحد does.
        return index if word.form == "واحد" and self.kind(index + 1) in ("teen_ten", "ten") else None

    def percent(self, end: int, start: int) -> bool:
        """Whether the number at tokens `[start, end)` is a percent."""
        hit = self.doc.hit_at(end, "unit")
        if hit is not None and hit.entry.values["kind"] == "percent":
            return True
        return start > 0 and self.doc.form(start - 1) == "%" and self.doc.glued(start)

    def take(self, index: int) -> float:
        """The value of the numeral at `index`, noted."""
        word = self.words[index]
        if word.numeral is not None:
            self.rules.append(word.numeral.id)
        return word.numeral_value

    # -- parts -------------------------------------------------------------------------------------------------

    def group(self, index: int) -> _Part | None:
        """Digits, or a numeral in words below a thousand, at `index`."""
        kind = self.kind(index)
        if kind == "digits":
            return self.digit_group(index)
        if kind == "hundred":
            return self.after_hundreds(self.take(index), index + 1)
        if kind == "unit":
            return self.unit(index)
        if kind in ("ten", "teen_ten", "tens"):
            return _Part(self.take(index), index + 1)
        return None

    def unit(self, index: int) -> _Part:
        """A unit, with the hundred, the عشر or the tens that belong to it: ثلاث مئة, خمسة عشر, خمسة وعشرون."""
        unit = self.words[index]
        value = self.take(index)
        end = index + 1
        following = self.kind(end)
        if following and _bare(self.words[end]):
            if following == "hundred" and value >= 3 and self.words[end].numeral_value == 100:
                return self.after_hundreds(value * self.take(end), end + 1)
            # خمسة عشر, خمس عشرة; but خمسة عشرة are two numbers.
            if following == "teen_ten" or (following == "ten" and (unit.form[-1] != "ه" or value <= 2)):
                return _Part(value + self.take(end), end + 1)
        tens = self.joined(end)
        if tens is not None and self.kind(tens) == "tens":
            return _Part(value + self.take(tens), tens + 1)
        return _Part(value, end)

    def after_hundreds(self, hundreds: float, end: int) -> _Part:
        """`hundreds` with the units and tens that و joins to it."""
        rest = self.joined(end)
        if rest is not None and self.kind(rest) in ("unit", "ten", "teen_ten", "tens"):
            mark = len(self.rules)
            below = self.group(rest)
            if below is not None and below.value < 100:
                return _Part(hundreds + below.value, below.end)
            del self.rules[mark:]
        return _Part(hundreds, end)

    def digit_group(self, index: int) -> _Part | None:
        """Digits with the groups of three that single spaces part (`329 480`)."""
        doc = self.doc
        form = self.words[index].form
        end = index + 1
        named = doc.form(index - 1) == "-" and doc.glued(index)  # كوفيد-19 227 حالة
        spaced = _PLAIN.fullmatch(form) is not None and not named
        while (
            spaced
            and end < len(self.words)
            and form.isdigit()
            and doc.spaced(end)
            and _GROUP.fullmatch(self.words[end].form)
        ):
            form += self.words[end].form
            end += 1
        if end > index + 1:
            value: float | None = float(form.replace(",", ".").replace("٫", "."))
        else:
            decimal = self.kind(end) == "scale" or self.percent(end, index)
            value = digits_value(form, decimal=decimal)
        if value is None:
            return None
        self.digits = True
        self.rules.append("numeral.digits_spaced" if end > index + 1 else "numeral.digits")
        return _Part(value, end)

    def decimals(self, whole: _Part) -> _Part:
        """`1 فاصلة 5`, `ثلاثة فاصلة خمسة`."""
        if self.kind(whole.end) != "point" or whole.value != int(whole.value):
            return whole
        mark = len(self.rules)
        self.take(whole.end)
        behind = self.group(whole.end + 1)
        if behind is None or behind.value != int(behind.value):
            del self.rules[mark:]
            return whole
        return _Part(float(f"{int(whole.value)}.{int(behind.value)}"), behind.end)

    def scaled(self, part: _Part) -> _Part:
        """`part` with the scales behind it; after a numeral a dual doubles nothing (22 ألفا, 3 مليونين)."""
        value, end, scale = part
        while self.kind(end) == "scale" and self.follows(end, article=end == part.end):
            dual = self.words[end].numeral_dual == "yes"
            scale = self.take(end) / (2 if dual else 1)
            value *= scale
            end += 1
        return _Part(value, end, scale)

    def follows(self, index: int, *, article: bool) -> bool:
        """The scale at `index` has no letter before it, but for the article (`بالألف` is a permille)."""
        word = self.words[index]
        return word.numeral_at == 0 and (article or not word.numeral_article)

    def bare_scale(self, index: int) -> _Part | None:
        """A scale with no numeral before it: `مليون`, `مليونين`, `ألفا` (two thousand before a noun, else one)."""
        if self.kind(index) != "scale":
            return None
        word = self.words[index]
        if word.numeral_plural or (word.numeral_article and not self.goes_on(index + 1)):
            return None
        value = scale = self.take(index)
        if word.numeral_dual == "yes":
            scale = value / 2
        elif word.numeral_dual == "maybe" and self.before_noun(index + 1):
            value *= 2
        end = index + 1
        if (
            self.kind(end) == "scale" and _bare(self.words[end]) and self.words[end].numeral_value > scale
        ):  # ألف مليار
            return self.scaled(_Part(value, end))
        return _Part(value, end, scale)

    def goes_on(self, index: int) -> bool:
        """A scale with the article is a number before a unit or و: `المليون درهم`, `الألفين حالة`, `المليون ونصف المليون`."""
        hit = self.doc.hit_at(index, "unit")
        joined = self.joined(index)
        return (
            (hit is not None and hit.bare)
            or self.doc.form(index) == "و"
            or (joined is not None and self.kind(joined) == "fraction")
        )

    def before_noun(self, index: int) -> bool:
        """Whether a word follows that is no number joined by و."""
        following = self.joined(index)
        if (following is not None and self.kind(following)) or index >= len(self.words):
            return False
        return self.words[index].is_word and not self.words[index].conjunction

    def fraction_of_scale(self, index: int) -> _Part | None:
        """`نصف مليون`, `ربع المليون`."""
        if self.kind(index) != "fraction" or self.kind(index + 1) != "scale":
            return None
        part = self.take(index)
        scale = self.take(index + 1)
        return _Part(part * scale, index + 2, scale)

    def and_fraction(self, end: int, scale: float) -> _Part | None:
        """`ونصف`, `ونصف المليون`, `وربع مليون` behind a number: the part to add."""
        place = self.joined(end)
        if place is None or self.kind(place) != "fraction":
            return None
        after = place + 1
        # Behind a number without a scale, the scale that follows holds for both (2 ونصف مليون).
        repeated = scale > 1 and self.kind(after) == "scale"
        if repeated and self.words[after].numeral_value != scale:
            return None
        return _Part(self.take(place) * scale, after + repeated)

    # -- numbers -----------------------------------------------------------------------------------------------

    def step(self, index: int) -> _Part | None:
        """One group with its scales, or a bare scale."""
        group = self.group(index)
        return self.scaled(group) if group is not None else self.bare_scale(index)

    def number(self, index: int) -> _Part | None:
        """A whole number at `index`."""
        group = self.group(index)
        if group is None:
            part = self.fraction_of_scale(index)
            if part is not None:
                return part
            opened = self.bare_scale(index)
        else:
            quarters = (
                self.fraction_of_scale(group.end) if 2 <= group.value <= 9 and not self.digits else None
            )
            if quarters is not None:  # ثلاثة أرباع المليون
                return _Part(group.value * quarters.value, quarters.end, quarters.scale)
            opened = self.scaled(self.with_half(self.decimals(group)))
        return opened if opened is None or opened.scale == 1.0 else self.chain(opened)

    def with_half(self, part: _Part) -> _Part:
        """`2 ونصف`, also before a scale: 2 ونصف مليون."""
        if self.kind(part.end) == "scale":
            return part
        half = self.and_fraction(part.end, 1.0)
        return part if half is None else _Part(part.value + half.value, half.end)

    def chain(self, total: _Part) -> _Part:
        """What و adds below the last scale: `و200 ألف`, `ونصف المليار`, `و592`."""
        while True:
            half = self.and_fraction(total.end, total.scale)
            if half is not None:
                return _Part(total.value + half.value, half.end, total.scale)
            place = self.joined(total.end)
            if place is None:
                return total
            mark = len(self.rules)
            step = self.step(place)
            if step is None:
                return total
            if total.scale == 1000 and step.scale > total.value and step.value >= 100 * step.scale:
                # ألفا و650 مليون: the thousands count the same millions.
                total = _Part(total.value * step.scale + step.value, step.end, step.scale)
                continue
            percent = step.scale == 1.0 and self.percent(step.end, place)
            if step.value >= total.scale or percent or step.value != int(step.value):
                del self.rules[mark:]
                return total
            if step.scale == 1.0:
                return _Part(total.value + step.value, step.end, total.scale)
            total = _Part(total.value + step.value, step.end, step.scale)
