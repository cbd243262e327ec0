"""Numerals: digits with every separator, words in every form, and the two mixed (`15 مليون و702 ألف و592`)."""

from __future__ import annotations

import re
from typing import NamedTuple

from rules.document import Document
from rules.words import Word

_PLAIN = re.compile(r"\d+")
_GROUP = re.compile(r"\d{3}(?:[.,٫]\d+)?")
_MARKS = re.compile(r"[.,،٫٬']")


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


def digits_value(form: str, *, decimal: bool) -> float | None:
    """The value of digits with separators, by the habits of Moroccan newsrooms.

    `decimal` says that a lone comma or dot is a decimal mark whatever follows it (before a scale or a percent);
    otherwise three digits behind it are thousands. None where the marks fit no number (`17.03.2025`).
    """
    marks = _MARKS.findall(form)
    if not marks:
        return float(form)
    groups = _MARKS.split(form)
    last = marks[-1]
    if last == "٫":
        return float("".join(groups[:-1]) + "." + groups[-1])
    if all(mark in "٬'" for mark in marks):
        return float("".join(groups)) if all(len(group) == 3 for group in groups[1:]) else None
    if len(marks) == 1:
        thousands = len(groups[1]) == 3 and len(groups[0]) <= 3 and groups[0].lstrip("0") != ""
        if thousands and not decimal:
            return float("".join(groups))
        return float(".".join(groups))
    inner = all(len(group) == 3 for group in groups[1:-1]) and len(groups[0]) <= 3
    if not inner:
        return None
    if last not in marks[:-1] or len(groups[-1]) != 3:
        # Both marks, or one mark with an odd last group: the last one is the decimal mark (1.200,50 and 5.500.000.00).
        if last in marks[:-1] and len(groups[-1]) > 2:
            return None
        return float("".join(groups[:-1]) + "." + groups[-1])
    return float("".join(groups))


def _numeral(word: Word, *classes: str) -> float | None:
    """The value of `word` where it is a numeral of one of `classes`."""
    entry = word.numeral
    if entry is None or entry.values["class"] not in classes:
        return None
    return float(entry.values["value"])


def _bare(word: Word) -> bool:
    """The numeral has no letter before it, so it can go on a numeral rather than begin one."""
    return word.numeral_at == 0 and not word.numeral_article


def _after_and(doc: Document, index: int) -> int | None:
    """The token that و joins to what ends before `index`: itself (`وخمسين`), or the next (`و 200`, `و200`)."""
    if index >= len(doc):
        return None
    word = doc.words[index]
    if word.form == "و":
        return index + 1 if index + 1 < len(doc) else None
    if word.numeral is not None and word.form[0] == "و" and word.numeral_at == 1:
        return index
    if (
        word.form == "واحد"
        and index + 1 < len(doc)
        and _numeral(doc.words[index + 1], "teen_ten", "ten") is not None
    ):
        return index  # وأحد عشر, which folds to what واحد does
    return None


