"""Numerals as whole phrases: `parse_numeral` reads a text that is a number and nothing else."""

from __future__ import annotations

import re

from rules.digits import digits_value
from rules.document import Document
from rules.normalise import fold
from rules.numerals import read_number

_RATIO = re.compile(r"(\d+)/(\d+)")
_COMMA = re.compile(r"(\d+),(\d+)")
_DIGITS = re.compile(r"[\d.,٫٬' ]*\d")
_SPACED = re.compile(r"\d{1,3}(?: \d{3})+(?:[.,٫]\d+)?")
_AND = re.compile(r" و ?")
_OVER = " علي "


def parse_numeral(text: str) -> float | None:
    """The value of a phrase that is a numeral as a whole, or None.

    Digits with any separators (`22,5`, `١٬٠٠٠`, `.77`), words (`ثلاثمائة وخمسين`), both (`10 آلاف`), decimals in words
    (`واحد فاصلة واحد`), fractions (`١١/١٠`, `ثلاثون و تسعة أعشار`, `سبعة عشر على ثلاثة`) and a sign before them. A lone
    comma is a decimal mark, as where no noun says that thousands are counted; a lone خمس is five and سبع seven.
    """
    folded = " ".join(fold(text).split())
    for sign in ("-", "ناقص ", "سالب "):
        if folded.startswith(sign):
            value = _unsigned(folded[len(sign) :].strip())
            return None if value is None else -value
    return _unsigned(folded.removeprefix("+").removeprefix("زائد ").strip())


def _unsigned(folded: str) -> float | None:
    if not folded:
        return None
    if (_DIGITS.fullmatch(folded) and " " not in folded) or _SPACED.fullmatch(folded):
        return _digits(folded)
    ratio = _RATIO.fullmatch(folded)
    if ratio is not None:
        return int(ratio[1]) / int(ratio[2]) if int(ratio[2]) else None
    whole = _words(folded)
    return whole if whole is not None else _with_fraction(folded)


def _digits(folded: str) -> float | None:
    if _SPACED.fullmatch(folded):
        return float(folded.replace(" ", "").replace(",", ".").replace("٫", "."))
    if folded[0] in ".,٫":
        return float("0." + folded[1:]) if folded[1:].isdigit() else None
    if not folded[0].isdigit():
        return None
    return digits_value(folded, decimal=_COMMA.fullmatch(folded) is not None)


def _words(folded: str) -> float | None:
    """A number that takes the whole phrase."""
    doc = Document(folded)
    number = read_number(doc, 0) if len(doc) else None
    if number is None or number.end != len(doc) or doc.words[0].numeral_at:
        return None
    return number.value


def _with_fraction(folded: str) -> float | None:
    """A fraction alone, or a number with a fraction that و adds to it."""
    for joint in reversed(list(_AND.finditer(folded))):
        # A spaced و parts the whole from its fraction; a glued one may hold a numeral together.
        if joint[0] != " و " and _OVER in folded:
            continue
        whole, part = _words(folded[: joint.start()]), _fraction(folded[joint.end() :])
        if whole is not None and part is not None:
            return whole + part
    return _fraction(folded)


def _fraction(folded: str) -> float | None:
    """`ثلث`, `ثلاثة أسداس`, `سبعة عشر على ثلاثة`."""
    if _OVER in folded:
        above, below = (_words(side) for side in folded.split(_OVER, 1))
        return above / below if above is not None and below else None
    *count, name = folded.split()
    entry = Document(name).words[0].numeral if name else None
    if entry is None or entry.values["class"] not in ("fraction", "share"):
        return None
    times = _words(" ".join(count)) if count else 1.0
    return None if times is None else times * float(entry.values["value"])