class _Reader:
    """Reads one number from a document, left to right."""

    def __init__(self, doc: Document, start: int) -> None:
        self.doc = doc
        self.start = start
        self.digits = False
        self.rules: list[str] = []

    def word(self, index: int) -> Word | None:
        return self.doc.words[index] if index < len(self.doc) else None

    def note(self, word: Word) -> None:
        if word.numeral is not None:
            self.rules.append(word.numeral.id)

    def small(self, index: int) -> tuple[float, int] | None:
        """A word numeral below 1000 that starts at `index`, and the token after it."""
        word = self.word(index)
        if word is None or word.numeral is None:
            return None
        value = _numeral(word, "hundred")
        end = index + 1
        if value is None:
            value = _numeral(word, "unit")
            if value is not None:
                following = self.word(end)
                if following is not None and following.numeral is not None and _bare(following):
                    if value >= 3 and _numeral(following, "hundred") == 100:
                        self.note(word)
                        self.note(following)
                        return self.under_hundred_after(value * 100, end + 1)
                    if (
                        (
                            following.numeral.values["class"] in ("teen_ten", "ten")
                            and following.form not in ("عشره",)
                        )
                        or (following.form == "عشره" and word.form[-1] != "ه")
                        or (following.form == "عشره" and value in (1, 2))
                    ):
                        self.note(word)
                        self.note(following)
                        return value + 10, end + 1
                self.note(word)
                tens_at = _after_and(self.doc, end)
                tens = self.word(tens_at) if tens_at is not None else None
                if tens is not None and tens_at is not None and _numeral(tens, "tens") is not None:
                    self.note(tens)
                    return value + (_numeral(tens, "tens") or 0), tens_at + 1
                return value, end
            value = _numeral(word, "ten", "teen_ten", "tens")
            if value is None:
                return None
            self.note(word)
            return value, end
        self.note(word)
        return self.under_hundred_after(value, end)

    def under_hundred_after(self, hundreds: float, end: int) -> tuple[float, int]:
        """`hundreds` with the units and tens that و joins to it."""
        rest_at = _after_and(self.doc, end)
        if rest_at is not None:
            word = self.word(rest_at)
            if (
                word is not None
                and word.numeral is not None
                and word.numeral.values["class"] not in ("hundred", "scale")
            ):
                mark = len(self.rules)
                rest = self.small(rest_at)
                if rest is not None and rest[0] < 100:
                    return hundreds + rest[0], rest[1]
                del self.rules[mark:]
        return hundreds, end

    def scale_at(self, index: int) -> tuple[float, Word] | None:
        word = self.word(index)
        if word is None:
            return None
        value = _numeral(word, "scale")
        return None if value is None else (value, word)

    def digit_group(self, index: int) -> tuple[str, int]:
        """The digits at `index` with the space-separated groups of three that follow, and the token after them."""
        doc = self.doc
        form = doc.words[index].form
        end = index + 1
        named = doc.glued(index) and doc.form(index - 1) == "-"  # كوفيد-19 227 حالة
        if _PLAIN.fullmatch(form) and len(form) <= 3 and form[0] != "0" and not named:
            while (
                end < len(doc)
                and doc.starts[end] == doc.ends[end - 1] + 1
                and _GROUP.fullmatch(doc.words[end].form)
                and doc.norm[doc.ends[end - 1]] == " "
                and _PLAIN.fullmatch(form)
            ):
                form += doc.words[end].form
                end += 1
        return form, end

    def group(self, index: int) -> tuple[float, int, bool] | None:
        """Digits or a word numeral below 1000 at `index`: value, the token after it, whether digits."""
        word = self.word(index)
        if word is None:
            return None
        if not word.is_number:
            small = self.small(index)
            return None if small is None else (*small, False)
        form, end = self.digit_group(index)
        decimal = self.scale_at(end) is not None or self.percent_at(end, index)
        grouped = end > index + 1
        value = (
            float(form.replace(",", ".").replace("٫", "."))
            if grouped
            else digits_value(form, decimal=decimal)
        )
        if value is None:
            return None
        self.digits = True
        self.rules.append("numeral.digits_spaced" if grouped else "numeral.digits")
        return value, end, True

    def percent_at(self, end: int, start: int) -> bool:
        hit = self.doc.hit_at(end, "unit")
        if hit is not None and hit.entry.values["kind"] == "percent":
            return True
        return start > 0 and self.doc.form(start - 1) == "%" and self.doc.glued(start)

    def fraction_of(self, end: int, scale: float) -> tuple[float, int] | None:
        """`ونصف`, `ونصف المليون`, `وربع مليون` after a scale or a number: the part to add and the token after it."""
        doc = self.doc
        place = _after_and(doc, end)
        if place is None:
            return None
        word = self.word(place)
        part = None if word is None else _numeral(word, "fraction")
        if part is None or word is None:
            return None
        after = place + 1
        following = self.scale_at(after)
        if following is not None and following[0] != scale:
            return None
        self.note(word)
        return part * scale, after + 1 if following is not None else after

    def read(self) -> Number | None:
        index = self.start
        first = self.word(index)
        if first is None:
            return None
        total = 0.0
        scale = 1.0
        opened = self.group(index)
        if opened is None:
            part = self.fraction_before_scale(index)
            if part is not None:
                return Number(index, part[1], part[0], part[2], False, tuple(self.rules))
            return self.read_bare_scale()
        value, end, _ = opened
        quarters = self.fraction_before_scale(end)
        if quarters is not None and 2 <= value <= 9 and not self.digits:  # ثلاثة أرباع المليون
            return Number(index, quarters[1], value * quarters[0], quarters[2], False, tuple(self.rules))
        joined = self.decimal_words(end, value)
        if joined is not None:
            value, end = joined
        found = self.scale_at(end)
        if found is None:
            half = self.fraction_of(end, 1.0)
            if half is not None:
                value, end = value + half[0], half[1]
                # 2 ونصف مليون: the half belongs to the number, the scale to both.
                found = self.scale_at(end)
            if found is None:
                return Number(index, end, value, 1.0, self.digits, tuple(self.rules))
        while found is not None:
            scale, word = self.as_scale(found)
            self.note(word)
            value *= scale
            end += 1
            found = self.scale_at(end)
            if found is not None and (not _bare(found[1]) or found[1].numeral is None):
                found = None
        total = value
        return self.chain(total, scale, end)

    def as_scale(self, found: tuple[float, Word]) -> tuple[float, Word]:
        """After a numeral, ألفا and مليونا are scales in the accusative; a dual there doubles nothing."""
        value, word = found
        dual = word.numeral is not None and word.numeral.values.get("dual") == "yes"
        return (value / 2 if dual else value), word

    def fraction_before_scale(self, index: int) -> tuple[float, int, float] | None:
        """`نصف مليون`: value, the token after it, scale."""
        word = self.word(index)
        part = None if word is None else _numeral(word, "fraction")
        scale = self.scale_at(index + 1)
        if part is None or word is None or scale is None:
            return None
        self.note(word)
        self.note(scale[1])
        return part * scale[0], index + 2, scale[0]

    def read_bare_scale(self) -> Number | None:
        index = self.start
        found = self.scale_at(index)
        if found is None:
            return None
        value, word = found
        if (
            word.numeral is None
            or word.numeral.values.get("plural")
            or (word.numeral_article and not self.doc.has(index + 1, "و"))
        ):
            return None
        scale = value
        dual = word.numeral.values.get("dual")
        if dual == "yes":
            scale = value / 2
        elif dual == "maybe":
            joined = _after_and(self.doc, index + 1)
            chained = joined is not None and (
                self.doc.words[joined].is_number or self.doc.words[joined].numeral is not None
            )
            following = self.word(index + 1)
            if not chained and following is not None and following.is_word and not following.conjunction:
                value *= 2
        self.note(word)
        end = index + 1
        higher = self.scale_at(end)
        if higher is not None and _bare(higher[1]) and higher[0] > scale:  # ألف مليار
            scale, over = self.as_scale(higher)
            self.note(over)
            value *= scale
            end += 1
        return self.chain(value, scale, end)

    def chain(self, total: float, scale: float, end: int) -> Number:
        """What و adds below the last scale: `و200 ألف`, `ونصف المليار`, `و592`."""
        doc = self.doc
        while True:
            half = self.fraction_of(end, scale)
            if half is not None:
                return Number(self.start, half[1], total + half[0], scale, self.digits, tuple(self.rules))
            place = _after_and(doc, end)
            if place is None:
                break
            mark = len(self.rules)
            step = self.step(place)
            if step is None:
                break
            value, after, own = step
            if own > scale and total < own and scale == 1000 and value / own >= 100:
                # ألفا و650 مليون: the thousands count the same millions.
                total, scale, end = total * own + value, own, after
                continue
            if value >= scale or (own == 1.0 and self.percent_at(after, place)) or value != int(value):
                del self.rules[mark:]
                break
            total, end = total + value, after
            if own == 1.0:
                break
            scale = own
        return Number(self.start, end, total, scale, self.digits, tuple(self.rules))

    def step(self, place: int) -> tuple[float, int, float] | None:
        """One group with its scale at `place`: value, the token after it, scale."""
        word = self.word(place)
        if word is None:
            return None
        if word.numeral is None and not word.is_number:
            return None
        opened = self.group(place)
        if opened is None:
            found = self.scale_at(place)
            if found is None or (word.numeral is not None and word.numeral.values.get("plural")):
                return None
            self.note(found[1])
            dual = found[1].numeral is not None and found[1].numeral.values.get("dual") == "yes"
            return found[0], place + 1, found[0] / (2 if dual else 1)
        value, end, _ = opened
        found = self.scale_at(end)
        if found is None:
            return value, end, 1.0
        scale, over = self.as_scale(found)
        self.note(over)
        return value * scale, end + 1, scale

    def decimal_words(self, end: int, value: float) -> tuple[float, int] | None:
        """`1 فاصلة 5`, `ثلاثة فاصلة خمسة`."""
        word = self.word(end)
        if word is None or _numeral(word, "point") is None or value != int(value):
            return None
        behind = self.group(end + 1)
        if behind is None or behind[0] != int(behind[0]):
            return None
        self.note(word)
        return float(f"{int(value)}.{int(behind[0])}"), behind[1]


def read_number(doc: Document, start: int) -> Number | None:
    """The number that starts at token `start`, or None. Vague plurals (`آلاف`) and fractions of a noun are none."""
    return _Reader(doc, start).read()
